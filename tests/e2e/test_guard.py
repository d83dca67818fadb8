"""The guard around every test here is itself no decoration: each kind of failure ends a test."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.guard import guarded
from tests.e2e.portal import Portal

INLINE_SCRIPT = "document.head.append(Object.assign(document.createElement('script'), {textContent: '1'}))"
FOREIGN_IMAGE = (
    "new Promise(done => Object.assign(new Image(), {src: 'https://example.org/a.png', onerror: done}))"
)
MISSING_FILE = "fetch('/static/fehlt.css').then(() => null)"
EXCEPTION = "new Promise(done => setTimeout(() => { setTimeout(done); throw new Error('absichtlich') }))"


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (INLINE_SCRIPT, "console: Executing inline script violates the following Content Security Policy"),
        (FOREIGN_IMAGE, "console: Loading the image 'https://example.org/a.png' violates"),
        (MISSING_FILE, "answer: 404 "),
        (EXCEPTION, "exception: absichtlich"),
    ],
    ids=["inline script", "foreign image", "missing file", "exception"],
)
def test_a_page_on_which_something_fails_fails_its_test(
    portal: Portal, browser: Browser, script: str, problem: str
) -> None:
    page = browser.new_page(base_url=portal.address)
    with pytest.raises(AssertionError), guarded(page.context) as problems:
        page.goto("/")
        page.evaluate(script)
        page.context.close()
    assert [text for text in problems if problem in text] != []


def test_a_page_on_which_nothing_fails_passes(portal: Portal, browser: Browser) -> None:
    page = browser.new_page(base_url=portal.address)
    with guarded(page.context) as problems:
        page.goto("/")
        page.context.close()
    assert problems == []
