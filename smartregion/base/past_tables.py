"""The schema `as_of`: each tracked table once more, as a view of the rows that it held at a moment.

The views have the tables' names and columns, so that whoever puts the schema first on the search path reads
the past with unchanged queries (`smartregion.base.as_of`). They are made after each migration, from what the
models say, and dropped before it, since PostgreSQL alters no table on which a view depends.

A row is shown as its newest event before the moment has it. For everybody who may not see drafts it is never
shown more openly than it was at any time since: what was taken back stays taken back. For visitors, what has
been deleted, archived, merged or removed since is so in the past too.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction

from smartregion.base.app_role import rights_in
from smartregion.base.history import event_model

SCHEMA: Final = "as_of"
NEXT: Final = "as_of_next"
MOMENT: Final = "current_setting('smartregion.moment')::timestamptz"
AUDIENCE: Final = "current_setting('smartregion.audience')"
EXACT, ACCOUNTS, VISITORS = "exact", "accounts", "visitors"
"""Who reads: people from whom nothing is hidden, people with an account, anybody."""
FROM_OPEN_TO_HIDDEN: Final = "ARRAY['public', 'internal', 'draft']"

LATER: Final = "{events} later WHERE later.pgh_obj_id = row.id AND later.pgh_created_at > " + MOMENT
AS_TODAY: Final = (
    f"CASE WHEN {AUDIENCE} = '{VISITORS}' "
    "THEN COALESCE(row.{column}, (SELECT {column} FROM {table} present WHERE present.id = row.id)) "
    "ELSE row.{column} END"
)
NEVER_MORE_OPEN_THAN_SINCE: Final[dict[str, str]] = {
    "visibility": f"CASE WHEN {AUDIENCE} = '{EXACT}' THEN row.visibility "
    f"ELSE ({FROM_OPEN_TO_HIDDEN})[GREATEST(array_position({FROM_OPEN_TO_HIDDEN}, row.visibility::text), "
    f"(SELECT max(array_position({FROM_OPEN_TO_HIDDEN}, later.visibility::text)) FROM {LATER} "
    "AND later.visibility <> 'public'))] END",
    "is_public": f"row.is_public AND ({AUDIENCE} <> '{VISITORS}' "
    f"OR NOT EXISTS (SELECT FROM {LATER} AND NOT later.is_public))",
    "archived_at": AS_TODAY,
    "merged_into_id": AS_TODAY,
    "removed_at": AS_TODAY.replace(f"= '{VISITORS}'", f"<> '{EXACT}'"),
}
"""Columns that decide who sees a row, by their name in any table."""
HIDDEN_LATER: Final[dict[str, str]] = {"visibility": "visibility <> 'public'", "is_public": "NOT is_public"}


def shadowed_models() -> list[type[models.Model]]:
    """The tracked models, but for those that say `always_present`: accounts, and what gives them rights."""
    tracked = [model for model in apps.get_models() if hasattr(model, "pgh_event_model")]
    found = [model for model in tracked if not getattr(model, "always_present", False)]
    return sorted(found, key=lambda model: model._meta.db_table)


def drop_views(**_signal: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def create_views(**_signal: Any) -> None:
    """Make all views anew beside the present ones and exchange them; none, if they are as they shall be.

    Who reads them meanwhile waits for the exchange alone.
    """
    _create_indexes()
    with transaction.atomic(), connection.cursor() as cursor:
        statements = list(_statements(cursor))
        mark = hashlib.sha256("\n".join(statements).encode()).hexdigest()
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [SCHEMA])
        if cursor.fetchone() == (mark,):
            return
        cursor.execute(f"CREATE SCHEMA {NEXT}")
        for statement in statements:
            cursor.execute(statement)
        drop_views()
        cursor.execute(f"ALTER SCHEMA {NEXT} RENAME TO {SCHEMA}")
        cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{mark}'")
        for statement in rights_in(SCHEMA):
            cursor.execute(statement)


def _create_indexes() -> None:
    """Those that the views need beside the models'; nobody can write to a table that gets one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")
        present = {name for (name,) in cursor.fetchall()}
        for model in shadowed_models():
            for name, statement in _indexes(event_model(model)):
                if name not in present:
                    cursor.execute(statement)


def _indexes(events: type[models.Model]) -> Iterator[tuple[str, str]]:
    table, columns = events._meta.db_table, {field.column for field in events._meta.concrete_fields}
    conditions = {"deleted": "pgh_label = 'delete'"}
    conditions |= {f"hidden_{column}": rule for column, rule in HIDDEN_LATER.items() if column in columns}
    for purpose, condition in conditions.items():
        name = f"{table}_{purpose}"
        yield name, f'CREATE INDEX "{name}" ON "{table}" (pgh_obj_id, pgh_created_at) WHERE {condition}'


def _statements(cursor: Any) -> Iterator[str]:
    cursor.execute(
        "SELECT c.oid::regclass::text, a.attname, pg_get_expr(d.adbin, d.adrelid) "
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "WHERE a.attgenerated = 's' AND c.relnamespace = current_schema()::regnamespace"
    )
    generated = {(table.strip('"'), column): text for table, column, text in cursor.fetchall()}
    cursor.execute("SELECT current_schema()")
    schema = connection.ops.quote_name(cursor.fetchone()[0])
    for model in shadowed_models():
        yield from _of_model(model, schema, generated)


def _of_model(model: type[models.Model], schema: str, generated: dict[tuple[str, str], str]) -> Iterator[str]:
    """The view of the table and the one of its events."""
    name, event_name = model._meta.db_table, event_model(model)._meta.db_table
    table, events = f'{schema}."{name}"', f'{schema}."{event_name}"'
    kept = {field.column for field in event_model(model)._meta.concrete_fields}
    rules = {**NEVER_MORE_OPEN_THAN_SINCE, **getattr(model, "past_columns", {})}
    columns, from_events = [], []
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column in kept and not field.primary_key:
            from_events.append(f'event."{column}"')
        if (name, column) in generated:
            value = generated[name, column]
        elif column in rules:
            value = rules[column].format(table=table, events=events, column=column, moment=MOMENT)
        elif column in kept or field.primary_key:
            value = f'row."{column}"'
        else:
            value = f'(SELECT "{column}" FROM {table} present WHERE present.id = row.id)'
        columns.append(f'{value} AS "{column}"')
    deleted = (
        f"SELECT DISTINCT pgh_obj_id FROM {events} gone WHERE pgh_label = 'delete' "
        f"AND pgh_created_at > {MOMENT} AND {AUDIENCE} <> '{VISITORS}' "
        f"AND NOT EXISTS (SELECT FROM {table} present WHERE present.id = gone.pgh_obj_id)"
    )
    yield (
        f'CREATE VIEW {NEXT}."{name}" AS WITH past AS MATERIALIZED ('
        f"SELECT known.id, {', '.join(from_events)} "
        f"FROM (SELECT id FROM {table} UNION ALL {deleted}) known CROSS JOIN LATERAL ("
        f"SELECT * FROM {events} WHERE pgh_obj_id = known.id AND pgh_created_at <= {MOMENT} "
        "ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT 1) event "
        f"WHERE event.pgh_label <> 'delete') SELECT {', '.join(columns)} FROM past row"
    )
    yield f'CREATE VIEW {NEXT}."{event_name}" AS SELECT * FROM {events} WHERE pgh_created_at <= {MOMENT}'
