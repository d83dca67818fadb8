"""Whoever follows links, in whatever role, meets no error: not in the console, not of the content security
policy, not as an answer. The guard around each visit says so (guard.py)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, expect

from network.models import Role
from smartregion.languages import OTHERS
from tests.e2e.conftest import Browse
from tests.e2e.guard import guarded
from tests.e2e.portal import Portal
from tests.scale import IS_FULL, TURN, by_turns

READERS = {
    None: None,
    "Koordination": Role.COORDINATION,
    "Kommune Ahaus": Role.MUNICIPALITY,
    "Lenkungskreis": Role.STEERING,
    "Vorsitz Lenkungskreis": Role.STEERING,
    "Entwicklungsteam": Role.TEAM,
    "Administration": Role.ADMINISTRATION,
}
LONGEST = 60_000
"""Milliseconds, as for a process of gunicorn: what is looked for here is errors."""
MOST_OF_A_KIND = 3 if IS_FULL else 1
MOST_OF_ALL = 100_000 if IS_FULL else 40
LINKS = """[...document.querySelectorAll('a[href]')].filter(link => link.origin === location.origin)
    .map(link => [link.pathname + link.search, link.hasAttribute('download')])"""
UNFOLD = """async () => {
    document.querySelectorAll('main details').forEach(details => details.open = true);
    await new Promise(done => setTimeout(done, 50));
}"""
INLINE_HANDLER = '<button onclick="alert(1)">Klick</button></body>'
INLINE_SCRIPT = "<script>document.title = 1</script></body>"


@dataclass
class Crawl:
    """Follows links in any order, to so many addresses of each kind; files are asked for, not opened."""

    page: Page
    seen: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def follow(self, start: str) -> None:
        waiting, rng = [(start, False)], Random(TURN)
        while waiting and self.seen.total() < MOST_OF_ALL:
            address, is_file = waiting.pop(rng.randrange(len(waiting)))
            kind = kind_of(address)
            if self.seen[kind] == MOST_OF_A_KIND:
                continue
            self.seen[kind] += 1
            if is_file or not urlsplit(address).path.endswith("/"):
                self._ask(address)
            else:
                waiting.extend(self._new(self.open(address)))

    def _new(self, links: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
        for address, is_file in links:
            if address not in self.known:
                self.known.add(address)
                yield address, is_file

    def open(self, address: str) -> list[tuple[str, bool]]:
        """And unfold what loads its content only then."""
        self.page.goto(address, timeout=LONGEST)
        links: list[tuple[str, bool]] = self.page.evaluate(LINKS)
        self.page.evaluate(UNFOLD)
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        return links

    def _ask(self, address: str) -> None:
        answer = self.page.context.request.get(address)
        if not answer.ok:
            self.refused.append(f"{answer.status} {address}")
        answer.dispose()


def kind_of(address: str) -> str:
    """The address without its keys, the language, and which parameters it has."""
    parts = urlsplit(address)
    language = parts.path.split("/")[1]
    names = sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)})
    try:
        route = resolve(unquote(parts.path)).route
    except Resolver404:
        route = parts.path  # a static file, or an error to be told
    return f"{language if language in OTHERS else ''} {route} {','.join(names)}"


def test_no_link_leads_any_reader_to_an_error(
    browse: Browse, record_property: Callable[[str, object], None]
) -> None:
    for reader in by_turns(READERS, of=len(READERS)):
        crawl = Crawl(browse(reader))
        crawl.follow("/")

        figures = f"{crawl.seen.total()} addresses of {len(crawl.seen)} kinds"
        record_property(reader or "Visitor", figures)
        assert crawl.refused == []


def test_somebody_of_each_role_follows_links() -> None:
    assert set(READERS.values()) == {None, *Role}


@pytest.mark.parametrize("spoil", [INLINE_HANDLER, INLINE_SCRIPT], ids=["handler", "script"])
def test_code_within_a_page_is_noticed(portal: Portal, browser: Browser, spoil: str) -> None:
    page = browser.new_page(base_url=portal.address)
    page.route(
        "**/impressum/",
        lambda route: route.fulfill(
            response=(found := route.fetch()), body=found.text().replace("</body>", spoil)
        ),
    )
    with pytest.raises(AssertionError), guarded(page.context) as problems:
        Crawl(page).open("/impressum/")
        page.context.close()

    assert [problem for problem in problems if "Content Security Policy" not in problem] == []
    assert problems != []
