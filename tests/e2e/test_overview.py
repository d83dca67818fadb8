"""Timeline and board in a browser: fit for every screen, by keyboard, without JavaScript, and on paper."""

from io import BytesIO

import pikepdf
import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import PHONE, inspect

TIMELINE, BOARD = "/massnahmen/zeitplan/", "/massnahmen/phasen/"
TITLE = "Energiemonitoring kommunaler Gebäude"
SLUG = "energiemonitoring-kommunaler-gebaeude"
A3_LANDSCAPE = (420, 297)
A4_LANDSCAPE, PRINTABLE = (297, 210), 1047
EDGE = """selector => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return [Math.round(box.left), Math.round(box.top)];
}"""


@pytest.mark.parametrize(
    "address",
    [
        f"{TIMELINE}?zoom=quartal",
        f"{TIMELINE}?zoom=alles",
        f"{TIMELINE}?zoom=woche&von=2026-Q9&field=energie",
        f"{TIMELINE}?von=1999-Q1",
        f"{BOARD}?q=gibtesnicht",
    ],
)
def test_every_view_is_accessible_and_fits_a_phone(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    assert inspect(page) == []


def test_the_opened_table_and_the_opened_form_are_accessible(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto(TIMELINE)
    page.get_by_text("Dasselbe als Tabelle").click()
    expect(page.get_by_role("table", name="Laufzeiten und Meilensteine")).to_be_visible()
    assert inspect(page) == []
    page.goto(BOARD)
    page.get_by_text(f"Phase ändern: {TITLE}").click()
    expect(page.locator(f"#{SLUG}").get_by_label("Neue Phase")).to_be_visible()
    assert inspect(page) == []


def test_axis_and_titles_stay_while_the_rows_scroll_by(browse: Browse) -> None:
    page = browse(viewport={"width": 800, "height": 600})
    page.goto(f"{TIMELINE}?zoom=alles")
    region = page.locator(".plan-region")
    region.scroll_into_view_if_needed()
    before = [page.evaluate(EDGE, selector) for selector in (".plan__axis", ".plan th[scope=row]")]
    region.evaluate("region => region.scrollTo(60, 250)")
    after = [page.evaluate(EDGE, selector) for selector in (".plan__axis", ".plan th[scope=row]")]

    (axis_left, axis_top), (title_left, _) = before
    assert page.locator(".plan-region").evaluate("region => [region.scrollLeft, region.scrollTop]") == [
        60,
        250,
    ]
    assert after[0][0] == axis_left - 60
    assert after[0][1] < axis_top
    assert after[0][1] == page.evaluate(EDGE, ".plan-region")[1] + 1
    assert after[1][0] == title_left


def test_on_a_phone_each_drawing_stands_below_its_title_and_the_axis_stays(browse: Browse) -> None:
    page = browse(viewport={"width": PHONE, "height": 800})
    page.goto(TIMELINE)
    row = page.locator(".plan tr", has=page.get_by_role("link", name=TITLE))
    title, drawing = row.locator("th").bounding_box(), row.locator("td").bounding_box()
    assert title
    assert drawing
    assert drawing["y"] >= title["y"] + title["height"]
    assert drawing["x"] >= 0
    assert drawing["x"] + drawing["width"] <= PHONE
    row.evaluate("row => scrollTo(0, row.getBoundingClientRect().top + scrollY - 200)")
    assert page.evaluate(EDGE, ".plan thead")[1] == 0


def test_the_filter_goes_along_from_list_to_timeline_to_board(browse: Browse) -> None:
    page = browse()
    page.goto("/massnahmen/")
    page.get_by_label("Handlungsfeld").select_option(label="Energie")
    expect(page.locator("#results")).to_contain_text("3 Maßnahmen")
    views = page.get_by_role("navigation", name="Ansicht")
    for name in ("Zeitplan", "Phasen", "Liste"):
        views.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name="3 Maßnahmen")).to_be_visible()
        expect(page.get_by_label("Handlungsfeld")).to_have_value("energie")


def test_without_javascript_one_filters_and_pages_through_time(browse: Browse) -> None:
    page = browse(java_script_enabled=False)
    page.goto(f"{TIMELINE}?von=2026-Q4")
    page.get_by_label("Handlungsfeld").select_option(label="Energie")
    page.get_by_role("button", name="Filtern").click()
    expect(page.locator(".plan-nav__label")).to_have_text("4. Quartal 2026 bis 3. Quartal 2027")
    page.get_by_role("link", name="1 Quartal später").click()
    expect(page.locator(".plan-nav__label")).to_have_text("1. Quartal 2027 bis 4. Quartal 2027")
    page.get_by_role("link", name="Quartal", exact=True).click()
    expect(page.locator(".plan-nav__label")).to_have_text("1. Quartal 2027")
    expect(page.get_by_role("heading", name="3 Maßnahmen")).to_be_visible()


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_measure_is_moved_by_keyboard_alone_and_moved_back(browse: Browse, with_javascript: bool) -> None:
    page = browse("Koordination", java_script_enabled=with_javascript)
    page.goto(f"{BOARD}?field=energie")
    assert phase_of(page) == "Transfer"
    page.get_by_text(f"Phase ändern: {TITLE}").focus()
    for key in ("Enter", "Tab", "V", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Der Betrieb läuft, der Transfer ruht.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(page.url.split("/massnahmen/")[0] + f"{BOARD}?field=energie#{SLUG}")
    expect(page.get_by_role("status").first).to_contain_text("ist jetzt in der Phase „Verstetigung“")
    assert phase_of(page) == "Verstetigung"
    page.get_by_role("button", name="Rückgängig machen").click()
    page.goto(BOARD)
    assert phase_of(page) == "Transfer"


def phase_of(page: Page) -> str:
    column = page.locator(".board__column", has=page.locator(f"#{SLUG}"))
    return column.locator(".phase").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_timeline_is_printed_across_a3_with_its_legend_rule_and_every_measure(
    browse: Browse, theme: str
) -> None:
    page = browse(color_scheme=theme)
    page.goto(f"{TIMELINE}?zoom=alles")
    with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        sizes = {tuple(round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]) for sheet in pdf.pages}
        pages = len(pdf.pages)

    assert sizes == {A3_LANDSCAPE}
    assert pages <= 2
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1512, "height": 1050})  # what is left of A3 in CSS pixels
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 1512
    for words in ("überfällig", "Der Balken reicht vom Beginn", f"Stand {localdate():%d.%m.%Y}"):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.locator(".filter")).to_be_hidden()


def test_the_dashboard_with_every_column_is_printed_on_one_page(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto("/monitoring/")
    with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        (sheet,) = pdf.pages
        assert tuple(round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]) == A4_LANDSCAPE

    page.emulate_media(media="print")
    page.set_viewport_size({"width": PRINTABLE, "height": 718})  # what is left of A4 in CSS pixels
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PRINTABLE
