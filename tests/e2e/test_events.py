"""Visitors register for an event, wait for a place, move up, withdraw; with and without JavaScript."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import PHONE, glued, inspect
from tests.e2e.portal import Portal, running_portal
from tests.mail_server import MailServer, mail_server
from tests.monitoring.worker import until

WORKSHOP = "Werkstatt: Sensordaten verstehen"
LIKE_PEOPLE: dict[str, Any] = {"delay": 250}
"""Milliseconds for each letter; what is sent within three seconds was not typed by people."""


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def portal(mails: MailServer) -> Iterator[Portal]:
    settings = {"SMARTREGION_SMTP_HOST": "127.0.0.1", "SMARTREGION_SMTP_PORT": str(mails.port)}
    with running_portal(queue=3, settings=settings) as portal:
        yield portal


@pytest.fixture
def last_place(portal: Portal) -> None:
    """One place is left in the workshop, and nobody waits."""
    with psycopg.connect(portal.database) as database:
        database.execute("DELETE FROM participation_registration WHERE NOT has_place")
        database.execute("DELETE FROM participation_registration WHERE name = 'Gast 12 (Beispiel)'")


def open_event(page: Page) -> None:
    page.goto("/veranstaltungen/")
    page.get_by_role("link", name=WORKSHOP).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WORKSHOP)


def register(page: Page, name: str) -> None:
    open_event(page)
    page.get_by_role("link", name=re.compile("Jetzt anmelden|Auf die Warteliste")).click()
    page.get_by_label("Ihr Name").fill(name)
    page.get_by_label("Ihre E-Mail-Adresse").press_sequentially(f"{name.lower()}@example.org", **LIKE_PEOPLE)
    page.get_by_role("button", name=re.compile("Anmeldung senden|Auf die Warteliste")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bitte sehen Sie in Ihr Postfach")


def mail_to(mails: MailServer, name: str, subject: str) -> EmailMessage:
    def found() -> list[EmailMessage]:
        to = f"{name.lower()}@example.org"
        sent = [mail for mail in mails.mails if mail["To"] == to]
        return [mail for mail in sent if str(mail["Subject"]).strip().startswith(subject)]

    until(found, f"{name} gets the mail „{subject}“")
    return found()[-1]


def link_in(mail: EmailMessage) -> str:
    address = re.search(r"http\S+/anmeldung/\S+", mail.get_content())
    assert address
    return urlsplit(address[0]).path


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_visitor_registers_waits_moves_up_and_withdraws(
    browse: Browse, mails: MailServer, last_place: None, script: bool
) -> None:
    mails.mails.clear()
    ada, bea = (browse(java_script_enabled=script) for _ in range(2))

    register(ada, "Ada")
    ada_link = link_in(mail_to(mails, "Ada", "Bitte bestätigen"))
    ada.goto(ada_link)
    ada.get_by_role("button", name="Anmeldung bestätigen").click()
    expect(ada.get_by_text("Sie haben einen Platz.")).to_be_visible()
    mail_to(mails, "Ada", "Ihr Platz")

    register(bea, "Bea")
    bea_link = link_in(mail_to(mails, "Bea", "Bitte bestätigen"))
    bea.goto(bea_link)
    assert glued(bea) == []
    bea.get_by_role("button", name="Warteliste bestätigen").click()
    expect(bea.get_by_text("Sie stehen auf der Warteliste, an Stelle 1.")).to_be_visible()
    mail_to(mails, "Bea", "Sie stehen auf der Warteliste")
    assert glued(bea) == []

    ada.get_by_role("button", name="Abmelden").click()
    expect(ada.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet")
    assert link_in(mail_to(mails, "Bea", "Ein Platz für Sie")) == bea_link
    bea.goto(bea_link)
    expect(bea.get_by_text("Sie haben einen Platz.")).to_be_visible()
    bea.get_by_role("button", name="Abmelden").click()
    expect(bea.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet")

    gone = browse(java_script_enabled=script, allowed={bea_link: 404})
    gone.goto(bea_link)
    expect(gone.get_by_role("heading", level=1)).to_have_text("Diese Anmeldung gibt es nicht mehr")
    assert [page.context.cookies() for page in (ada, bea, gone)] == [[], [], []]


def test_the_coordinator_ticks_off_on_a_phone_who_is_there(browse: Browse) -> None:
    page = browse("Koordination", viewport={"width": PHONE, "height": 800}, java_script_enabled=False)
    open_event(page)
    page.get_by_role("link", name="Teilnahme").click()
    page.get_by_role("button", name=re.compile(r"^ist da ?: Gast 03")).click()

    row = page.get_by_role("listitem").filter(has_text="Gast 03 (Beispiel)")
    expect(row).to_contain_text("da seit")
    row.get_by_role("button", name="doch nicht").click()
    expect(row.get_by_role("button", name="ist da")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_coordinator_enters_somebody_at_the_door_and_deletes_one_registration(
    browse: Browse, last_place: None, script: bool
) -> None:
    page = browse("Koordination", viewport={"width": PHONE, "height": 800}, java_script_enabled=script)
    name = f"Gast am Einlass {script}"
    open_event(page)
    page.get_by_role("link", name="Teilnahme").click()
    page.get_by_role("link", name="Ohne Anmeldung da: eintragen").click()
    expect(page.get_by_text("1 Platz ist frei.")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Eintragen, ist da").click()
    row = page.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text("da seit")

    page.get_by_role("link", name="Ohne Anmeldung da: eintragen").click()
    page.get_by_role("button", name="Eintragen, ist da").click()
    expect(page.get_by_text("Alle Plätze sind vergeben.")).to_be_visible()
    page.get_by_role("link", name="Abbrechen").click()

    row.get_by_role("link", name=re.compile("^Löschen")).click()
    page.get_by_role("button", name="Endgültig löschen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Teilnahme")
    expect(page.get_by_role("listitem").filter(has_text=name)).to_have_count(0)


def test_every_page_of_events_is_accessible_and_fits_a_phone(browse: Browse) -> None:
    visitor, coordinator = browse(), browse("Koordination")
    open_event(visitor)
    own = urlsplit(visitor.url).path
    visitor.goto("/veranstaltungen/?zeit=vergangen")
    visitor.get_by_role("link", name="Bürgerkonferenz Mobilität").click()
    past = urlsplit(visitor.url).path
    visitor.goto("/veranstaltungen/")
    visitor.get_by_role("link", name="Themenwoche Smart Region", exact=True).click()
    week = urlsplit(visitor.url).path
    found = {}

    for page, addresses in {
        visitor: ["/veranstaltungen/", "/veranstaltungen/?zeit=vergangen", own, past, week, f"{own}anmelden/",
                  f"{own}gesendet/", f"{own}abgemeldet/", f"{past}rueckmeldung/"],
        coordinator: ["/veranstaltungen/", week, past, f"{own}teilnahme/", f"{own}teilnahme/einlass/",
                      f"{own}bearbeiten/", f"{own}programm/neu/", f"{own}teilnahme/mail/",
                      "/veranstaltungen/reihen/neu/"],
    }.items():  # fmt: skip
        for address in addresses:
            page.goto(address)
            found[address, page is visitor] = inspect(page)

    assert {address: problems for address, problems in found.items() if problems} == {}


def test_on_paper_an_event_names_where_to_register_instead_of_a_button(browse: Browse) -> None:
    page = browse()
    page.goto("/veranstaltungen/")
    page.get_by_role("link", name="Themenwoche Smart Region", exact=True).click()
    button, address = page.get_by_role("link", name="Jetzt anmelden"), page.get_by_text("Anmelden unter http")
    on_screen = button.is_visible(), address.is_visible()
    page.emulate_media(media="print")

    assert (on_screen, (button.is_visible(), address.is_visible())) == ((True, False), (False, True))
