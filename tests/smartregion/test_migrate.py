"""A migration lets people go first who use a table, and is tried again."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from smartregion.backup.programs import owner_address
from smartregion.management.commands import migrate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader() -> Iterator[psycopg.Connection]:
    """Somebody whose transaction has read the roll-out and is still open."""
    with psycopg.connect(owner_address()) as reader:
        reader.execute("SELECT count(*) FROM measures_rolloutcell")
        yield reader


def test_it_waits_without_a_lock_until_the_reader_has_ended(
    reader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        reader.rollback()

    monkeypatch.setattr(migrate.time, "sleep", pause)

    call_command("migrate", verbosity=0)

    assert pauses == [migrate.PAUSE_SECONDS]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_it_ends_with_the_error_of_the_database_where_nobody_lets_it_go_on(
    reader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(migrate, "TRIES", 2)

    with pytest.raises(OperationalError, match="lock timeout"):
        call_command("migrate", verbosity=0)
