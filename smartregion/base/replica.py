"""Pages of visitors read from a copy of the database, where there is one that keeps up (docs/decisions/0032).

As long as an answer is made the copy stands in the database's place, so that all that a page says is of one
state, also what `page_cache` asks. It refuses whatever would write. If it is away, or behind, or fails in the
middle, the database itself is asked, and the copy is left alone for as long as it may be behind.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeGuard

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import resolve
from psycopg.errors import ReadOnlySqlTransaction

from smartregion.base.access import is_kept
from smartregion.base.page_cache import is_same_for_all

log = logging.getLogger(__name__)
REPLICA: Final = "replica"
KEEPS_UP: Final = """
SELECT pg_is_in_recovery() AND clock_timestamp() - pg_last_xact_replay_timestamp() < make_interval(secs => %s)
"""
"""When its newest change was made. Whatever it lacks is newer, so it is behind by less than that."""


class ReplicaMiddleware:
    """Stands before `PageCacheMiddleware`, and takes the same requests: those that could be anybody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.rests_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if time.monotonic() < self.rests_until or not is_for_all(request) or not self._keeps_up():
            return self.get_response(request)
        request.database = connections[DEFAULT_DB_ALIAS]  # type: ignore[attr-defined]
        with standing_in(connections[REPLICA]):
            response = self.get_response(request)
        if is_made_later(response) and request.database is not None:  # type: ignore[attr-defined]
            response.streaming_content = read_there(response.streaming_content)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """The view again, from the database: it has only read until now."""
        database, match = getattr(request, "database", None), request.resolver_match
        if database is None or match is None or not isinstance(error, DatabaseError):
            return None
        if isinstance(error.__cause__, ReadOnlySqlTransaction):
            log.error("%s cannot be read from the replica: %s", match.route, error)
        else:
            self._rest(error)
        with standing_in(database):
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        request.database = None  # type: ignore[attr-defined]
        return response

    def _keeps_up(self) -> bool:
        try:
            with connections[REPLICA].cursor() as cursor:
                cursor.execute(KEEPS_UP, [settings.REPLICA_SECONDS])
                if cursor.fetchone()[0]:
                    return True
            self._rest("it is behind")
        except DatabaseError as error:
            self._rest(error)
        return False

    def _rest(self, reason: object) -> None:
        log.warning("The replica is not asked for %s s: %s", settings.REPLICA_SECONDS, reason)
        self.rests_until = time.monotonic() + settings.REPLICA_SECONDS


def is_for_all(request: HttpRequest) -> bool:
    """Whether nobody's own page is asked for, and one that is made of nothing but rows."""
    if not is_same_for_all(request):
        return False
    try:
        return is_kept(resolve(request.path_info).func)
    except Http404:
        return False


def is_made_later(response: HttpResponseBase) -> TypeGuard[StreamingHttpResponse]:
    """Whether rows are still read while it is sent; an open file is finished."""
    return isinstance(response, StreamingHttpResponse) and not getattr(response, "file_to_stream", None)


@contextmanager
def standing_in(other: BaseDatabaseWrapper) -> Iterator[None]:
    """Whatever this thread asks of the database goes there."""
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before


def read_there(pieces: Any) -> Iterator[bytes]:
    """The same pieces, each made while the replica stands in; between them the thread is as it was."""
    iterator, ended = iter(pieces), object()
    try:
        while True:
            with standing_in(connections[REPLICA]):
                piece: Any = next(iterator, ended)
            if piece is ended:
                return
            yield piece
    finally:
        if hasattr(iterator, "close"):
            iterator.close()
