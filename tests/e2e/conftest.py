"""One portal and one Chromium for all tests here; each test gets fresh visits and the shipped data.

They live no longer than this package: Playwright's event loop would keep Django's tests from the database.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.guard import guarded
from tests.e2e.portal import Portal, running_portal
from tests.scale import on_its_turn

SIGN_IN = "/anmelden/"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
GERMAN = {"locale": "de-DE", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"}
PATIENCE = 30_000


def pytest_itemcollected(item: pytest.Item) -> None:
    """With and without JavaScript, light and dark, by each account: in small size, variants take turns."""
    variant = getattr(item, "callspec", None)
    if variant and item.path.name != "test_guard.py":
        item.add_marker(on_its_turn(sum(variant.indices.values()), of=2))


class Browse(Protocol):
    def __call__(
        self, account: str | None = None, *, allowed: dict[str, int] | None = None, **options: Any
    ) -> Page: ...


@pytest.fixture(scope="package")
def portal() -> Iterator[Portal]:
    with running_portal() as portal:
        yield portal


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ["SMARTREGION_CHROMIUM"]
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def browse(portal: Portal, browser: Browser) -> Iterator[Browse]:
    """`browse("Koordination")`: a new, guarded browser context, signed in by that button of the demo."""
    written: list[str] = []
    with ExitStack() as visits:
        visits.callback(lambda: written and portal.reset())

        def begin(
            account: str | None = None, *, allowed: dict[str, int] | None = None, **options: Any
        ) -> Page:
            context = browser.new_context(**{"base_url": portal.address, **GERMAN, **options})
            context.set_default_timeout(PATIENCE)
            visits.enter_context(guarded(context, allowed))
            visits.callback(context.close)
            page = context.new_page()
            if account:
                page.goto(SIGN_IN)
                page.get_by_role("button", name=account, exact=True).click()
                expect(page.get_by_role("banner")).to_contain_text(account)
            context.on("request", lambda request: request.method == "POST" and written.append(request.url))
            return page

        yield begin
