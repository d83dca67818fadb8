"""Rows as they stood at a moment, by the history."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import pghistory
from django.apps import apps
from django.db import connection, models

from smartregion.base.history import event_model, tracked_fields

LONGEST_WAIT = "5s"
WAIT_FOR_WRITERS = f"""
DO $$
DECLARE event_table text;
BEGIN
  FOREACH event_table IN ARRAY ARRAY[{{tables}}] LOOP
    PERFORM set_config('lock_timeout', '{LONGEST_WAIT}', true);
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', event_table);
    COMMIT;
  END LOOP;
END $$
"""


LONG_HISTORY = 8
"""So many events a row: from then on it is quicker to look for each row's newest one by itself."""
AS_OF = """
SELECT {columns} FROM {events} WHERE pgh_label <> 'delete' AND pgh_id IN (
    WITH RECURSIVE asked(moment, is_long) AS MATERIALIZED (SELECT %s::timestamptz, {is_long}),
    keys(key) AS ({keys})
    SELECT pgh_id FROM (
        SELECT DISTINCT ON (pgh_obj_id) pgh_id FROM {events}
        WHERE pgh_created_at <= (SELECT moment FROM asked)
        ORDER BY pgh_obj_id DESC, pgh_created_at DESC, pgh_id DESC
    ) newest WHERE NOT (SELECT is_long FROM asked)
    UNION ALL
    SELECT newest.pgh_id FROM keys CROSS JOIN LATERAL (
        SELECT pgh_id FROM {events}
        WHERE pgh_obj_id = keys.key AND pgh_created_at <= (SELECT moment FROM asked)
        ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT 1
    ) newest WHERE (SELECT is_long FROM asked)
)
"""
"""The newest event of each row before a moment: of all events in one go, or key by key through the index."""
IS_LONG = """
(SELECT reltuples FROM pg_class WHERE oid = '{events}'::regclass)
    > {long} * (SELECT GREATEST(reltuples, 1) FROM pg_class WHERE oid = '{rows}'::regclass)
"""
ALL_KEYS = """
SELECT MIN(pgh_obj_id) FROM {events} UNION ALL
SELECT (SELECT MIN(pgh_obj_id) FROM {events} WHERE pgh_obj_id > keys.key)
FROM keys WHERE keys.key IS NOT NULL
"""


def rows_as_of(
    model: type[models.Model],
    moment: datetime,
    names: Sequence[str] | None = None,
    *,
    keys: Collection[int] | None = None,
) -> list[dict[str, Any]]:
    """The model's rows as they stood at `moment`, by the history alone, in order of their primary key.

    One query, whatever the number of rows; a row that was deleted by then is left out. Two readers agree on a
    past moment if both read after `settle`.

    Args:
        names: the columns to read, by their attribute; all of them where it is None.
        keys: of which rows; of all of them where it is None.
    """
    fields = {field.attname: field for field in tracked_fields(model)}
    names = ["pgh_obj_id", *(fields if names is None else names)]
    # A report asks this of every model; the ORM takes longer to write it than PostgreSQL to answer.
    with connection.cursor() as cursor:
        query, chosen = as_of_query(model, names, of_keys=keys is not None), [] if keys is None else [[*keys]]
        cursor.execute(f"{query} ORDER BY pgh_obj_id", [moment, *chosen])
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for name in names:
        if isinstance(fields.get(name), models.JSONField):
            for row in rows:
                row[name] = row[name] and json.loads(row[name])
    return rows


def hidden_since(model: type[models.Model], moment: datetime, seen: models.Q) -> set[int]:
    """The keys of rows of which `seen` did not hold at some time after the moment. One query."""
    later = event_model(model)._base_manager.filter(pgh_created_at__gt=moment)
    return set(later.exclude(seen).order_by().values_list("pgh_obj_id", flat=True))


def as_of_query(model: type[models.Model], names: Iterable[str], *, of_keys: bool = False) -> str:
    """The query for these columns of the rows as they stood at a moment, its parameter.

    Args:
        of_keys: a second parameter says of which rows.
    """
    quote = connection.ops.quote_name
    events, rows = quote(event_model(model)._meta.db_table), quote(model._meta.db_table)
    return AS_OF.format(
        columns=", ".join(map(quote, names)),
        events=events,
        is_long="TRUE" if of_keys else IS_LONG.format(events=events, rows=rows, long=LONG_HISTORY),
        keys="SELECT UNNEST(%s::bigint[])" if of_keys else ALL_KEYS.format(events=events),
    )


def settle() -> datetime:
    """Wait until each change that was begun before this call has been committed or given up.

    Returns the moment of the call, by the clock that the events go by.

    An event carries the moment of its row's change, but is seen only after its transaction's commit. Each
    writer holds a lock on the event's table from before that moment until the commit; so whoever gets a SHARE
    lock knows that no event of an earlier moment will appear any more (docs/decisions/0003). Each lock is let
    go at once, within the statement, so that nobody waits for two of them or for a client that stands still.

    Raises:
        OperationalError: someone kept a transaction open for longer than `LONGEST_WAIT`.
    """
    events = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    tables = ", ".join(f"'{model._meta.db_table}'" for model in events if model._meta.managed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
        cursor.execute(WAIT_FOR_WRITERS.replace("{tables}", tables))
    return moment
