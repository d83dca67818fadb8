"""What time a page is about: now, or the end of the day whose state it shows (`smartregion.base.as_of`).

Whatever a page computes of what it shows (overdue, stale, the computed Ampel) asks here; rights, sessions and
whatever is written ask the real clock, `django.utils.timezone`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Final

from django.utils import timezone

DAY_IN_ADDRESS: Final = "stand"
"""The part of an address that names the day to be shown."""
_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    return _stopped_at.get() or timezone.now()


def today() -> date:
    return timezone.localdate(now())


def is_past() -> bool:
    """Whether an earlier state is being shown, in which nothing can be changed."""
    return _stopped_at.get() is not None


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    token = _stopped_at.set(moment)
    try:
        yield
    finally:
        _stopped_at.reset(token)
