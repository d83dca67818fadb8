"""The list of ideas: what 100,000 of them cost beside a thousand."""

from collections.abc import Iterator
from functools import partial

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from bench.database import UNKEPT, copy_with, use
from bench.measure_list import ROUNDS, TIMES, answer
from bench.measuring import Figure, Side, ratio

MEASURES, FEW, MANY = 100, 1_000, 100_000
PAGES = {
    "ideas": "/ideen/",
    "ideas, most supported": "/ideen/?o=supported",
    "ideas, of a field": "/ideen/?field=mobilitaet",
    "ideas, page 40": "/ideen/?page=40",
    "ideas, searched": "/ideen/?q=Kranich",
}
"""The first three have a goal; a page far behind and a word that one in a hundred has only inform."""


def figures() -> Iterator[Figure]:
    with (
        override_settings(MIDDLEWARE=UNKEPT),
        copy_with(MEASURES, FEW) as few,
        copy_with(MEASURES, MANY) as many,
    ):
        get = partial(answer, WSGIHandler())
        for number, (name, address) in enumerate(PAGES.items()):
            one, other = (Side(partial(get, address), partial(use, data), TIMES) for data in (many, few))
            goal = 1.3 if number < 3 else None
            yield Figure(f"{name}: {MANY:,} to {FEW:,}", ratio(one, other, rounds=ROUNDS), "x", goal)
