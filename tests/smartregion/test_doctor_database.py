"""`manage.py doctor`: server, roles and guards of the database."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from smartregion.doctor import Level
from smartregion.doctor.database import transport
from tests import databases
from tests.smartregion.doctor import FAIL, OK, OWNER, WARN, done_as_postgres, levels, text

pytestmark = pytest.mark.django_db


def test_the_database_as_it_is_here_is_well_but_for_what_tests_leave_out() -> None:
    """The tests' server writes without fsync, and their role owns the tables."""
    assert {
        title: levels(title)
        for title in (
            *("Datenbank", "Erweiterungen", "Verbindung zur Datenbank", "Zeitzone und Uhr", "Migrationen"),
            *("Archiv der Datenbank", "Rolle der Sicherung", "Rolle der Datenbank", "Haltbarkeit"),
            *("Schutz in der Datenbank", "Auslöser in der Datenbank"),
        )
    } == {
        "Datenbank": [OK],
        "Erweiterungen": [OK],
        "Verbindung zur Datenbank": [OK],
        "Zeitzone und Uhr": [OK],
        "Migrationen": [OK],
        "Archiv der Datenbank": [OK],
        "Rolle der Sicherung": [OK],
        "Rolle der Datenbank": [WARN],
        "Haltbarkeit": [FAIL],
        "Schutz in der Datenbank": [WARN],
        "Auslöser in der Datenbank": [OK],
    }


def test_missing_migrations_and_extensions_are_caught() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'monitoring'")
        cursor.execute("DROP EXTENSION fuzzystrmatch CASCADE")

    assert "stehen aus" in text("Migrationen") and levels("Migrationen") == [FAIL]
    assert "fuzzystrmatch" in text("Erweiterungen") and levels("Erweiterungen") == [FAIL]


def test_a_role_that_may_too_much_or_too_little_is_caught(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that only a superuser could make are asked of the server as it is: `postgres` is one."""
    settings.OWNER_DATABASE_URL = OWNER
    monkeypatch.setenv("DATABASE_URL", settings.OWNER_DATABASE_URL)
    assert "obwohl es eine Rolle für den Besitz gibt" in text("Rolle der Datenbank")

    superuser = psycopg.conninfo.make_conninfo(settings.OWNER_DATABASE_URL, user="postgres")
    with psycopg.connect(superuser) as server:
        server.execute("CREATE ROLE small LOGIN")
        server.commit()
    try:
        settings.OWNER_DATABASE_URL = psycopg.conninfo.make_conninfo(superuser, user="small")
        assert "ALTER ROLE small CREATEDB" in text("Rolle der Sicherung")
        settings.OWNER_DATABASE_URL = psycopg.conninfo.make_conninfo(superuser, user="nobody_here")
        assert levels("Rolle der Sicherung") == [FAIL]
    finally:
        with psycopg.connect(superuser) as server:
            server.execute("DROP ROLE small")


@pytest.mark.django_db(transaction=True)
def test_a_role_that_is_a_member_of_the_owner_is_caught(owner_runs_doctor: None) -> None:
    """Through a role of its own: the tests' owner is a member of the portal's role already."""
    assert levels("Rolle der Datenbank") == [OK]
    role = databases.APP_ROLE
    made = "CREATE ROLE midway; CREATE TABLE public.midway (); ALTER TABLE public.midway OWNER TO midway"
    with done_as_postgres(
        f"{made}; GRANT midway TO {role}", undone_by="DROP TABLE public.midway; DROP ROLE midway"
    ):
        assert f"{role} ist Mitglied von midway" in text("Rolle der Datenbank")
        assert levels("Rolle der Datenbank") == [FAIL]


@pytest.fixture
def as_superuser() -> Iterator[None]:
    mine = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = "postgres"
    yield
    connection.close()
    connection.settings_dict["USER"] = mine


@pytest.mark.django_db(transaction=True)
def test_a_portal_that_runs_as_superuser_is_caught(as_superuser: None) -> None:
    assert levels("Rolle der Datenbank") == [FAIL]
    assert "NOSUPERUSER" in text("Rolle der Datenbank")


def test_a_database_or_replica_on_another_machine_wants_encryption(settings: Any) -> None:
    def level(host: str, *, is_encrypted: bool = False) -> Level:
        return transport(host, is_encrypted=is_encrypted, variable="X").level

    assert [level(host) for host in ("/run/postgresql", "localhost", "127.0.0.2", "::1")] == [OK] * 4
    assert (level("database"), level("10.0.0.2"), level("db.kreis.de", is_encrypted=True)) == (FAIL, FAIL, OK)
    settings.CLOSED_HOSTS = ["database"]
    assert (level("database"), level("datenbank")) == (OK, FAIL)


@pytest.mark.django_db(transaction=True)
def test_a_log_of_the_server_that_may_hold_rows_is_caught_until_its_settings_are_in_force(
    settings: Any, as_superuser: None
) -> None:
    told = text("Log der Datenbank")
    assert "log_min_error_statement = error" in told and "log_statement" not in told
    assert levels("Log der Datenbank") == [WARN]

    with connection.cursor() as cursor:
        for line in (settings.BASE_DIR / "deploy/postgres/logs.conf").read_text().splitlines():
            if not line.startswith("#"):
                cursor.execute(f"SET {line}")

    assert levels("Log der Datenbank") == [OK]
