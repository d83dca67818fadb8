"""The portal in hands that hold no mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse

FOCUSED = """() => {
    const look = getComputedStyle(document.activeElement);
    const outlined = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2;
    const seen = document.activeElement.getBoundingClientRect();
    const within = seen.width > 0 && seen.top >= 0 && seen.right <= innerWidth;
    return [document.activeElement.innerText.replace(/\\s+/g, ' '), within && outlined];
}"""


def tab(page: Page, times: int) -> list[tuple[str, bool]]:
    """Press Tab so often; return for each stop its text and whether its focus can be seen."""
    stops = []
    for _ in range(times):
        page.keyboard.press("Tab")
        stops.append(tuple(page.evaluate(FOCUSED)))
    return stops


@pytest.mark.parametrize("width", [1280, 390])
def test_the_first_stop_leads_past_the_header_into_the_content(browse: Browse, width: int) -> None:
    page = browse(viewport={"width": width, "height": 800})
    page.goto("/massnahmen/")
    assert tab(page, 1) == [("Zum Inhalt springen", True)]
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert tab(page, 1) == [("Start", True)]
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_stop_of_the_header_shows_its_focus(browse: Browse, theme: str) -> None:
    page = browse(color_scheme=theme)
    page.goto("/massnahmen/")
    stops = tab(page, 16)
    assert stops == [
        ("Zum Inhalt springen", True),
        ("Smart Region Kreis Borken", True),
        ("", True),  # the field of the search has no text
        ("Suchen", True),
        ("Dunkle Darstellung", True),
        ("Anmelden", True),
        *((label, True) for label in ("Themen", "Roll-out", "Veranstaltungen", "Ideen")),
        *((label, True) for label in ("Gremien", "Berichte")),
        *((label, True) for label in ("Handlungsfelder", "Maßnahmen", "Lösungen", "Konzept")),
    ]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Smart Region Konzept für den Kreis Borken")


def test_the_account_menu_opens_and_signs_out_by_keyboard(browse: Browse) -> None:
    page = browse("Kommune Ahaus")
    tab(page, 5)
    stops = tab(page, 1)
    page.keyboard.press("Enter")
    expect(page.locator("#account .kinds__count")).to_be_visible()
    stops += [(re.sub(r"\d+", "n", text), is_seen) for text, is_seen in tab(page, 10)]
    assert stops == [
        ("Konto: Kommune Ahaus", True),
        ("Mein Arbeitsplatz n Einträge", True),
        ("Ahaus", True),
        ("Wellen des Roll-outs", True),
        ("Förderung", True),
        ("Mein Konto", True),
        ("Benachrichtigungen", True),
        ("Kalender-Abo", True),
        ("Meine Daten", True),
        ("Zugänge für Programme", True),
        ("Abmelden", True),
    ]
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Anmelden")).to_be_visible()


def test_the_account_menu_closes_by_escape_and_by_a_click_beside_it(browse: Browse) -> None:
    page = browse("Kommune Ahaus")
    button, sign_out = page.locator("#account > summary"), page.get_by_role("button", name="Abmelden")

    button.click()
    expect(sign_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(button).to_be_focused()

    button.click()
    page.get_by_role("heading", level=1).click()
    expect(sign_out).to_be_hidden()


def test_a_wide_table_scrolls_by_keyboard(browse: Browse) -> None:
    page = browse(viewport={"width": 900, "height": 600})
    page.goto("/roll-out/")
    table = page.get_by_role("region", name="Maßnahmen und Kommunen")
    table.focus()
    page.keyboard.press("End")
    expect(page.get_by_role("row").last).to_be_in_viewport()
    page.keyboard.press("ArrowRight")
    expect(table).not_to_have_js_property("scrollLeft", 0)


def test_errors_of_a_form_lead_to_their_fields(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto("/massnahmen/neu/")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("alert").get_by_role("link", name="Titel").press("Enter")
    expect(page.get_by_label("Titel")).to_be_focused()


def test_the_matrix_is_walked_by_arrows_and_a_cell_opens_and_gives_the_focus_back(browse: Browse) -> None:
    page = browse()
    page.goto("/roll-out/")
    links = page.get_by_role("grid").get_by_role("row").nth(1).get_by_role("link")
    links.first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "End", "Home", "ArrowRight"):
        page.keyboard.press(key)
    expect(links.nth(1)).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/roll-out/\?zelle=[a-z-]+/[a-z0-9-]+$"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(links.nth(1)).to_be_focused()
    expect(page).to_have_url(re.compile(r"/roll-out/$"))
