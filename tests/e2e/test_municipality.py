"""A municipality's editor confirms and edits its own roll-out; the public sees it, no other's page opens."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse

AHAUS = "/kommunen/ahaus/"
BOOKING = "Online-Buchung kommunaler Räume und Angebote"
SLUG = "online-buchung-kommunaler-raeume-und-angebote"


def to_confirm(page: Page) -> list[str]:
    """The titles of what waits to be confirmed."""
    return page.get_by_role("region", name="Das ist zu bestätigen").locator(".row__title a").all_inner_texts()


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_municipality_lands_on_its_page_and_confirms_one_state_and_then_all(
    browse: Browse, java_script_enabled: bool
) -> None:
    page = browse("Kommune Ahaus", java_script_enabled=java_script_enabled)
    expect(page).to_have_url(re.compile(f"{AHAUS}$"))
    waiting = to_confirm(page)
    assert len(waiting) > 2

    page.get_by_role("button", name=re.compile(f"^Bestätigen ?: {re.escape(waiting[1])}$")).click()
    expect(page.get_by_role("status")).to_contain_text(f"„{waiting[1]}“ ist bestätigt.")
    assert to_confirm(page) == [waiting[0], *waiting[2:]]

    page.get_by_role("button", name=f"Alle {len(waiting) - 1} unverändert bestätigen").click()
    expect(page.get_by_role("status")).to_contain_text(f"{len(waiting) - 1} Stände sind bestätigt.")
    expect(page.get_by_text("Alle Stände sind in den letzten 92 Tagen bestätigt worden.")).to_be_visible()
    page.reload()
    assert to_confirm(page) == []


def test_a_state_in_regular_operation_needs_date_and_evidence_and_then_shows_in_matrix_and_map(
    browse: Browse,
) -> None:
    public = browse()
    live, on_map = public_view(public)
    assert "Ahaus, in Vorbereitung" in on_map
    page = browse("Kommune Ahaus")
    page.get_by_role("link", name=re.compile(f"^Bearbeiten ?: {BOOKING}")).last.click()

    page.get_by_label("Stufe", exact=True).select_option(label="im Regelbetrieb")
    page.get_by_label("interne Notiz").fill("Buchungen laufen seit der Umstellung.")
    page.get_by_label("seit").fill("")
    page.get_by_role("button", name="Speichern und bestätigen").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Bitte geben Sie an, seit wann der Regelbetrieb läuft.")
    expect(alert).to_contain_text("Bitte geben Sie an, woran der Regelbetrieb zu erkennen ist.")
    expect(page.get_by_label("interne Notiz")).to_have_value("Buchungen laufen seit der Umstellung.")

    page.get_by_label("seit").fill("2025-03-01")
    page.get_by_label("Nachweis").fill("Buchungsseite der Stadt")
    page.get_by_role("button", name="Speichern und bestätigen").click()
    expect(page.get_by_role("status")).to_contain_text("Der Stand ist gespeichert und bestätigt.")
    expect(page.get_by_role("region", name="Im Regelbetrieb")).to_contain_text(BOOKING)

    new_live, on_map = public_view(public)
    assert new_live == live + 1
    assert "Ahaus, im Regelbetrieb seit 01.03.2025" in on_map


def public_view(page: Page) -> tuple[int, str]:
    """What a visitor reads: the measure's number of live municipalities in the matrix, Ahaus on the map."""
    page.goto("/roll-out/")
    row = page.get_by_role("row").filter(has_text=BOOKING)
    live = int(row.locator("td").nth(1).inner_text())
    page.goto(f"/roll-out/karte/?massnahme={SLUG}")
    return live, page.get_by_role("link", name="Ahaus").first.get_attribute("aria-label") or ""


def test_a_municipality_finds_no_page_of_another_ones_states(browse: Browse) -> None:
    foreign, own = f"/kommunen/vreden/{SLUG}/", f"{AHAUS}{SLUG}/"
    page = browse("Kommune Ahaus", allowed={foreign: 404})
    statuses = [answer.status for answer in map(page.goto, (foreign, own)) if answer]
    assert statuses == [404, 200]
    page.goto("/kommunen/vreden/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vreden")
    expect(page.get_by_role("link", name="Bearbeiten")).to_have_count(0)
