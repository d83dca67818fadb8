"""Lists of objects, page by page, with the filters of OParl 1.1.

An object keeps its place for good: by when it first could be read by all. What is added comes at the end,
and a page begins after an object rather than at a number; so paging loses and repeats nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from governance.oparl.life import Life

MOST: Final = 100
FILTERS = ("created_since", "created_until", "modified_since", "modified_until")
OMITTED = {
    "AgendaItem": {"auxiliaryFile"},
    "Meeting": {"auxiliaryFile", "agendaItem"},
    "Paper": {"auxiliaryFile", "location"},
    "Person": {"membership"},
    "Body": {"legislativeTerm"},
}
"""What `omit_internal` leaves out, by type."""


class BadFilter(ValueError):
    """The address asks for something that there is not; the German message says what."""


@dataclass(frozen=True)
class Query:
    """What the address asks for; `kept` is what every link to another page repeats."""

    since_until: dict[str, datetime]
    limit: int
    omits_internal: bool
    after: str
    kept: dict[str, str]

    @classmethod
    def of(cls, given: QueryDict) -> "Query":
        """Raises:
        BadFilter: a value is none that its parameter can have.
        """
        kept = {name: value for name in (*FILTERS, "limit", "omit_internal") if (value := given.get(name))}
        return cls(
            {name: _moment(name, kept[name]) for name in FILTERS if name in kept},
            _limit(kept.get("limit", str(MOST))),
            _flag("omit_internal", kept.get("omit_internal", "false")),
            given.get("after", ""),
            kept,
        )

    def takes(self, life: Life) -> bool:
        """What is gone is told only to those who ask what has changed since a moment."""
        if life.deleted and "modified_since" not in self.since_until:
            return False
        return all(
            _holds(name, getattr(life, name.partition("_")[0]), bound)
            for name, bound in self.since_until.items()
        )


def _holds(name: str, value: datetime, bound: datetime) -> bool:
    told = value.replace(microsecond=0)
    return told >= bound if name.endswith("since") else told <= bound


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        problem = _(
            "„%(name)s“ braucht Datum, Uhrzeit und Zeitzone, zum Beispiel 2026-01-31T00:00:00%%2B01:00."
        )
        raise BadFilter(problem % {"name": name})
    return moment


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) < 1:
        raise BadFilter(_("„limit“ braucht eine ganze Zahl ab 1."))
    return min(int(text), MOST)


def _flag(name: str, text: str) -> bool:
    if text not in {"true", "false"}:
        raise BadFilter(_("„%(name)s“ ist true oder false.") % {"name": name})
    return text == "true"


def list_page(
    lives: dict[Any, Life], query: Query, url: str, build: Callable[[list[Any]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """One page of a list.

    Args:
        lives: the times of all that ever was in the list.
        build: makes the objects with these keys.

    Raises:
        BadFilter: the page shall begin after something that never was in the list.
    """
    keys = sorted(lives, key=lambda key: (lives[key].created, key))
    taken = [key for key in keys if query.takes(lives[key])]
    start = _start(keys, taken, query.after)
    shown = taken[start : start + query.limit]
    data = build(shown)
    if query.omits_internal:
        data = [_without_internal(entry) for entry in data]
    return {
        "data": data,
        "pagination": {
            "totalElements": len(taken),
            "elementsPerPage": query.limit,
            "currentPage": -(-start // query.limit) + 1,
            "totalPages": max(1, -(-len(taken) // query.limit)),
        },
        "links": _links(taken, start, query, url),
    }


def _start(keys: list[Any], taken: list[Any], after: str) -> int:
    if not after:
        return 0
    known = {str(key): place for place, key in enumerate(keys)}
    if after not in known:
        raise BadFilter(_("Diese Seite der Liste gibt es nicht. Bitte beginnen Sie mit der ersten."))
    before = set(keys[: known[after] + 1])
    return sum(1 for key in taken if key in before)


def _links(taken: list[Any], start: int, query: Query, url: str) -> dict[str, str]:
    def beginning_at(place: int) -> str:
        after = {"after": taken[place - 1]} if place > 0 else {}
        words = urlencode({**query.kept, **after})
        return f"{url}?{words}" if words else url

    last = max(0, (len(taken) - 1) // query.limit * query.limit)
    links = {"first": beginning_at(0), "self": beginning_at(start), "last": beginning_at(last)}
    if start > 0:
        links["prev"] = beginning_at(max(0, start - query.limit))
    if start + query.limit < len(taken):
        links["next"] = beginning_at(start + query.limit)
    return links


def _without_internal(entry: dict[str, Any]) -> dict[str, Any]:
    left_out = OMITTED.get(entry["type"].rpartition("/")[2], set())
    return {name: value for name, value in entry.items() if name not in left_out}
