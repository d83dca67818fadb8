"""A history as long as that of years, in the tables of a version, without its program.

Between an event and the next one of its row come others with the same values at times in between, each with
a context of its own. So what any past day shows stays the same.
"""

import math
from typing import Final

import psycopg
from psycopg import sql

TABLES: Final = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'pgh_obj_id' ORDER BY 1
"""
COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
FILL: Final = """
WITH drill_spans AS (
    SELECT *, lead(pgh_created_at, 1, now()) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_created_at, pgh_id)
        - pgh_created_at AS drill_span
    FROM {table}
), drill_copies AS MATERIALIZED (
    SELECT drill_spans.*, gen_random_uuid() AS drill_context,
        pgh_created_at + drill_span * drill_number / (%(times)s + 1) AS drill_at
    FROM drill_spans CROSS JOIN generate_series(1, %(times)s) AS drill_number
    WHERE pgh_label <> 'delete' AND drill_span > interval '0'
), drill_contexts AS (
    INSERT INTO pghistory_context (id, created_at, updated_at, metadata)
    SELECT drill_context, drill_at, drill_at, '{{"user": null, "reason": "Geprüft"}}'::jsonb FROM drill_copies
)
INSERT INTO {table} ({same}, pgh_label, pgh_created_at, pgh_context_id)
SELECT {same}, 'update', drill_at, drill_context FROM drill_copies
"""
"""The names begin like no column of the tables does."""
OWN: Final = {"pgh_id", "pgh_label", "pgh_created_at", "pgh_context_id"}


def fill(database: psycopg.Connection, rows: int) -> int:
    """Returns how many events there are afterwards, which is at least `rows`."""
    tables = history_tables(database)
    present = sum(_count(database, table) for table in tables)
    times = math.ceil(rows / max(1, present)) + 1
    for table in tables:
        _fill(database, table, times)
    while (found := sum(_count(database, table) for table in tables)) < rows:
        _fill(database, _largest(database, tables), 1)
    database.execute("ANALYZE")
    return found


def history_tables(database: psycopg.Connection) -> list[str]:
    return [name for (name,) in database.execute(TABLES).fetchall()]


def _fill(database: psycopg.Connection, table: str, times: int) -> None:
    columns = [name for (name,) in database.execute(COLUMNS, [table]).fetchall() if name not in OWN]
    statement = sql.SQL(FILL).format(
        table=sql.Identifier(table), same=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    database.execute(statement, {"times": times})


def _count(database: psycopg.Connection, table: str) -> int:
    found = database.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(found[0]) if found else 0


def _largest(database: psycopg.Connection, tables: list[str]) -> str:
    return max(tables, key=lambda table: _count(database, table))
