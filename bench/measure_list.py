"""The list of measures: what its length costs, and what it costs beside a bare page of the same bytes."""

from collections.abc import Callable, Iterator
from functools import partial

from django.core.handlers.wsgi import WSGIHandler
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import RequestFactory, override_settings

from bench.database import UNKEPT, copy_with, use
from bench.measuring import Figure, Side, ratio
from bench.urls import BareView

LIST = "/massnahmen/"
SEARCH = "/massnahmen/?q=umweltsensoren"
FEW, MANY = 100, 10_000
ROUNDS, TIMES = 15, 6

Get = Callable[[str], bytes]


def figures() -> Iterator[Figure]:
    """Requests of an anonymous reader, answered by the whole portal: WSGI, all middleware, PostgreSQL.

    No web server and no HTTP client stand before it, since their cost on both sides would flatter the ratios.
    """
    with (
        override_settings(ROOT_URLCONF="bench.urls", MIDDLEWARE=UNKEPT),
        copy_with(FEW) as few,
        copy_with(MANY) as many,
    ):
        get = partial(answer, WSGIHandler())
        yield Figure(f"list: {MANY:,} measures to {FEW}", _growth(get, LIST, many, few), "x", 1.3)
        yield Figure(f"list, searched: {MANY:,} to {FEW}", _growth(get, SEARCH, many, few), "x")
        use(few)
        yield Figure("list to bare view with its rows' query", _beside(get, "/bare/rows/"), "x", 4)
        yield Figure("list to bare view with a trivial query", _beside(get, "/bare/"), "x")


def _growth(get: Get, address: str, many: BaseDatabaseWrapper, few: BaseDatabaseWrapper) -> float:
    """The same page of twenty rows out of `many` and out of `few`; two open databases of one server."""
    one, other = (Side(partial(get, address), partial(use, data), TIMES) for data in (many, few))
    return ratio(one, other, rounds=ROUNDS)


def _beside(get: Get, bare: str) -> float:
    """The list's first page, and a view behind the same middleware that returns its bytes after one query.

    The goal is for the bare view that reads the page's twenty rows, in the one query that no list can do
    without. Beside a query that reads nothing the list is compared with the middleware alone.
    """
    BareView.content = get(LIST)
    assert get(bare) == BareView.content
    return ratio(Side(partial(get, LIST), times=TIMES), Side(partial(get, bare), times=TIMES), rounds=ROUNDS)


def answer(portal: WSGIHandler, address: str) -> bytes:
    """The body of a page, which must be there."""

    def start(status: str, headers: object, error: object = None) -> Callable[[bytes], object]:
        assert status == "200 OK", (address, status)
        return bytes

    response = portal(RequestFactory(SERVER_NAME="localhost").get(address).environ, start)
    content = b"".join(response)
    response.close()
    return content
