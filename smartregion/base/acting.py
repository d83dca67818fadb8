"""Who acts, told to PostgreSQL: its row security guards what belongs to a municipality (docs/decisions/0028).

Three settings of the database session say it. As long as nothing is told nothing of a municipality can be
written; so a reading request costs no query for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

TELL: Final = (
    "SELECT set_config('smartregion.role', %s, false), set_config('smartregion.account', %s, false), "
    "set_config('smartregion.municipality', %s, false)"
)


@dataclass(frozen=True)
class Actor:
    role: str = ""
    account: int | None = None
    municipality: int | None = None

    @property
    def settings(self) -> list[str]:
        return [self.role, *("" if key is None else str(key) for key in (self.account, self.municipality))]


NOBODY: Final = Actor()
SYSTEM: Final = Actor("system")
"""Jobs, commands, and the erasure of a person."""


def actor_of(user: Any) -> Actor:
    """Nobody for a visitor, and where the account is gone."""
    if user is None or not user.is_authenticated or not user.is_active:
        return NOBODY
    return Actor(user.role, user.pk, user.municipality_id)


def municipality_by_link(municipality: int) -> Actor:
    """Whoever holds the secret link of a municipality."""
    return Actor("municipality", None, municipality)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """As long as the context lasts PostgreSQL takes what is written for this one's."""
    before = getattr(connection, "actor", NOBODY)
    if actor == before:
        yield
        return
    _tell(actor)
    try:
        yield
    finally:
        if is_usable():
            _tell(before)
        connection.actor = before  # type: ignore[attr-defined]


def is_usable() -> bool:
    """A failed transaction takes no statement any more, and takes the settings back when it ends."""
    raw = connection.connection
    return raw is not None and not raw.closed and raw.info.transaction_status != TransactionStatus.INERROR


def _tell(actor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TELL, actor.settings)
    connection.actor = actor  # type: ignore[attr-defined]


def act_as_system() -> None:
    """All that this process writes is the system's own doing: for workers and for `manage.py`."""
    connection_created.connect(_begin_as_system)


def _begin_as_system(connection: Any, **_signal: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TELL, SYSTEM.settings)
    connection.actor = SYSTEM
