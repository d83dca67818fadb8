"""What people without an account do: find their way, ask about a measure, read the answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.keys import field
from tests.participation.open import stamp

SLUG = "mobilstationen-mit-gemeinsamer-buchung"
QUESTION = "Wann kommt die erste Station?"
ANSWER = "Im Frühjahr, zuerst am Bahnhof."
SHOWN_LONG_AGO = "(field, stamp) => { field.value = stamp; }"


def cookies(page: Page) -> list[str]:
    return [cookie["name"] for cookie in page.context.cookies()]


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_visitor_asks_the_coordinator_answers_and_everyone_reads_it(
    browse: Browse, with_javascript: bool
) -> None:
    visitor = browse(java_script_enabled=with_javascript)
    visitor.goto(f"/massnahmen/{SLUG}/")
    visitor.get_by_role("link", name="Frage zu dieser Maßnahme stellen").click()
    visitor.get_by_label("Ihre Frage").fill(QUESTION)
    visitor.get_by_label("Ihre E-Mail-Adresse").fill("fragt@example.org")
    visitor.locator("[name=stamp]").evaluate(SHOWN_LONG_AGO, stamp()["stamp"])
    visitor.get_by_role("button", name="Frage absenden").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Danke für Ihre Frage")

    coordinator = browse("Koordination")
    coordinator.goto("/arbeitsplatz/?art=fragen")
    entry = coordinator.get_by_role("listitem").filter(has_text=QUESTION)
    entry.get_by_role("link", name="Antworten").click()
    field(coordinator, "Antwort").fill(ANSWER)
    field(coordinator, "Frage, wie sie veröffentlicht wird").fill(QUESTION)
    coordinator.get_by_role("button", name="Speichern und absenden").click()
    expect(coordinator.get_by_text("Die Antwort ist unterwegs.")).to_be_visible()

    visitor.goto(f"/massnahmen/{SLUG}/")
    expect(visitor.get_by_text(ANSWER)).to_be_visible()
    assert cookies(visitor) == []


def test_whatever_is_looked_for_is_one_link_away_from_the_front_page(browse: Browse) -> None:
    page = browse(viewport={"width": 390, "height": 844})
    page.goto("/")
    navigation = page.get_by_role("navigation", name="Hauptnavigation")
    for name, heading in (
        ("Themen", "Themen"),
        ("Roll-out", "Roll-out"),
        ("Gremien", "Gremien"),
        ("Berichte", "Berichte"),
    ):
        navigation.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    for name in ("Leichte Sprache", "Deutsche Gebärdensprache"):
        link = name.removeprefix("Deutsche ")
        page.get_by_role("contentinfo").get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert cookies(page) == []
