"""The county's steering without a mouse: from a meeting's agenda to the note that a resolution is done."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.keys import choose, enter, enter_moment, follow, press, reach
from tests.monitoring.pdf_text import pdf_text, squeezed

COMMITTEE = "Lenkungskreis"
TOPIC = "Gemeinsame Wartung der Messgeräte"
TASK = "Drei Angebote für die Wartung einholen"
CONTROL, RED, REPORTS = "Umsetzung früherer Beschlüsse", "Maßnahmen mit roter Ampel", "Berichte zur Kenntnis"
INTERNAL, MINUTES = "Wünsche der Kommunen", "Genehmigung der Niederschrift"
IDEAS = "Ideen aus der Bevölkerung"


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=name, exact=True).first


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def titles(page: Page) -> list[str]:
    return page.locator("[data-item] > .stack > h4").all_inner_texts()


def top(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", level=4, name=title, exact=True)
    return page.locator("[data-item]").filter(has=heading)


def plan(page: Page, title: str, days: int) -> None:
    """From the committee's page: a public meeting so many days from today."""
    day = datetime.combine(localdate(), datetime.min.time()) + timedelta(days=days)
    follow(page, link(page, "Sitzung anlegen"), "Sitzung anlegen")
    enter(page, "Titel", title)
    enter_moment(page, "Beginn", day.replace(hour=14, minute=30))
    choose(page, "Sichtbarkeit", "öffentlich")
    follow(page, button(page, "Speichern"), title)


def test_a_meeting_is_prepared_held_resolved_and_followed_up_by_keyboard(
    browse: Browse, tmp_path: Path
) -> None:
    """Yesterday's meeting is entered today: what it resolved is checked in a later one, which has to come."""
    page = browse("Koordination")
    page.goto("/")
    follow(page, page.get_by_role("link", name="Gremien", exact=True).first, "Gremien")
    follow(page, link(page, COMMITTEE), COMMITTEE)
    plan(page, "Sitzung am Vortag", -1)
    prepare_the_agenda(page)
    assert squeezed(TOPIC) in pdf_text(pack_of(page, tmp_path))
    record_who_was_there(page, "Sitzung am Vortag")
    number = resolve(page)

    follow(page, link(page, COMMITTEE), COMMITTEE)
    plan(page, "Sitzung heute", 0)
    control = top(page, CONTROL)
    expect(control.get_by_text(TASK, exact=True)).to_be_visible()
    press(page, button(page, f"Als erledigt feststellen: {number}, {TASK}"))
    expect(page.get_by_text(f"Als erledigt festgestellt: {TASK}", exact=True)).to_be_visible()

    follow(page, link(page, COMMITTEE), COMMITTEE)
    plan(page, "Sitzung in vier Wochen", 28)
    expect(top(page, CONTROL)).to_be_visible()
    expect(page.get_by_text(TASK)).to_have_count(0)
    follow(page, link(page, "Gremien"), "Gremien")
    follow(page, link(page, "Beschlusskontrolle"), "Beschlusskontrolle")
    expect(page.get_by_role("table").get_by_text(TASK)).to_have_count(0)
    press(page, page.get_by_text("Zuletzt als erledigt festgestellt", exact=True))
    follow(page, link(page, TASK), TOPIC)
    expect(page.locator(".page-head").get_by_text("als erledigt festgestellt", exact=True)).to_be_visible()


def prepare_the_agenda(page: Page) -> None:
    """The automatic items are there; one more follows them and is moved up by one place."""
    meeting = page.get_by_role("heading", level=1).inner_text()
    assert titles(page) == [MINUTES, CONTROL, RED, IDEAS, REPORTS, INTERNAL]
    follow(page, link(page, "TOP ergänzen"), "Tagesordnungspunkt ergänzen")
    enter(page, "Titel", TOPIC)
    follow(page, button(page, "Speichern"), meeting)
    assert titles(page) == [MINUTES, CONTROL, RED, IDEAS, REPORTS, TOPIC, INTERNAL]
    press(page, button(page, "TOP 6 nach oben"))
    expect(button(page, "TOP 5 nach oben")).to_be_focused()
    assert titles(page) == [MINUTES, CONTROL, RED, IDEAS, TOPIC, REPORTS, INTERNAL]


def pack_of(page: Page, folder: Path) -> bytes:
    with page.expect_download() as download:
        press(page, link(page, "PDF der Sitzungsmappe"))
    file = folder / "mappe.pdf"
    download.value.save_as(file)
    data = file.read_bytes()
    assert data.startswith(b"%PDF")
    return data


def record_who_was_there(page: Page, meeting: str) -> None:
    """One is excused, all others were there."""
    follow(page, link(page, "Teilnahme"), "Teilnahme")
    expect(page.get_by_text("0 von 15 Stimmberechtigten anwesend")).to_be_visible()
    seat = page.get_by_role("group", name=re.compile("^Vertretung der Städte"))
    reach(page, seat.get_by_role("radio", name="offen"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(seat.get_by_role("radio", name="entschuldigt")).to_be_checked()
    press(page, button(page, "Alle Übrigen anwesend"))
    expect(page.get_by_text("14 von 15 Stimmberechtigten anwesend, beschlussfähig (ab 8).")).to_be_visible()
    follow(page, link(page, meeting), meeting)


def resolve(page: Page) -> str:
    """On the item that was added; return the resolution's number."""
    record = page.get_by_role("link", name=re.compile("^Beschluss festhalten ?: TOP 5$"))
    follow(page, record, "Beschluss festhalten")
    enter(page, "Wortlaut", "Die Messgeräte werden gemeinsam gewartet.")
    choose(page, "Ergebnis", "ungeändert beschlossen")
    for label, votes in (("Ja", "12"), ("Nein", "1"), ("Enthaltungen", "1")):
        enter(page, label, votes)
    task = page.get_by_role("group", name="Auftrag 1")
    reach(page, task.get_by_role("textbox").first)
    page.keyboard.type(TASK)
    follow(page, button(page, "Weiter zur Prüfung"), "Bitte prüfen Sie den Beschluss")
    expect(page.get_by_role("definition").filter(has_text=TASK)).to_be_visible()
    follow(page, button(page, "Endgültig festhalten"), TOPIC)
    number = re.search(r"LK \d{4}/\d+", page.locator(".page-head .preline").inner_text())
    assert number
    return number[0]


SPOIL = """([unreachable, covered]) => {
    const cover = covered.getBoundingClientRect(), box = document.createElement('div');
    unreachable.tabIndex = -1;
    box.style.cssText = `position: absolute; background: red; top: ${cover.top + scrollY - 9}px; left: 0;`
        + `width: 100%; height: ${cover.height + 18}px`;
    document.body.append(box);
}"""


def test_a_control_that_tab_does_not_reach_or_that_is_covered_is_not_pressed(browse: Browse) -> None:
    page = browse()
    page.goto("/gremien/")
    page.set_default_timeout(1_000)
    unreachable, covered = link(page, COMMITTEE), link(page, "Kreistag")
    page.evaluate(SPOIL, [unreachable.element_handle(), covered.element_handle()])
    with pytest.raises(AssertionError, match="out of reach by Tab"):
        press(page, unreachable)
    with pytest.raises(Error, match="Timeout"):
        press(page, covered)
    expect(page).to_have_url(re.compile("/gremien/$"))
