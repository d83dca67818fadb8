"""The search in a browser: by the key "/", with a slip of the finger, narrowed, and without JavaScript."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect

SLIP = "Energimonitoring"


def hits(page: Page) -> list[str]:
    page.wait_for_load_state()
    return page.locator(".rows--hits h3").all_inner_texts()


def test_the_key_leads_to_the_field_and_what_was_meant_is_found(browse: Browse) -> None:
    page = browse()
    page.goto("/suche/")

    page.keyboard.press("/")
    page.keyboard.type("a/b")
    expect(page.get_by_role("searchbox").first).to_have_value("a/b")
    page.get_by_role("searchbox").first.fill(SLIP)
    page.keyboard.press("Enter")

    expect(page.locator(".rows--hits mark").first).to_have_text("Energiemonitoring")
    meant = page.get_by_role("link", name="Energiemonitoring", exact=True)
    meant.first.click()
    expect(page).to_have_url("/suche/?q=Energiemonitoring")
    expect(page.get_by_text("kommt so nicht vor")).to_have_count(0)


def test_without_javascript_a_search_is_narrowed_step_by_step(browse: Browse) -> None:
    page = browse(java_script_enabled=False)
    page.goto("/suche/")
    page.get_by_role("searchbox").first.fill("Sensoren")
    page.get_by_role("button", name="Suchen").first.click()
    everything = hits(page)

    page.get_by_role("link", name="Maßnahmen", exact=False).and_(page.locator(".kinds a")).click()
    page.get_by_role("link", name="Umwelt & Klima").click()

    assert "Kreisweites LoRaWAN-Sensornetz" in hits(page)
    assert hits(page) != everything
    assert page.context.cookies() == []


def test_the_search_is_accessible_and_fits_a_phone(browse: Browse) -> None:
    page = browse()
    found = {}
    for address in ("/suche/", "/suche/?q=Sensoren", f"/suche/?q={SLIP}", "/suche/?q=Quastenflosser"):
        page.goto(address)
        found[address] = inspect(page)

    assert found == {address: [] for address in found}
