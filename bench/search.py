"""The search: what the number of rows costs that are searched, and of those that are found."""

from collections.abc import Iterator
from functools import partial

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from bench.database import UNKEPT, copy_with, use
from bench.measure_list import FEW, MANY, Get, answer
from bench.measuring import Figure, Side, ratio

SEARCHES = {
    "a word of few rows": "/suche/?q=mobilstationen",
    "a misspelt word of few rows": "/suche/?q=mobilstatoinen",
    "a word of all added rows": "/suche/?q=umweltsensoren",
    "a part of a word of all added rows": "/suche/?q=sensor",
    "two words of all added rows": "/suche/?q=funknetz+portal",
}
ROUNDS, TIMES = 15, 4


def figures() -> Iterator[Figure]:
    """Requests of an anonymous reader, answered by the whole portal from two open databases of one server."""
    with (
        override_settings(ROOT_URLCONF="bench.urls", MIDDLEWARE=UNKEPT),
        copy_with(FEW) as few,
        copy_with(MANY) as many,
    ):
        get: Get = partial(answer, WSGIHandler())
        for name, address in SEARCHES.items():
            sides = (Side(partial(get, address), partial(use, data), TIMES) for data in (many, few))
            yield Figure(f"search, {name}", ratio(*sides, rounds=ROUNDS), "x", 1.3)
