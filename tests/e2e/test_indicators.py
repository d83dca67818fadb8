"""Values that are due are entered by keyboard alone."""

from playwright.sync_api import expect

from tests.e2e.conftest import Browse


def test_a_value_that_is_due_is_typed_and_sent_without_a_mouse(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto("/indikatoren/erfassen/?indikator=energieberatungen")
    page.get_by_label("Wert", exact=True).focus()
    page.keyboard.type("71")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("geschätzt")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 Wert ist gespeichert.")).to_be_visible()
    expect(page.get_by_text("Nichts ist fällig")).to_be_visible()
