"""Watches everything that a browser context loads and says: nothing may fail behind the reader's back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# Chromium writes this line for each answer of 400 and above; the answer itself is judged below.
SAID_BY_THE_ANSWER = "Failed to load resource: the server responded with a status of"
# What the browser itself gives up: a navigation that turns out as a download, a poll when the page is left.
GIVEN_UP = "net::ERR_ABORTED"


@contextmanager
def guarded(context: BrowserContext, allowed: Mapping[str, int] | None = None) -> Iterator[list[str]]:
    """Collect console errors, exceptions, blocked or failed requests and error answers of all its pages.

    Args:
        allowed: path → status of an error page that the test itself asks for.

    Raises:
        AssertionError: at the end, if there was any.
    """
    problems: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(SAID_BY_THE_ANSWER):
            problems.append(f"console: {message.text} ({message.location['url']})")

    def on_error(error: WebError) -> None:
        problems.append(f"exception: {error.error}")

    def on_failed(request: Request) -> None:
        if request.failure != GIVEN_UP:
            problems.append(f"request: {request.url} {request.failure}")

    def on_response(response: Response) -> None:
        if response.status >= 400 and (allowed or {}).get(urlsplit(response.url).path) != response.status:
            problems.append(f"answer: {response.status} {response.url}")

    context.on("console", on_console)
    context.on("weberror", on_error)
    context.on("requestfailed", on_failed)
    context.on("response", on_response)
    yield problems
    if problems:
        raise AssertionError("\n".join(problems))
