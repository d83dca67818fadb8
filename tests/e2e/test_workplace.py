"""Mein Arbeitsplatz: each role finds what needs it, gets to the fix, and comes back to a shorter list."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal
from tests.e2e.test_keyboard import tab

WORKPLACE = "/arbeitsplatz/"


def milestones(page: Page) -> list[str]:
    region = page.get_by_role("region", name="Überfällige Meilensteine")
    return region.locator(".row__title").all_inner_texts()


@pytest.mark.parametrize(
    "account", ["Koordination", "Kommune Ahaus", "Lenkungskreis", "Entwicklungsteam", "Administration"]
)
def test_the_workplace_of_each_role_is_accessible_and_fits_a_phone(browse: Browse, account: str) -> None:
    page = browse(account)
    page.goto(WORKPLACE)
    expect(page.locator("main .rows--work > li").first).to_be_visible()
    assert inspect(page) == []


@pytest.mark.parametrize("query", ["?art=alle", "?art=wiedervorlage"])
def test_one_kind_full_or_empty_is_accessible(browse: Browse, query: str) -> None:
    page = browse("Koordination")
    page.goto(WORKPLACE + query)
    assert inspect(page) == []


@pytest.fixture
def nothing_is_due(portal: Portal) -> Iterator[None]:
    with psycopg.connect(portal.database) as database:
        database.execute("DELETE FROM measures_plannedstart")
        database.execute("UPDATE monitoring_indicator SET per_municipality = false, combination = ''")
    yield
    portal.reset()


@pytest.mark.usefixtures("nothing_is_due")
def test_a_quiet_day_is_accessible(browse: Browse) -> None:
    page = browse("Kommune Vreden")
    page.get_by_role("link", name="Mein Arbeitsplatz").last.click()
    expect(page.get_by_text("Heute nichts zu tun")).to_be_visible()
    assert inspect(page) == []


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_coordinator_lands_there_reports_a_milestone_and_takes_it_back(
    browse: Browse, java_script_enabled: bool
) -> None:
    page = browse("Koordination", java_script_enabled=java_script_enabled)
    expect(page).to_have_url(re.compile(f"{WORKPLACE}$"))
    waiting = milestones(page)
    assert len(waiting) > 1

    page.get_by_role("button", name=re.compile(f"^Heute erreicht ?: {re.escape(waiting[0])}$")).click()
    expect(page).to_have_url(re.compile(f"{WORKPLACE}$"))
    expect(page.get_by_role("status").first).to_contain_text("ist heute erreicht.")
    assert milestones(page) == waiting[1:]

    page.get_by_role("button", name="Rückgängig machen").click()
    page.goto(WORKPLACE)
    assert milestones(page) == waiting


def test_the_list_of_kinds_leads_on_by_keyboard(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto(WORKPLACE)
    kinds = page.get_by_role("navigation", name="Arten von Einträgen").get_by_role("link")
    names = [" ".join(name.split()) for name in kinds.all_inner_texts()]
    kinds.first.focus()
    assert tab(page, len(names) - 1) == [(name, True) for name in names[1:]]
    page.keyboard.press("Enter")
    heading = re.sub(r" (\d+)$", r" (\1)", names[-1])
    section = page.get_by_role("heading", level=2, name=heading)
    expect(section).to_be_in_viewport()
    assert " ".join(page.locator(":target").inner_text().split()) == heading


def test_the_menu_of_the_account_tells_the_number_when_it_is_opened(browse: Browse) -> None:
    page = browse("Koordination")
    total = page.locator("main .lead").inner_text().split()[0]
    page.goto("/massnahmen/")
    page.locator("#account > summary").click()
    link = page.get_by_role("link", name=f"Mein Arbeitsplatz {total} Einträge", exact=True)
    expect(link).to_be_visible()
    assert inspect(page) == []
