"""A small region whose history begins before the tests' Stichtage."""

from collections.abc import Callable
from datetime import datetime

import pghistory
import pytest
from django.apps import apps
from django.db import connection
from django.utils.timezone import get_current_timezone

from network.models import Municipality
from tests.factories import make_field, make_municipality, make_region

AsOf = Callable[..., None]


@pytest.fixture
def date_events() -> AsOf:
    """`date_events(2025, 1, 1)`: whatever was written just now happened on that day, by the history."""

    def move(year: int, month: int, day: int, hour: int = 12) -> None:
        moment = datetime(year, month, day, hour, tzinfo=get_current_timezone())
        with connection.cursor() as cursor:
            for model in apps.get_models():
                if issubclass(model, pghistory.models.Event):
                    cursor.execute(
                        f"UPDATE {model._meta.db_table} SET pgh_created_at = %s "
                        "WHERE pgh_created_at > now() - interval '1 hour'",
                        [moment],
                    )

    return move


@pytest.fixture
def municipalities(db: None) -> list[Municipality]:
    """A region with a concept, one field and two municipalities, all recorded today."""
    make_region()
    make_field()
    return [make_municipality("Aadorf", 10_000), make_municipality("Bdorf", 30_000)]
