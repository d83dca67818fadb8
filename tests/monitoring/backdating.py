"""Whatever was written just now happened on another day, by the history."""

from datetime import datetime

import pghistory
from django.apps import apps
from django.db import connection
from django.utils.timezone import get_current_timezone


def date_events(year: int, month: int, day: int, hour: int = 12) -> None:
    """`date_events(2025, 1, 1)`: whatever was written just now happened on that day."""
    moment = datetime(year, month, day, hour, tzinfo=get_current_timezone())
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, pghistory.models.Event):
                cursor.execute(
                    f"UPDATE {model._meta.db_table} SET pgh_created_at = %s "
                    "WHERE pgh_created_at > now() - interval '1 hour'",
                    [moment],
                )
