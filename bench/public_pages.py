"""The public pages: what many rows cost them, and what a kept one costs beside a bare Django view."""

from collections.abc import Iterator
from functools import partial

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from bench.database import UNKEPT, copy_with, use
from bench.measure_list import FEW, MANY, ROUNDS, TIMES, answer
from bench.measuring import Figure, Side, ratio
from bench.urls import NothingView

PAGES = {"front page": "/", "field page": "/handlungsfelder/umwelt-und-klima/"}
OFTEN = 200
"""A kept page takes a fraction of a millisecond; so many in a row are one measurement."""


def figures() -> Iterator[Figure]:
    with override_settings(ROOT_URLCONF="bench.urls"):
        with override_settings(MIDDLEWARE=UNKEPT), copy_with(FEW) as few, copy_with(MANY) as many:
            get = partial(answer, WSGIHandler())
            for name, address in PAGES.items():
                one, other = (Side(partial(get, address), partial(use, data), TIMES) for data in (many, few))
                value = ratio(one, other, rounds=ROUNDS)
                yield Figure(f"{name}: {MANY:,} measures to {FEW}", value, "x", 1.3)
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
