"""Writes history with the date at which something happened instead of the date at which it was loaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pghistory
from django.apps import apps
from django.db import connection

from smartregion.base.history import recorded

MARK = "happened_at"


@contextmanager
def happened(moment: datetime, *, by: Any = None, reason: str = "") -> Iterator[None]:
    """Changes that belong to a past moment; `date_history` gives their events that moment."""
    with pghistory.context(**{MARK: moment.isoformat()}), recorded(by=by, reason=reason):
        yield


def date_history() -> None:
    """Give every event that was written under `happened` the moment of its mark, and take the mark off.

    One statement per event table, however many events there are.
    """
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, pghistory.models.Event):
                cursor.execute(
                    f"UPDATE {connection.ops.quote_name(model._meta.db_table)} event "  # noqa: S608
                    "SET pgh_created_at = (context.metadata->>%s)::timestamptz "
                    "FROM pghistory_context context WHERE context.id = event.pgh_context_id "
                    "AND jsonb_exists(context.metadata, %s)",
                    [MARK, MARK],
                )
        cursor.execute(
            "UPDATE pghistory_context SET created_at = (metadata->>%s)::timestamptz, "
            "updated_at = (metadata->>%s)::timestamptz, metadata = metadata - %s "
            "WHERE jsonb_exists(metadata, %s)",
            [MARK, MARK, MARK, MARK],
        )
