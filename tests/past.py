"""History with a date: what a test writes in here happened on that day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

from django.utils.timezone import make_aware

from measures.services.rollout import date_stage_changes
from smartregion.regions.past import date_history, happened


@contextmanager
def happened_on(day: date, *, hour: time = time(10)) -> Iterator[None]:
    with happened(make_aware(datetime.combine(day, hour))):
        yield
    date_history()
    date_stage_changes()
