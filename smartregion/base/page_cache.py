"""What visitors are shown, kept in memory until anything is written: no page is ever behind the database.

Beside the request, a public answer is made of the rows that can be seen and of the time. Both are asked anew
for each request, by one statement without a table: as long as PostgreSQL names the same snapshot, no
transaction has ended in between, so the same rows are seen (docs/decisions/0019).
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from smartregion.base.access import is_kept

SNAPSHOT: Final = """
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text ELSE pg_current_snapshot()::text END
"""
"""A replica's snapshot does not name the open transactions; it shows others when it has replayed more."""
MOST_BYTES: Final = 16_000_000
LARGEST_ANSWER: Final = 1_000_000
OVERHEAD: Final = 2_000
"""What headers and bookkeeping of one answer take, roughly."""
OF_THE_PORTAL: Final = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"}
"""Cookies by which an answer can be another one; those of other sites of the same domain mean nothing."""
NEVER_KEPT: Final = (
    *["HTTP_AUTHORIZATION", "HTTP_HX_REQUEST", "HTTP_RANGE"],
    *["HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"],
)
IN_THE_KEY: Final = ("HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ORIGIN")
VARIES_BY: Final = {"cookie", "hx-request", "accept", "accept-language", "origin"}
"""An answer that depends on any other header is not kept."""

Key = tuple[str, ...]
State = tuple[str, str]


@dataclass(frozen=True)
class Kept:
    content: bytes
    headers: dict[str, str]
    size: int

    def answer(self) -> HttpResponse:
        return HttpResponse(self.content, headers=self.headers)


class Answers:
    """The kept answers of one state; with another state, or beyond so many bytes, the older ones go."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._state: State | None = None
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, state: State, key: Key) -> Kept | None:
        with self._lock:
            if state != self._state or key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def put(self, state: State, key: Key, kept: Kept) -> None:
        with self._lock:
            if state != self._state:
                self._kept.clear()
                self._state, self._bytes = state, 0
            replaced = self._kept.pop(key, None)
            self._kept[key] = kept
            self._bytes += kept.size - (replaced.size if replaced else 0)
            while self._bytes > self._most:
                self._bytes -= self._kept.popitem(last=False)[1].size


class PageCacheMiddleware:
    """Answers visitors without a cookie of the portal, if the same was asked since the last write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers = Answers()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        state = state_now() if is_same_for_all(request) else None
        if state is None:
            return self.get_response(request)
        key = key_of(request)
        if kept := self.answers.get(state, key):
            return kept.answer()
        response = self.get_response(request)
        if may_be_kept(request, response):
            size = len(response.content) + sum(map(len, key)) + OVERHEAD
            self.answers.put(state, key, Kept(response.content, dict(response.items()), size))
        return response


def is_same_for_all(request: HttpRequest) -> bool:
    """Whether nothing in the request tells who sends it, or asks for a part or a change only."""
    return (
        request.method == "GET"
        and not any(name in request.META for name in NEVER_KEPT)
        and not (OF_THE_PORTAL & request.COOKIES.keys())
    )


def state_now() -> State | None:
    """What the answers of this moment are made of; None where that cannot be told.

    Within a transaction more is seen than the snapshot says: what the transaction itself has written.
    The minute stands for all that depends on the time: a day that ends, a meeting that begins.
    """
    if connection.in_atomic_block:
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT)
            return cursor.fetchone()[0], f"{now():%Y-%m-%d %H:%M}"
    except DatabaseError:
        return None


def key_of(request: HttpRequest) -> Key:
    headers = (request.META.get(name, "") for name in IN_THE_KEY)
    return (request.scheme or "", request.get_full_path(), *headers)


def may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    if response.status_code != 200 or response.streaming or response.cookies or match is None:
        return False
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    rules = response.get("Cache-Control", "")
    return (
        is_kept(match.func)
        and varies <= VARIES_BY
        and "private" not in rules
        and "no-store" not in rules
        and len(response.content) <= LARGEST_ANSWER
    )
