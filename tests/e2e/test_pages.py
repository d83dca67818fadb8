"""Every page that a role reaches by links is accessible and fits a phone; so is what forms bring up."""

from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect

from smartregion.base.access import PUBLIC, policy_of
from tests.e2e.conftest import Browse
from tests.e2e.inspection import LOOKS, inspect
from tests.e2e.portal import Portal
from tests.e2e.steps import request_evaluation, the_worker_stands_still
from tests.scale import IS_FULL, has_turn

LINKS = """[...document.querySelectorAll('a[href]')]
    .filter(link => !link.matches('[download], [href^="/oparl/"], [href^="/api/"]'))
    .map(link => new URL(link.getAttribute('href'), document.baseURI))
    .filter(url => url.host === location.host).map(url => url.pathname)
    .filter(path => !/\\.\\w+$/.test(path))"""
SLUG = "online-buchung-kommunaler-raeume-und-angebote"
SPOIL = """() => {
    const main = document.querySelector('main');
    main.append(Object.assign(document.createElement('p'), {id: 'pale', textContent: 'Kaum zu lesen'}));
    main.append(Object.assign(document.createElement('img'), {id: 'wide', width: 1000, height: 1}));
    document.querySelector('#pale').style.cssText = 'color: #777; background: #888';
    document.querySelector('#wide').style.cssText = 'position: absolute; left: 0; max-width: none';
}"""
VARIANTS = [
    "/",
    "/massnahmen/?q=gibtesnicht&light=blau",
    "/massnahmen/?field=energie&municipality=ahaus",
    "/roll-out/?stage=live&stale=on",
    "/roll-out/karte/?massnahme=alle",
    "/roll-out/karte/?ansicht=grenzen",
]


def walk(page: Page, *addresses: str, signed_in: bool = False) -> dict[str, list[str]]:
    """Visit these, and of all that links lead to one page of each kind; return what is wrong, by address.

    In small size, each is opened and must fit a phone. Of those that the reader has and visitors have not,
    each third gets one look on a day, by turns wide or small.
    """
    waiting, kinds, found, number = deque(addresses), set(), {}, 0
    while waiting:
        address = waiting.popleft()
        kind = resolve(urlsplit(address).path).view_name
        is_known = address in found or (kind in kinds and address not in addresses)
        if is_known or kind.startswith("admin:"):
            continue
        kinds.add(kind)
        page.goto(address)
        found[address] = []
        if IS_FULL or not (signed_in and is_for_all(address)):
            found[address] = inspect(page, None if has_turn(number, of=3) else [])
            number += 1
        waiting.extend(page.evaluate(LINKS))
    return found


def is_for_all(address: str) -> bool:
    return policy_of(resolve(urlsplit(address).path).func) == PUBLIC


def test_a_visitor_finds_every_page_accessible_and_fit_for_a_phone(browse: Browse) -> None:
    assert faults(walk(browse(), *VARIANTS)) == {}


def test_the_coordinator_finds_every_page_accessible_and_fit_for_a_phone(browse: Browse) -> None:
    assert faults(walk(browse("Koordination"), "/", signed_in=True)) == {}


def test_a_municipality_finds_its_own_pages_accessible_and_fit_for_a_phone(browse: Browse) -> None:
    page = browse("Kommune Ahaus")
    found = {}
    for address in ("/kommunen/ahaus/", f"/kommunen/ahaus/{SLUG}/", f"/massnahmen/{SLUG}/"):
        page.goto(address)
        found[address] = inspect(page)
    assert faults(found) == {}


def faults(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {address: problems for address, problems in found.items() if problems}


def wrong_measure(page: Page) -> None:
    page.goto(f"/massnahmen/{SLUG}/bearbeiten/")
    page.get_by_label("Titel").fill("")
    page.get_by_label("Begründung zur Ampel").fill("")
    page.get_by_label("Sichtbarkeit").select_option("draft")
    page.get_by_label("Ende").fill("1999-01-01")
    page.get_by_role("button", name="Speichern").click()


def wrong_cell(page: Page) -> None:
    page.goto(f"/kommunen/ahaus/{SLUG}/")
    page.get_by_label("Stufe", exact=True).select_option("live")
    page.get_by_label("seit").fill("")
    page.get_by_role("button", name="Speichern und bestätigen").click()


def wrong_report(page: Page) -> None:
    page.goto("/berichte/neu/")
    page.get_by_label("Kommunenprofil").check()
    page.get_by_label("Zeitraum", exact=True).select_option("eigener")
    page.get_by_role("button", name="Entwurf anlegen").click()


def wrong_password(page: Page) -> None:
    page.goto("/konto/passwort/")
    page.get_by_role("button", name="Passwort setzen").click()


@pytest.mark.parametrize("make_mistakes", [wrong_measure, wrong_cell, wrong_report, wrong_password])
def test_a_form_that_reports_mistakes_is_accessible(
    browse: Browse, make_mistakes: Callable[[Page], None]
) -> None:
    page = browse("Koordination")
    make_mistakes(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert inspect(page) == []


def test_a_message_with_its_undo_button_is_accessible(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto(f"/massnahmen/{SLUG}/bearbeiten/")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("button", name="Rückgängig machen")).to_be_visible()
    assert inspect(page) == []


def test_the_page_of_two_conflicting_texts_is_accessible(browse: Browse) -> None:
    edit = f"/massnahmen/{SLUG}/bearbeiten/"
    page = browse("Koordination", allowed={edit: 409})
    page.goto(edit)
    page.locator("[name=version]").evaluate("field => field.value = '1'")
    page.get_by_label("Kurzbeschreibung").fill("Mein Text.")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("inzwischen gespeichert")
    assert inspect(page) == []


def test_a_report_in_the_making_is_accessible(portal: Portal, browse: Browse) -> None:
    page = browse("Koordination")
    with the_worker_stands_still(portal):
        request_evaluation(page)
        expect(page.get_by_text("Schritt 1 von 10")).to_be_visible()
        assert inspect(page) == []


def test_a_page_that_does_not_exist_is_accessible(browse: Browse) -> None:
    page = browse(allowed={"/gibt-es-nicht/": 404})
    page.goto("/gibt-es-nicht/")
    assert inspect(page) == []


@pytest.mark.parametrize("address", ["/en/roll-out/", "/nl/massnahmen/"])
def test_a_page_in_another_language_is_accessible_and_fits_a_phone(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    assert inspect(page) == []


def test_the_inspection_finds_what_is_wrong(browse: Browse) -> None:
    page = browse()
    page.goto("/impressum/")
    page.evaluate(SPOIL)
    assert inspect(page, LOOKS) == [
        "1280 light: color-contrast: #pale",
        "1280 light: image-alt: #wide",
        "390 dark: color-contrast: #pale",
        "390 dark: image-alt: #wide",
        "390: 610 px too wide",
        "320: 680 px too wide",
    ]
