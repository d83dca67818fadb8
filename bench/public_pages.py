"""The public pages: what many rows cost them, and what a kept one costs beside a bare Django view."""

from collections.abc import Iterator
from functools import partial

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from bench.database import UNKEPT, copy_with, use
from bench.measure_list import ROUNDS, TIMES, answer
from bench.measuring import Figure, Side, ratio
from bench.urls import NothingView

FEW = {"measures": 100, "ideas": 1_000}
MANY = {"measures": 10_000, "ideas": 100_000}
GOAL = 1.3
UNLIMITED = 1_000_000
"""All searches of the bench come from one line."""
PAGES = {
    "front page": "/",
    "field page": "/handlungsfelder/umwelt-und-klima/",
    "search, a word of few rows": "/suche/?q=mobilstationen",
    "search, a misspelt word of few rows": "/suche/?q=mobilstatoinen",
    "search, a word of all added measures": "/suche/?q=umweltsensoren",
    "search, a part of a word of all added measures": "/suche/?q=sensor",
    "search, two words of all added measures": "/suche/?q=funknetz+portal",
    "search, a word of one added idea in seven": "/suche/?q=haltestelle",
    "search, a word of one added idea in a hundred": "/suche/?q=kraniche",
    "ideas": "/ideen/",
    "ideas, most supported": "/ideen/?o=supported",
    "ideas, of a field": "/ideen/?field=mobilitaet",
}
FAR = {"ideas, page 40": "/ideen/?page=40", "ideas, searched": "/ideen/?q=Kranich"}
"""A page far behind, and all ideas with a word that one in a hundred has: these only inform."""
OFTEN = 200
"""A kept page takes a fraction of a millisecond; so many in a row are one measurement."""


def figures() -> Iterator[Figure]:
    """Requests of an anonymous reader, answered by the whole portal from two open databases of one server."""
    with override_settings(ROOT_URLCONF="bench.urls", SEARCHES_A_MINUTE=UNLIMITED):
        with override_settings(MIDDLEWARE=UNKEPT), copy_with(**FEW) as few, copy_with(**MANY) as many:
            get = partial(answer, WSGIHandler())
            for name, address in {**PAGES, **FAR}.items():
                one, other = (Side(partial(get, address), partial(use, data), TIMES) for data in (many, few))
                value = ratio(one, other, rounds=ROUNDS)
                yield Figure(f"{name}: 100 times the rows", value, "x", GOAL if name in PAGES else None)
        yield from _kept()


def _kept() -> Iterator[Figure]:
    """The front page from memory, and a Django view that returns the same bytes and asks nothing.

    Beside all middleware and, harder, beside none at all, as in a project that has nothing but this view.
    """
    portal = WSGIHandler()
    NothingView.content = answer(portal, "/")
    kept = Side(partial(answer, portal, "/"), times=OFTEN)
    for name, middleware, goal in (
        ("portal's middleware", UNKEPT, None),
        ("no middleware", [], 2.0),
    ):
        with override_settings(MIDDLEWARE=middleware):
            view = WSGIHandler()
        beside = Side(partial(answer, view, "/bare/nothing/"), times=OFTEN)
        yield Figure(f"kept front page to bare view, {name}", ratio(kept, beside, rounds=ROUNDS), "x", goal)
