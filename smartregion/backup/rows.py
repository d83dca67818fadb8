"""What a database holds, as one hash and one count for each table. The order of rows does not matter."""

from typing import Any, Final

import psycopg
from psycopg import sql

ONE_FORM: Final = """
    SET LOCAL bytea_output = 'hex'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
    SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL search_path = pg_catalog;
    SET LOCAL row_security = off
"""
"""Whatever a server is set to, a row is written the same way. A policy that hides some is an error."""
OURS: Final = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
TABLES: Final = f"""
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND {OURS} ORDER BY 1, 2
"""  # noqa: S608 - our own words
SEQUENCES: Final = """
    SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences
    WHERE schemaname NOT LIKE 'pg\\_%' ORDER BY 1
"""
ROWS: Final = """
    SELECT count(*), encode(sha256(coalesce(string_agg(hash, ''::bytea ORDER BY hash), ''::bytea)), 'hex')
    FROM (SELECT sha256(convert_to(line::text, 'UTF8')) AS hash FROM {} AS line) AS hashed
"""

Holding = dict[str, Any]


def holding(database: psycopg.Connection[Any]) -> Holding:
    """In that connection's transaction: each table with its count and hash, each sequence with its place."""
    database.execute(ONE_FORM)
    tables = {}
    for schema, name in database.execute(TABLES).fetchall():
        asked = sql.SQL(ROWS).format(sql.Identifier(schema, name))
        tables[f"{schema}.{name}"] = list(database.execute(asked).fetchone() or ())
    sequences: dict[str, Any] = dict(database.execute(SEQUENCES).fetchall())
    return {"tables": tables, "sequences": sequences}


def differences(wanted: Holding, found: Holding) -> list[str]:
    """The names of tables and sequences that are not the same, missing, or too many."""
    return sorted(
        name
        for kind in ("tables", "sequences")
        for name in {*wanted[kind], *found[kind]}
        if wanted[kind].get(name) != found[kind].get(name)
    )


def is_empty(database: psycopg.Connection[Any]) -> bool:
    """Whether there is no table."""
    return database.execute(TABLES).fetchone() is None
