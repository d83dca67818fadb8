"""Reads every address of the portal as one reader and tells which planted words stand there."""

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from django.test import Client
from django.urls import get_resolver, resolve
from django.utils.timezone import localdate

from governance.models import CalendarLink, Committee
from governance.views.base import CHANGE
from network.models import Municipality, Role
from smartregion.base.hashed import hash_of
from tests.addresses import address_of, answers_to_get, routes
from tests.factories import make_user
from tests.governance.leak_words import Garden
from tests.monitoring.pdf_text import pdf_text
from tests.scale import IS_FULL, by_turns

WORD: Final = re.compile(r"kv[a-z]\d{4}")
KEY: Final = re.compile(r"(\w+)/<(?:\w+:)?\w+>")
OPARL: Final = {
    *("organization", "person", "membership", "meeting", "location", "agendaitem"),
    *("paper", "file", "protocol", "consultation", "legislativeterm"),
}
OURS: Final = OPARL | {
    *("gremien", "sitze", "amtszeiten", "terminreihen", "sitzungen", "top", "vorlagen", "anlagen"),
    *("stationen", "themen", "beschluesse", "umsetzung", "umlauf", "spiegel", "zuordnungen"),
}
NAMES: Final = {"sitzungen": "meeting", "vorlagen": "paper", "zuordnungen": "link"}
"""Words whose key an address also gives by this name."""
SINCE: Final = "modified_since=2000-01-01T00%3A00%3A00%2B01%3A00"
NOISE: Final = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": ?"[^"]*"'
    r"|\d{4}-\d\d-\d\dT[\d:.]+Z?"
)
"""What differs from one answer to the next: signs against forgery, and when a file was written."""
LISTS: Final = [
    *("/vorlagen/", "/gremien/kv-offen/vorlagen/", "/beschluesse/", "/beschluesse/kontrolle/"),
    "/beschluesse/export.csv",
    *("/gremien/", "/gremien/kalender/", "/gremien/kalender/jahr/", "/gremien/kv-offen/sitzungen/"),
    *(
        "/gremien/kv-offen/",
        "/gremien/kv-offen/themen/",
        "/gremien/kv-offen/umlauf/",
        "/massnahmen/",
        "/arbeitsplatz/",
    ),
]


def client_of(reader: str, garden: Garden) -> tuple[Client, str]:
    """Signed in, with the secret of the own calendar address."""
    client, secret = Client(raise_request_exception=False), f"geheim-{reader}"
    if reader != "visitor":
        user = garden.accounts.get(reader)
        if user is None:
            place = Municipality.objects.first() if reader == "municipality" else None
            user = garden.accounts[reader] = make_user(Role(reader), place)
        CalendarLink.objects.get_or_create(user=user, defaults={"token_hash": hash_of(secret)})
        client.force_login(user)
    return client, secret


@cache
def all_routes() -> list[tuple[str, frozenset[str]]]:
    """Each with the words before its keys that are ours."""
    return [
        (route, frozenset(word for word in KEY.findall(route) if word in OURS))
        for route in routes(get_resolver())
    ]


def addresses(garden: Garden, keys: dict[str, Any], reader: str) -> Iterator[str]:
    """Every address, with the keys of every planted row, that answers to GET.

    What only the coordinator may do is refused before any row is looked for: others ask once.
    """
    for route, words in all_routes():
        places = [place for place in garden.places if set(place) == words] if words else [{}]
        if reader != "coordination" and places and is_refused(address_of(route, {**keys, **places[0]})):
            places = places[:1]
        for number, place in enumerate(places):
            named = {NAMES[word]: key for word, key in place.items() if word in NAMES}
            for given in _files(route, number):
                address = address_of(route, {**keys, **named, **place, **given})
                if answers_to_get(address):
                    yield from (f"{address}{query}" for query in _queries(route))


def is_refused(address: str) -> bool:
    return getattr(getattr(resolve(address).func, "view_class", None), "permission", "") == CHANGE


def _files(route: str, number: int) -> list[dict[str, str]]:
    """Both formats are written from one document: in small size, places get one of them by turns."""
    editions = ["oeffentlich", "nichtoeffentlich"] if "<slug:edition>" in route else [""]
    formats = ["pdf", "docx"] if "<slug:file_format>" in route else [""]
    formats = by_turns(formats, of=len(formats), first=number)
    return [{"edition": edition, "file_format": kind} for edition in editions for kind in formats]


def _queries(route: str) -> list[str]:
    if "/entwurf." in route or "/mappe." in route:
        return ["", "?fassung=oeffentlich", "?fassung=nichtoeffentlich"]
    if route.startswith(("oparl/v1/body/<slug:body>/", "oparl/v1/organization/<int:pk>/")):
        return [f"?{SINCE}", "?omit_internal=true", "?limit=1"]
    if route.endswith("praesentation/"):
        return ["", "?teil=oeffentlich", "?top=2", "?top=4"]
    if route.endswith("kalender/"):
        return ["", *(f"?monat={month}" for month in _months())]
    by_end = {
        "kalender/jahr/": ["", *(f"?jahr={month[:4]}" for month in _months()[::2])],
        "ratsinformation/": ["", "?art=vorlagen"],
        "vorlagen/": ["", "?page=2"],
        "beschluesse/": ["", "?page=2", "?open=true", "?open=false"],
        "sitzungen/": ["", "?page=2"],
    }
    return next((found for end, found in by_end.items() if route.endswith(end)), [""])


def _months() -> list[str]:
    today = localdate()
    number = today.year * 12 + today.month - 1
    return [f"{each // 12}-{each % 12 + 1:02d}" for each in range(number - 1, number + 2)]


def words_of(content: bytes) -> str:
    """The text of a page or file, without the ways in which each format breaks it."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            text = "\n".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
        return text + re.sub(r"<[^>]*>", "", text)
    if content.startswith(b"%PDF-") and b"%%EOF" in content:
        return pdf_text(content)
    text = content.decode(errors="replace")
    return text.replace("\r\n ", "") if text.startswith("BEGIN:VCALENDAR") else text


def read(client: Client, address: str) -> str:
    """All that the answer says, in its headers too."""
    response = client.get(address)
    assert response.status_code < 500, address
    return "\n".join([words_of(b"".join(response)), *(f"{value}" for value in response.headers.values())])


PARTS: Final = {
    "member": (0, 4),
    "other": (2, 6),
    "municipality": (0, 12),
    "team": (4, 12),
    "administration": (8, 12),
    "coordination": (6, 16),
}
"""Of whom the small size asks a part of the addresses, on each day another one: where to begin, and one of
how many. The visitor asks them all; three readers who may read the same share them out, and the coordinator
may read nearly all."""


def asks_all(reader: str) -> bool:
    return IS_FULL or reader not in PARTS


def found_by(reader: str, garden: Garden, keys: dict[str, Any], below: str = "/") -> dict[str, list[str]]:
    """The planted words that the reader meets, each with where."""
    client, secret = client_of(reader, garden)
    found: dict[str, list[str]] = {}
    asked = list(addresses(garden, {**keys, "secret": secret}, reader))
    if below == "/" and not asks_all(reader):
        first, step = PARTS[reader]
        asked = by_turns(asked, of=step, first=first)
    for address in asked:
        if address.startswith(below):
            for word in set(WORD.findall(read(client, address).lower())) & garden.words.keys():
                found.setdefault(word, []).append(address)
    return found


def told_by_lists(reader: str, garden: Garden) -> Iterator[str]:
    """Lists whose answer to something that the reader may not know differs from that to nonsense.

    In small size the visitor asks them all, members a third of them on each day.
    """
    client, _secret = client_of(reader, garden)
    hidden = [letter for who, letter in garden.letters.items() if reader not in who]
    slugs = [row.slug for row in Committee.objects.all() if reader not in _readers_of(row, garden)]
    asked = [("q", f"kv{letter}") for letter in hidden] + [
        (name, slug) for slug in slugs for name in ("committee", "gremium")
    ]
    nonsense = cache(lambda address, name, length: _asked(client, address, name, "y" * length))
    for address in LISTS if reader == "visitor" else by_turns(LISTS, of=3):
        for name, value in asked:
            if _asked(client, address, name, value) != nonsense(address, name, len(value)):
                yield f"{address}?{name}={value}"


def _readers_of(committee: Committee, garden: Garden) -> frozenset[str]:
    word = garden.words.get(committee.name)
    return word.readers if word else frozenset({*garden.accounts, "visitor"})


def _asked(client: Client, address: str, name: str, value: str) -> str:
    text = words_of(b"".join(client.get(f"{address}?{name}={value}")))
    return NOISE.sub("", text).replace(value, "…")
