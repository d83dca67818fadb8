"""Without JavaScript the portal does the same in whole pages. Confirming: see test_municipality."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Browse
from tests.e2e.portal import Portal
from tests.e2e.steps import request_evaluation, the_worker_stands_still


def test_the_list_is_filtered_by_its_button(browse: Browse) -> None:
    page = browse(java_script_enabled=False)
    page.goto("/massnahmen/")
    page.get_by_label("Handlungsfeld").select_option(label="Energie")
    page.get_by_label("Ampel").select_option(label="grün")
    page.get_by_role("button", name="Filtern").click()
    expect(page).to_have_url(re.compile(r"field=energie.*light=green"))
    expect(page.locator("#results").get_by_role("heading", level=3)).to_have_text(
        ["Energiemonitoring kommunaler Gebäude", "Digitale Energieberatung vor Ort"]
    )
    page.get_by_role("link", name="alle zurücksetzen").click()
    expect(page.get_by_label("Ampel")).to_have_value("")


def test_a_report_in_the_making_offers_to_look_again(portal: Portal, browse: Browse) -> None:
    page = browse("Koordination", java_script_enabled=False)
    with the_worker_stands_still(portal):
        request_evaluation(page)
        expect(page.get_by_role("progressbar", name="Fortschritt des Berichts")).to_be_visible()
    again = page.get_by_role("link", name="Stand aktualisieren")
    done = page.get_by_role("heading", name="Herunterladen")
    expect(again.or_(done)).to_be_visible()
    while not done.is_visible():
        again.click()
        expect(again.or_(done)).to_be_visible()
