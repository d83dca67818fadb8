"""What several journeys have in common: a report that is compiled, and a worker that cannot finish it yet."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from playwright.sync_api import Page, expect

from tests.e2e.portal import Portal

OUTLOOK = "Im Frühjahr entscheidet der Kreistag über die Mittel."


@contextmanager
def the_worker_stands_still(portal: Portal) -> Iterator[None]:
    """It must read this table for a snapshot; no page needs it."""
    with psycopg.connect(portal.database) as lock:
        lock.execute("LOCK TABLE measures_milestoneevent IN ACCESS EXCLUSIVE MODE")
        yield


def draft_evaluation(page: Page) -> str:
    """Begin the running quarter's report for the Lenkungskreis; return the address of its page."""
    page.goto("/berichte/")
    page.get_by_role("link", name="Neuer Bericht").click()
    page.get_by_label("Evaluationsbericht").check()
    page.get_by_role("radio", name="Lenkungskreis").check()
    page.get_by_label("Zeitraum", exact=True).select_option(index=0)
    page.get_by_role("button", name="Entwurf anlegen").click()
    page.wait_for_url(re.compile(r"/berichte/\d+/$"))
    return page.url


def write_outlook(page: Page) -> None:
    """Into its place on the page of a draft."""
    page.get_by_role("link", name="Text bearbeiten: Ausblick").click()
    page.get_by_label("Ausblick").fill(OUTLOOK)
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#text-outlook")).to_contain_text(OUTLOOK)


def request_evaluation(page: Page) -> str:
    """Begin that report and let it be compiled; return the address of its page."""
    address = draft_evaluation(page)
    page.get_by_role("button", name="Zusammenstellen").click()
    return address
