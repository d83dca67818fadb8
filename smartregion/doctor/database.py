"""The database server, the roles, and whether it holds what this version of the portal expects."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg.conninfo import make_conninfo

from smartregion.backup.programs import connect, owner_address, program
from smartregion.base.replica import REPLICA
from smartregion.doctor import DATABASE, Finding, Level, check, fail, is_near, ok, warn

OLDEST: Final = 15
EXTENSIONS: Final = {"unaccent", "pg_trgm", "fuzzystrmatch"}
LOGS: Final = "deploy/postgres/logs.conf"
QUIET: Final = re.compile(r"^(\w+) = (\S+)$", re.M)
DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")


def _row(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def host() -> str:
    connection.ensure_connection()
    raw: Any = connection.connection
    return str(raw.info.host)


def told_folder() -> Path | None:
    """Where the server keeps its files, on whichever machine; None where this role is not told."""
    (told,) = _row(
        "SELECT CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') "
        "THEN current_setting('data_directory') END"
    )
    return Path(told) if told else None


def seen_here(server: str, told: Path | None) -> Path | None:
    """That folder, if it is on this machine."""
    try:
        return told if told and is_near(server) and told.stat() else None
    except OSError:
        return None


@check(DATABASE)
def version() -> Iterator[Finding]:
    name, number, encoding = _row(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int, "
        "current_setting('server_encoding')"
    )
    if number // 10_000 < OLDEST:
        yield fail(f"PostgreSQL {name} ist zu alt.", f"Gebraucht wird {OLDEST} oder neuer.")
    elif encoding != "UTF8":
        yield fail(f"Die Datenbank speichert {encoding}.", "Legen Sie sie mit ENCODING 'UTF8' an.")
    else:
        yield ok(f"PostgreSQL {name}, UTF8.")


@check("Erweiterungen")
def extensions() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        missing = EXTENSIONS - {name for (name,) in cursor.fetchall()}
    if missing:
        yield fail(
            f"Es fehlen: {', '.join(sorted(missing))}.", "Als Besitzer der Datenbank: CREATE EXTENSION …"
        )
    else:
        yield ok(", ".join(sorted(EXTENSIONS)))


def portal_address() -> str:
    if not settings.OWNER_DATABASE_URL:
        return owner_address()
    return make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])


def _first(database: psycopg.Connection[Any], statement: LiteralString) -> Any:
    return database.execute(statement).fetchone()


@check("Rolle der Datenbank")
def role() -> Iterator[Finding]:
    """That of web and worker, also where this check itself runs as the owner."""
    with connect(portal_address()) as database:
        name, *powers = _first(
            database,
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
            "WHERE rolname = current_user",
        )
        (owned,) = _first(database, "SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        (owners,) = _first(
            database,
            "SELECT string_agg(DISTINCT tableowner, ', ') FROM pg_tables "
            "WHERE schemaname = 'public' AND pg_has_role(current_user, tableowner, 'MEMBER')",
        )
    words = [word for word, has in zip(("SUPERUSER", "BYPASSRLS", "CREATEROLE"), powers, strict=True) if has]
    if words:
        yield fail(
            f"{name} ist {', '.join(words)}: ein Fehler im Portal träfe den ganzen Server.",
            f"Als postgres: ALTER ROLE {name} {' '.join(f'NO{word}' for word in words)}.",
        )
    elif owners and not owned:
        yield fail(
            f"{name} ist Mitglied von {owners} und könnte die Tabellen ändern wie sie.",
            f"Als postgres: REVOKE {owners} FROM {name}.",
        )
    elif owned and settings.OWNER_DATABASE_URL:
        yield fail(
            f"{name} besitzt {owned} Tabellen, obwohl es eine Rolle für den Besitz gibt.",
            "DATABASE_URL soll die Rolle nennen, die nur liest und schreibt.",
        )
    elif owned:
        yield warn(
            f"{name} besitzt die Tabellen und könnte sie ändern.",
            "Mit SMARTREGION_OWNER_DATABASE_URL gehören sie einer eigenen Rolle (docs/operations.md).",
        )
    else:
        yield ok(f"{name}, ohne Vorrechte.")


@check("Rolle der Sicherung")
def owner() -> Iterator[Finding]:
    try:
        with connect(owner_address()) as database:
            (may_create,) = _first(database, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user")
            name, server = database.info.user, database.info.server_version
    except psycopg.Error as error:
        yield fail(f"Keine Verbindung: {error}.", "Prüfen Sie SMARTREGION_OWNER_DATABASE_URL.")
        return
    if not may_create:
        yield warn(
            f"{name} darf keine Datenbank anlegen, die Rückspielprobe scheitert.",
            f"Als postgres: ALTER ROLE {name} CREATEDB.",
        )
    yield ok(f"{program('pg_dump', server)} passt zum Server.")


@check("Verbindung zur Datenbank")
def encrypted() -> Iterator[Finding]:
    place = host()
    raw: Any = connection.connection
    yield transport(place, is_encrypted=raw.pgconn.ssl_in_use, variable="DATABASE_URL")


def transport(host: str, *, is_encrypted: bool, variable: str) -> Finding:
    if is_encrypted:
        return ok("verschlüsselt")
    if is_near(host):
        return ok("auf diesem Rechner")
    if host in settings.CLOSED_HOSTS:
        return ok(f"{host} erreicht nur das Portal (SMARTREGION_CLOSED_HOSTS)")
    return fail(
        f"Die Verbindung zu {host} ist nicht verschlüsselt.",
        f"Hängen Sie ?sslmode=verify-full an {variable} und richten Sie TLS am Server ein.",
    )


@check("Zeitzone und Uhr")
def clock() -> Iterator[Finding]:
    try:
        ZoneInfo(settings.TIME_ZONE)
    except ZoneInfoNotFoundError:
        yield fail(f"Die Zeitzone {settings.TIME_ZONE} fehlt.", "Installieren Sie tzdata.")
    before = datetime.now(UTC)
    told = _row("SELECT clock_timestamp()")[0]
    apart = max((before - told).total_seconds(), (told - datetime.now(UTC)).total_seconds(), 0)
    if apart > 2:
        yield fail(
            f"Die Uhren von Portal und Datenbank gehen {apart:.0f} s auseinander.",
            "Richten Sie auf beiden Rechnern die Zeitabgleichung ein (systemd-timesyncd, chrony).",
        )
    else:
        yield ok(f"{settings.TIME_ZONE}, Uhren gehen gleich.")


@check("Migrationen")
def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield fail(f"{len(plan)} Migrationen stehen aus.", "manage.py migrate")
    else:
        yield ok("auf dem Stand dieser Fassung")


@check("Haltbarkeit")
def durability() -> Iterator[Finding]:
    values = {name: _row(f"SELECT current_setting('{name}')")[0] for name in DURABLE}
    if off := [name for name, value in values.items() if value == "off"]:
        yield fail(
            f"{', '.join(off)} ist aus: ein Stromausfall kostet Daten.", "Schalten Sie es im Server ein."
        )
    else:
        yield ok("Was gespeichert ist, übersteht einen Stromausfall.")


@check("Log der Datenbank")
def server_log() -> Iterator[Finding]:
    """A refused row would stand in it with address, name and password hash."""
    wanted = dict(QUIET.findall((settings.BASE_DIR / LOGS).read_text(encoding="utf-8")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(wanted)])
        loud = [f"{name} = {value}" for name, value in sorted(cursor.fetchall()) if value != wanted[name]]
    if loud:
        yield warn(
            f"Es kann Daten von Menschen enthalten: {', '.join(loud)}.",
            f"Legen Sie {LOGS} in conf.d des Servers ab, dann: systemctl reload postgresql",
        )
    else:
        yield ok(f"ohne Zeilen von Tabellen, wie in {LOGS}")


@check("Archiv der Datenbank")
def archiving() -> Iterator[Finding]:
    if _row("SELECT current_setting('archive_mode')")[0] == "off":
        yield ok("nicht eingerichtet (docs/operations.md, „Point in time“)")
        return
    archived, failed, is_failing = _row(
        "SELECT last_archived_time, last_failed_time, "
        "coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) FROM pg_stat_archiver"
    )
    if is_failing:
        yield fail(
            f"Das Archivieren scheitert seit {failed:%d.%m.%Y %H:%M}.",
            "Sehen Sie im Log des Servers nach archive_command.",
        )
    elif archived is None:
        yield warn("Noch wurde nichts archiviert.", "Prüfen Sie archive_command und archive_timeout.")
    else:
        yield ok(f"zuletzt {archived:%d.%m.%Y %H:%M}")


@check("Kopie zum Lesen")
def replica() -> Iterator[Finding]:
    if REPLICA not in settings.DATABASES:
        yield ok("nicht eingerichtet (docs/operations.md, „More machines“)")
        return
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), clock_timestamp() - pg_last_xact_replay_timestamp()")
        is_copy, behind = cursor.fetchone()
    raw: Any = connections[REPLICA].connection
    secure = transport(raw.info.host, is_encrypted=raw.pgconn.ssl_in_use, variable="SMARTREGION_REPLICA_URL")
    if secure.level is not Level.OK:
        yield secure
    if not is_copy:
        yield fail(
            "SMARTREGION_REPLICA_URL nennt keine Kopie, sondern eine Datenbank für sich.",
            "Nehmen Sie die Variable weg, bis wieder eine Kopie mitläuft.",
        )
    elif behind is None or behind.total_seconds() > settings.REPLICA_SECONDS:
        yield warn(
            f"Alter ihrer jüngsten Änderung: {behind or 'unbekannt'}. Daher wird sie nicht gefragt.",
            "Sehen Sie in pg_stat_replication nach, und ob Worker laufen.",
        )
    else:
        yield ok(f"Ihre jüngste Änderung ist {behind.total_seconds():.0f} Sekunden alt.")
