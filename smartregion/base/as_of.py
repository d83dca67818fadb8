"""Reading a past day: within `as_of(day, visibilities_for(user))` the ORM works on it, and only reads.

What is read is the end of the day in the region's time. Accounts and their rights are those of today. The
history is all there is to it (docs/decisions/0012): no copy is kept, nothing has to be prepared.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils.timezone import get_current_timezone

from smartregion.base import clock
from smartregion.base.past_tables import ACCOUNTS, EXACT, SCHEMA, VISITORS

LONGEST: Final = "5s"
ENTER: Final = f"""
SELECT set_config('search_path', '{SCHEMA}, ' || current_setting('search_path'), true),
    set_config('smartregion.moment', %s, true),
    set_config('smartregion.audience', %s, true),
    set_config('statement_timeout', '{LONGEST}', true),
    set_config('jit', 'off', true),
    set_config('transaction_read_only', 'on', true)
WHERE to_regnamespace('{SCHEMA}') IS NOT NULL
"""


class NoPast(Exception):
    """The views of the past are not there: a migration is running, or has failed."""


def end_of(day: date) -> datetime:
    """The last moment of the day in the region's time."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, get_current_timezone())
    return midnight - timedelta(microseconds=1)


def as_of(day: date, sees: Collection[str]) -> AbstractContextManager[datetime]:
    """`at_moment` for the end of that day."""
    return at_moment(end_of(day), sees)


@contextmanager
def at_moment(moment: datetime, sees: Collection[str]) -> Iterator[datetime]:
    """Show that moment to every query and to `clock`, until the block ends.

    One transaction with a single state of the database; it cannot write and is rolled back. A statement that
    takes longer than `LONGEST` is ended by PostgreSQL.

    Args:
        sees: the visibilities that the reader may see, as `visibilities_for(user)` tells them.

    Raises:
        NoPast: the past cannot be read at the moment.
    """
    audience = EXACT if "draft" in sees else ACCOUNTS if "internal" in sees else VISITORS
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                if is_outermost:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute(ENTER, [moment.isoformat(), audience])
                if cursor.fetchone() is None:
                    raise NoPast
            with clock.stopped_at(moment):
                yield moment
        finally:
            transaction.set_rollback(True)
