"""Every page that a visitor gets: no cookie, nothing from elsewhere, HTML that a strict reader accepts."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve, reverse

from smartregion import robots
from smartregion.assets import style_sheet
from smartregion.base.access import PUBLIC, policy_of
from tests.addresses import address_of, keys_of_rows, routes
from tests.scale import by_turns

pytestmark = pytest.mark.django_db

SIGN_IN = {"account_login", "account_reset_password", "invitation"}
"""Forms with which somebody signs in, or takes a seat as an account: they are guarded by a cookie."""
LOADED = {
    **dict.fromkeys(
        ("script", "img", "iframe", "video", "audio", "source", "track", "embed", "input"), "src"
    ),
    **dict.fromkeys(("link", "use", "image"), "href"),
    "object": "data",
    "form": "action",
}
"""Elements that fetch from an address, or send to one, without being asked."""
FOUND_IN_STYLES = re.compile(r"""url\(["']?([^"')]+)|@import\s+["']([^"']+)""")


@cache
def answers() -> dict[str, HttpResponse]:
    """What a visitor gets from each address that answers at all."""
    keys, client, found = keys_of_rows(), Client(raise_request_exception=False), {}
    for route in routes(get_resolver()):
        address = address_of(route, keys)
        response = client.get(address)
        client.cookies.clear()
        if response.status_code < 400:
            found[address] = response
    return found


@pytest.fixture(scope="module", autouse=True)
def shared_rows(rows_of_module: None) -> Iterator[None]:
    answers()
    yield
    answers.cache_clear()


def pages() -> dict[str, str]:
    return {
        address: answer.content.decode()
        for address, answer in answers().items()
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    }


def sets_cookies(response: Any) -> list[str]:
    return sorted(response.cookies)


def is_foreign(address: str) -> bool:
    return bool(urlsplit(address.strip()).netloc)


def foreign_in(html: str) -> list[str]:
    """Foreign addresses that the page fetches from or sends to. A link that a reader may follow is none."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    loaded = [
        element.get(attribute, "")
        for element in tree.iter()
        if isinstance(element.tag, str) and (attribute := LOADED.get(element.tag.rpartition("}")[2]))
        if element.tag != "link" or element.get("rel") not in {"canonical", "alternate"}
    ]
    return [address for address in [*loaded, *fetched_by_style(html)] if is_foreign(address)]


def fetched_by_style(css: str) -> list[str]:
    return [url or imported for url, imported in FOUND_IN_STYLES.findall(css)]


def mistakes_in(html: str) -> list[str]:
    parser, lines = html5lib.HTMLParser(namespaceHTMLElements=False), html.splitlines()
    tree = parser.parse(html)
    found = [f"{code} {details}: {lines[row - 1].strip()[:120]}" for (row, _), code, details in parser.errors]
    return found + [
        f"{element.tag}: {name} has to begin with data-"
        for element in tree.iter()
        for name in element.attrib
        if isinstance(name, str) and name.startswith("hx-")
    ]


def test_the_walk_finds_every_kind_of_public_page() -> None:
    """What is left out is asked for by a secret, downloads a file, or leads on."""
    shown = {resolve(address).view_name for address in pages()}
    wanted = {"home", "fields", "field", "measures", "measure", "questions", "matrix", "map", "municipality"}
    wanted |= {"committees", "meeting", "resolution", "paper", "reports", "indicator", "barrier", "imprint"}

    assert wanted - shown == set()
    assert len(shown) > 60


def test_a_visitor_gets_no_cookie() -> None:
    with_cookies = {
        resolve(address).view_name for address, answer in answers().items() if sets_cookies(answer)
    }

    assert with_cookies == SIGN_IN


def test_a_public_page_loads_nothing_from_elsewhere() -> None:
    found = {address: foreign for address, html in pages().items() if (foreign := foreign_in(html))}

    assert found == {}


def test_the_style_sheet_loads_nothing_from_elsewhere() -> None:
    assert [address for address in fetched_by_style(style_sheet()) if is_foreign(address)] == []


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.org/x.css">',
        '<img src="https://example.org/pixel.gif" alt="">',
        '<style>@import "https://example.org/x.css";</style>',
        '<svg><image href="https://example.org/x.png"/></svg>',
        '<form action="https://example.org/"></form>',
    ],
)
def test_what_would_load_from_elsewhere_is_seen(html: str) -> None:
    assert len(foreign_in(f"<!doctype html><title>x</title>{html}")) == 1


def test_a_strict_reader_accepts_every_public_page() -> None:
    read = by_turns(pages().items(), of=3)
    found = {address: mistakes for address, html in read if (mistakes := mistakes_in(html))}

    assert found == {}


@pytest.mark.parametrize(
    "html",
    [
        "<p><div></p>",
        '<p id="a" id="b">',
        "<table><p>x</p></table>",
        "<p hx-get='/'>x</p>",
        "<b><i></b></i>",
        "<p>&nonsense;",
    ],
)
def test_a_strict_reader_sees_a_mistake(html: str) -> None:
    assert mistakes_in(f"<!doctype html><title>x</title>{html}") != []


def test_robots_and_sitemap_name_public_pages_only(client: Client) -> None:
    robots = client.get("/robots.txt").content.decode().splitlines()
    sitemap = client.get("/sitemap.xml").content.decode()
    named = [urlsplit(url).path for url in re.findall(r"<loc>([^<]+)</loc>", sitemap)]

    assert robots[0] == "User-agent: *"
    assert robots[-1] == "Sitemap: http://testserver/sitemap.xml"
    codes = {address: client.get(address).status_code for address in named}
    assert {address: code for address, code in codes.items() if code != 200} == {}
    assert [address for address in named if policy_of(resolve(address).func) != PUBLIC] == []
    assert reverse("measure", args=["sensornetz"]) in named
    assert f"/en{reverse('measure', args=['sensornetz'])}" in named


def test_the_sitemap_names_each_kind_of_public_page_or_says_why_not(client: Client) -> None:
    """What is not named has a reason; what has a reason is there, and not named."""
    sitemap = client.get("/sitemap.xml").content.decode()
    named = {resolve(urlsplit(url).path).view_name for url in re.findall(r"<loc>([^<]+)</loc>", sitemap)}

    without_rows = {name for name, rows in robots.OF_ROWS.items() if not list(rows())}
    assert set(robots.pages()) - set(robots.NOT_NAMED) - named == without_rows
    assert set(robots.NOT_NAMED) & named == set()
    assert set(robots.NOT_NAMED) - set(robots.pages()) - {"demo_sign_in"} == set()
    assert {"events", "event", "ideas", "idea", "survey", "open_data", "subscribe"} <= named


def test_the_sitemap_names_a_page_in_every_language_beside_the_others(client: Client) -> None:
    sitemap = client.get("/sitemap.xml").content.decode()
    (entry,) = re.findall(r"<url>\s*<loc>http://testserver/ideen/</loc>.*?</url>", sitemap, re.S)
    beside = re.findall(r'hreflang="([^"]+)" href="http://testserver([^"]+)"', entry)

    assert beside == [
        ("de", "/ideen/"),
        ("en", "/en/ideen/"),
        ("nl", "/nl/ideen/"),
        ("x-default", "/ideen/"),
    ]


def test_a_program_that_asks_for_an_icon_gets_one(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].startswith(settings.STATIC_URL)


def test_an_address_that_nobody_knows_is_missing_without_a_cookie(client: Client) -> None:
    with pytest.raises(Resolver404):
        resolve("/gibt-es-nicht/")
    assert sets_cookies(client.get("/gibt-es-nicht/")) == []
