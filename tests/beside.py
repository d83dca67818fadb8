"""Work beside the test, on connections of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from tests.monitoring.worker import until


@contextmanager
def threads(number: int = 2) -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Gives a function that starts another one in a thread with its own connection; waits for all of them."""

    def with_own_connection(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        yield lambda work: pool.submit(with_own_connection, work)


def waiting_for_locks() -> int:
    """How many connections to this database wait for a lock right now.

    Within a transaction PostgreSQL shows the connections as they were when it was first asked; one that was
    opened since would never be seen to wait.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE NOT granted AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def while_open(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Do `second` beside the transaction of `first`, which ends when the second one waits for it."""
    with threads() as start:
        with transaction.atomic():
            first()
            answer = start(second)
            until(lambda: waiting_for_locks() or answer.done(), "the second one waits or is done")
        return answer.result(60)


def refusal_of(verb: Callable[[], Any]) -> str:
    try:
        verb()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
