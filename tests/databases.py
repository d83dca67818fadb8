"""Databases that a run makes once and its processes copy: migrations and example data cost many seconds."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smartregion.base.acting import is_usable
from smartregion.base.search import kinds
from smartregion.bootstrap import ROOT

RUN = os.environ.setdefault("SMARTREGION_TEST_RUN", str(os.getpid()))
"""The processes of a run get it from the one that starts them."""
PREFIX = f"smartregion_{RUN}_"
SCHEMA, EXAMPLE, SHIPPED = f"{PREFIX}schema", f"{PREFIX}example", f"{PREFIX}shipped"
COPY = "CREATE DATABASE {} TEMPLATE {}"
TRIES = 5


APP = os.environ.get("DATABASE_URL", "")
OWNER = os.environ.get("SMARTREGION_OWNER_DATABASE_URL") or APP
APP_ROLE = str(conninfo_to_dict(APP).get("user", "")) if APP else ""
"""Tests make and drop databases; what they start works under the portal's own role."""


def server() -> psycopg.Connection:
    return psycopg.connect(OWNER, autocommit=True)


def address_of(database: str) -> str:
    """For looking behind the pages."""
    return make_conninfo(OWNER, dbname=database)


def settings_of(database: str) -> dict[str, str]:
    """Variables of the environment for the portal's processes."""
    return {"DATABASE_URL": make_conninfo(APP, dbname=database), "SMARTREGION_OWNER_DATABASE_URL": ""}


@contextmanager
def as_app_role() -> Iterator[None]:
    """What the block asks of the database is asked under the portal's own role, where it has one."""
    role = settings.DATABASE_APP_ROLE
    try:
        connection.ensure_connection()
    except RuntimeError:  # a test that may not use the database
        role = ""
    if not role:
        yield
        return
    connection.connection.execute(f"SET ROLE {role}")
    try:
        yield
    finally:
        if is_usable():
            connection.connection.execute("RESET ROLE")


def administer(statement: str, *names: str) -> None:
    with server() as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def make_once(name: str, make: Callable[[str], None]) -> None:
    """Let `make` fill a database, unless another process has done so; whoever comes meanwhile waits.

    Nobody can connect to the result: it is there to be copied.
    """
    with server() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        draft = f"{name}_draft"
        make(draft)
        end_connections(draft)
        administer("ALTER DATABASE {} RENAME TO {}", draft, name)


def end_connections(name: str) -> None:
    """And refuse new ones: a database can only be copied or renamed while nobody is connected to it."""
    administer("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name)
    for attempt in reversed(range(TRIES)):
        try:
            with server() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = %s AND pg_has_role(current_user, usesysid, 'MEMBER')",
                    [name],
                )
        except psycopg.errors.InsufficientPrivilege:  # one ended, and its place is a process of the server's
            if not attempt:
                raise
        else:
            return


def drop(name: str) -> None:
    """Drop the database if there is one.

    FORCE fails on a process that cleans up for the server. Without it, PostgreSQL has that one give way.
    """
    with suppress(psycopg.errors.InvalidCatalogName):
        end_connections(name)
        administer("DROP DATABASE {}", name)


def copy_used(source: str, target: str) -> None:
    """Copy a database to which processes are connected; they connect anew."""
    end_connections(source)
    administer(COPY, target, source)
    administer("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", source)


def make_schema() -> None:
    make_once(SCHEMA, _migrated)


def _migrated(name: str) -> None:
    administer("CREATE DATABASE {}", name)
    prepare(name, "migrate")


def make_example() -> None:
    """What `make run` shows on its first day."""
    make_once(EXAMPLE, _loaded)


def _loaded(name: str) -> None:
    make_schema()
    administer(COPY, name, SCHEMA)
    prepare(name, "load_data")


@contextmanager
def connected_to_copy(source: str) -> Iterator[None]:
    """Meanwhile Django asks a copy of that database, which is dropped afterwards."""
    name, before = f"{PREFIX}copy_{os.getpid()}", connection.settings_dict["NAME"]
    administer(COPY, name, source)
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        drop(name)


def prepare(name: str, *parts: str) -> None:
    """Bring the database up to date as the start of the portal does."""
    words = [sys.executable, "-m", "smartregion.stack.prepare", *parts]
    environment = {**os.environ, **settings_of(name), "SMARTREGION_DEMO": "1"}
    environment["SMARTREGION_OWNER_DATABASE_URL"] = address_of(name)
    subprocess.run(words, cwd=ROOT, env=environment, check=True)


def drop_all() -> None:
    """At the end of the run, for a server that outlives it."""
    with server() as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    for (name,) in rows:
        if name.startswith(PREFIX):
            drop(name)


KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def empty_quickly() -> None:
    """After a test that commits, delete the rows of those tables that have any, past all triggers, and what
    those of the search have kept of them.

    Django truncates some hundred tables instead, which takes longer than most tests.
    """
    DatabaseOperations.sql_flush = _deletes  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = lambda *_words, **_signal: None


def _deletes(operations: DatabaseOperations, style: Any, tables: list[str], **_options: Any) -> list[str]:
    names = {table: operations.quote_name(table) for table in tables if table not in KEPT}
    asked = (f"SELECT %s WHERE EXISTS (SELECT FROM {quoted})" for quoted in names.values())
    with operations.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), list(names))
        filled = [table for (table,) in cursor.fetchall()]
    return [
        *(f"ALTER TABLE {names[table]} DISABLE TRIGGER USER" for table in filled),
        *(f"DELETE FROM {names[table]}" for table in filled),
        *(f'DELETE FROM search."{key}"' for key in ["word", *(kind.key for kind in kinds())]),
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f"ALTER TABLE {names[table]} ENABLE TRIGGER USER" for table in filled),
    ]
