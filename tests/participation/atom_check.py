"""A strict reader of Atom feeds: refuses what RFC 4287 does not allow, and what our feeds do not need."""

import re
from collections import Counter
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as Xml

ATOM: Final = "{http://www.w3.org/2005/Atom}"
ONCE, SOME, MAYBE = (1, 1), (1, 99), (0, 1)
FEED: Final = {
    "id": ONCE,
    "title": ONCE,
    "updated": ONCE,
    "author": SOME,
    "link": (2, 2),
    "entry": (0, 999),
}
ENTRY: Final = {"id": ONCE, "title": ONCE, "updated": ONCE, "link": ONCE, "summary": MAYBE}
TEXT_TYPES: Final = {None, "text"}
RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def problems_of(content: bytes) -> list[str]:
    """What is wrong with the feed, in the order of its elements. Malformed XML raises."""
    root = Xml.fromstring(content)
    found = [] if root.tag == f"{ATOM}feed" else [f"root is {root.tag}"]
    found += _children(root, FEED)
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        found += _children(entry, ENTRY)
    ids = [element.text for element in root.iter(f"{ATOM}id")]
    found += [f"id twice: {each}" for each, number in Counter(ids).items() if number > 1]
    found += [problem for element in root.iter() for problem in _element(element)]
    if {link.get("rel") for link in root.findall(f"{ATOM}link")} != {"self", "alternate"}:
        found.append("feed needs links self and alternate")
    moments = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    if moments and root.findtext(f"{ATOM}updated") != max(moments):
        found.append("feed is not as new as its newest entry")
    return found


def _children(parent: Xml.Element, allowed: dict[str, tuple[int, int]]) -> list[str]:
    counts = Counter(child.tag.removeprefix(ATOM) for child in parent)
    names = [*allowed, *(counts.keys() - allowed.keys())]
    return [
        f"{counts[name]} times {name}"
        for name in names
        if not allowed.get(name, (0, 0))[0] <= counts[name] <= allowed.get(name, (0, 0))[1]
    ]


def _element(element: Xml.Element) -> list[str]:
    name, text = element.tag.removeprefix(ATOM), element.text or ""
    if name == "id":
        return [] if _is_identifier(text) else [f"id: {text}"]
    if name == "updated":
        return [] if RFC_3339.fullmatch(text) and datetime.fromisoformat(text) else [f"updated: {text}"]
    if name == "link":
        parts = urlsplit(element.get("href", ""))
        return [] if parts.scheme in {"http", "https"} and parts.netloc else [f"link: {parts.geturl()}"]
    if name in {"title", "summary", "name"}:
        plain = text.strip() and element.get("type") in TEXT_TYPES and not list(element)
        return [] if plain else [f"{name} is no plain text"]
    return []


def _is_identifier(text: str) -> bool:
    try:
        return UUID(text).urn == text
    except ValueError:
        return False
