"""Reads the public side in every language: what it asks to be translated, and what it leaves German."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.translation import trans_real

from smartregion.languages import speaks_languages
from tests.scale import IS_FULL

MOST_OF_A_KIND: Final = 5 if IS_FULL else 1
UNMARKED: Final = {"script", "style", "option", "title", "text", "code"}
"""What is no text or for programs, and where a name cannot be marked apart from the words around it."""
VOID: Final = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Asked:
    """A catalogue that remembers what it was asked for."""

    def __init__(self, catalogue: Any, asked: set[str]) -> None:
        self.catalogue, self.asked = catalogue, asked

    def get(self, key: Any, default: Any = None) -> Any:
        self.asked.add(key)
        return self.catalogue.get(key, default)

    def __getitem__(self, key: Any) -> Any:
        self.asked.add(key)
        return self.catalogue[key]

    def plural(self, msgid: Any, number: int) -> Any:
        self.asked.add(msgid)
        return self.catalogue.plural(msgid, number)


@contextmanager
def listening(language: str) -> Iterator[set[str]]:
    """What is looked up in the language's catalogue meanwhile."""
    translation = trans_real.translation(language)
    catalogue, asked = translation._catalog, set[str]()
    translation._catalog = Asked(catalogue, asked)
    try:
        yield asked
    finally:
        translation._catalog = catalogue


@dataclass
class Said(HTMLParser):
    """The texts of a page, and those among them that are marked as German."""

    texts: set[str] = field(default_factory=set)
    german: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.languages: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.languages.append((tag, given.get("lang")))

    def handle_endtag(self, tag: str) -> None:
        while self.languages and self.languages.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.languages or self.languages[-1][0] not in UNMARKED:
            self._say(data)

    def _say(self, text: str) -> None:
        words = " ".join(text.split())
        if any(letter.isalpha() for letter in words):
            language = next((lang for _tag, lang in reversed(self.languages) if lang), None)
            (self.german if language == "de" else self.texts).add(words)


def said_on(page: str) -> Said:
    said = Said()
    said.feed(page)
    return said


def public_pages(client: Client, prefix: str) -> dict[str, str]:
    """What a visitor reads who follows all links, some pages of each kind; by address without the prefix."""
    waiting, kinds, pages = deque([f"{prefix}/"]), Counter[str](), dict[str, str]()
    seen = set(waiting)
    while waiting:
        address = waiting.popleft()
        kind = _kind_of(address)
        if kind is None or kinds[kind] >= MOST_OF_A_KIND:
            continue
        response = client.get(address)
        if response.status_code != 200 or "text/html" not in response["Content-Type"]:
            continue
        kinds[kind] += 1
        pages[address.removeprefix(prefix)] = page = response.content.decode()
        for link in _links(page):
            if link.startswith(f"{prefix}/") and link not in seen:
                seen.add(link)
                waiting.append(link)
    return pages


def _kind_of(address: str) -> str | None:
    """The name of a page that has languages, with the names in its query."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if not speaks_languages(match.func, match.route):
        return None
    return f"{match.view_name}?{'&'.join(sorted(each.split('=')[0] for each in parts.query.split('&')))}"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == "href" and tag == "a" and value]


def _links(page: str) -> list[str]:
    parser = _Links()
    parser.feed(page)
    return [link.split("#")[0] for link in parser.found]
