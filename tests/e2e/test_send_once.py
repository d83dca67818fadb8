"""A second click sends nothing; without JavaScript the server stores a status update once all the same."""

import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.portal import Portal

MEASURE = "/massnahmen/energiemonitoring-kommunaler-gebaeude/"


def posts_of_two_clicks(portal: Portal, page: Page, button: str) -> int:
    """How often the browser sends the page's form, when the answer to the first click lets one wait."""
    sent: list[str] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    found = page.get_by_role("button", name=button, exact=True)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with psycopg.connect(portal.database) as lock:
        lock.execute("SELECT FROM measures_measure FOR UPDATE")
        for _ in range(2):
            page.mouse.click(*place)
            page.wait_for_timeout(500)
    expect(page.get_by_role("status").first).to_be_visible()
    return len(sent)


def test_two_clicks_add_one_milestone(portal: Portal, browse: Browse) -> None:
    page = browse("Koordination")
    page.goto(f"{MEASURE}meilensteine/neu/")
    page.get_by_label("Meilenstein", exact=True).fill("Doppelt geklickt")
    page.get_by_label("Plantermin").fill("2030-05-01")

    assert posts_of_two_clicks(portal, page, "Speichern") == 1
    expect(page.get_by_role("cell", name=re.compile("Doppelt geklickt"))).to_have_count(1)


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_two_clicks_write_one_status_update(
    portal: Portal, browse: Browse, java_script_enabled: bool
) -> None:
    page = browse("Koordination", java_script_enabled=java_script_enabled)
    page.goto(f"{MEASURE}sachstand/neu/")
    page.get_by_label("Was ist geschehen?").fill("Zweimal geklickt, einmal gemeint.")

    assert posts_of_two_clicks(portal, page, "Speichern") == (1 if java_script_enabled else 2)
    page.goto(MEASURE)
    expect(page.get_by_role("region", name="Sachstand")).to_contain_text("Zweimal geklickt, einmal gemeint.")
    assert page.get_by_role("region", name="Sachstand").inner_text().count("Zweimal geklickt") == 1


def test_a_form_can_be_sent_again_after_coming_back(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto(f"{MEASURE}sachstand/neu/")
    for text in ("Erstens.", "Zweitens."):
        page.get_by_label("Was ist geschehen?").fill(text)
        page.get_by_role("button", name="Speichern", exact=True).click()
        expect(page.get_by_role("region", name="Sachstand")).to_contain_text(text)
        page.go_back()
