"""What both versions know: each table's rows in the columns of the first release, as a count and a hash."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from drill.filling import history_tables
from smartregion.backup.rows import ONE_FORM

COLUMNS: Final = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 1
"""
ROWS: Final = """
SELECT count(*), encode(sha256(coalesce(string_agg(hash, ''::bytea ORDER BY hash), ''::bytea)), 'hex')
FROM (
    SELECT sha256(convert_to(ROW({columns})::text, 'UTF8')) AS hash FROM {table} WHERE {condition}
) AS hashed
"""
OF_THE_PROGRAM: Final = {"django_migrations", "django_content_type", "auth_permission"}
OF_SIGN_INS: Final = {"django_session", "axes_accesslog", "usersessions_usersession", "base_auditentry"}
LAST_SIGN_IN: Final = ("network_user", "last_login")
"""What a version by itself or people's coming changes is not compared."""
DEMANDING: Final = """
SELECT c.relname || '.' || a.attname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
"""
SEALED: Final = """
SELECT count(DISTINCT report.id), count(file.id),
    count(*) FILTER (WHERE encode(sha256(file.content), 'hex') <> file.sha256)
    + count(*) FILTER (WHERE length(file.content) <> file.size)
    + count(*) FILTER (WHERE encode(sha256(convert_to(report.snapshot, 'UTF8')), 'hex') <> report.sha256),
    encode(sha256(string_agg(report.sha256 || file.sha256, '' ORDER BY report.id, file.id)::bytea), 'hex')
FROM monitoring_report report JOIN monitoring_reportfile file ON file.report_id = report.id
WHERE report.sealed_at IS NOT NULL
"""

Columns = dict[str, list[str]]
Holding = dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Scope:
    """What is compared: columns by table and, for tables that are written meanwhile, which rows."""

    columns: Columns
    conditions: dict[str, str]


def known_columns(database: psycopg.Connection) -> Columns:
    found: Columns = dict(database.execute(COLUMNS).fetchall())
    return {
        table: [column for column in columns if (table, column) != LAST_SIGN_IN]
        for table, columns in found.items()
        if table not in OF_THE_PROGRAM | OF_SIGN_INS
    }


def what_was_there(database: psycopg.Connection, written: list[int]) -> Scope:
    """The rows of now, whatever is added to the history, without the cells that are written meanwhile."""
    conditions = {table: f"pgh_id <= {_newest(database, table)}" for table in history_tables(database)}
    moment = database.execute("SELECT clock_timestamp()").fetchone() or ("",)
    conditions["pghistory_context"] = f"created_at <= '{moment[0].isoformat()}'"
    conditions["measures_rolloutcell"] = f"id NOT IN ({', '.join(map(str, written))})"
    return Scope(known_columns(database), conditions)


def _newest(database: psycopg.Connection, table: str) -> int:
    found = database.execute(
        sql.SQL("SELECT coalesce(max(pgh_id), 0) FROM {}").format(sql.Identifier(table))
    ).fetchone()
    return int(found[0]) if found else 0


def holding(database: psycopg.Connection, scope: Scope) -> Holding:
    """In one transaction; also of the sealed reports, whose files are hashed anew."""
    with database.transaction():
        database.execute(ONE_FORM)
        database.execute("SET LOCAL search_path = public")
        found = {table: _rows(database, table, scope) for table in scope.columns}
        found["sealed reports"] = tuple(database.execute(SEALED).fetchone() or ())
    return found


def _rows(database: psycopg.Connection, table: str, scope: Scope) -> tuple[Any, ...]:
    statement = sql.SQL(ROWS).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, scope.columns[table])),
        table=sql.Identifier(table),
        condition=sql.SQL(scope.conditions.get(table, "true")),
    )
    return tuple(database.execute(statement).fetchone() or ())


def differences(before: Holding, after: Holding, when: str) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield f"{when}: {name} held {before.get(name)}, holds {after.get(name)}"


def demanding_columns(database: psycopg.Connection) -> set[str]:
    """Which a program has to fill, since they may be neither left out nor empty."""
    return {name for (name,) in database.execute(DEMANDING).fetchall()}
