"""Past days: what a page as of a day costs beside the same page today, after five years of weekly changes."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import Model
from django.test import override_settings
from django.utils.timezone import localdate, now

from bench.database import UNKEPT, copy_with, use
from bench.measure_list import answer
from bench.measuring import Figure, Side, ratio
from fields.models import ActionField, Concept, Guideline
from measures.models import Measure, MeasureGuideline, Milestone, RolloutCell, StatusUpdate, TeamMember
from network.models import Municipality, Organisation, Region
from smartregion.base.history import event_model, tracked_fields

MEASURES, WEEKS = 31, 5 * 52
ROUNDS, TIMES = 9, 3
WEEKLY: tuple[type[Model], ...] = (
    Measure,
    Milestone,
    RolloutCell,
    StatusUpdate,
    MeasureGuideline,
    TeamMember,
)
ONCE: tuple[type[Model], ...] = (Region, Organisation, Municipality, Concept, Guideline, ActionField)
PAGES = {
    "list": "/massnahmen/",
    "matrix": "/roll-out/",
    "map": "/roll-out/karte/",
    "map of all": "/roll-out/karte/?massnahme=alle",
}
DAYS = {"a quarter ago": 91, "half of the history ago": WEEKS * 7 // 2, "at its begin": WEEKS * 7 - 10}


def figures() -> Iterator[Figure]:
    """Requests of an anonymous reader, answered by the whole portal: WSGI, all middleware, PostgreSQL."""
    with override_settings(ROOT_URLCONF="bench.urls", MIDDLEWARE=UNKEPT), copy_with(MEASURES) as data:
        use(data)
        fill_history()
        get = partial(answer, WSGIHandler())
        slug = Measure.objects.filter(visibility="public").order_by("no")[0].slug
        size = f"{MEASURES} x {Municipality.objects.count()}"
        for name, address in {**PAGES, "measure": f"/massnahmen/{slug}/"}.items():
            today = Side(partial(get, address), times=TIMES)
            for when, days in DAYS.items():
                glue = "&" if "?" in address else "?"
                then = f"{address}{glue}stand={localdate() - timedelta(days=days)}"
                assert b"Stand vom" in get(then)
                value = ratio(Side(partial(get, then), times=TIMES), today, rounds=ROUNDS)
                yield Figure(f"{name} of {size} {when}", value, "x", 3)


def fill_history() -> None:
    """Every row was written each week for five years; what stands beside the measures, at their begin."""
    begin = now() - timedelta(weeks=WEEKS)
    with connection.cursor() as cursor:
        for model, weeks in [*((model, WEEKS) for model in WEEKLY), *((model, 1) for model in ONCE)]:
            columns = ", ".join(f'"{field.column}"' for field in tracked_fields(model))
            events = event_model(model)._meta.db_table
            cursor.execute(f"TRUNCATE {events}")
            cursor.execute(
                f"INSERT INTO {events} (pgh_created_at, pgh_label, pgh_obj_id, {columns}) "
                f"SELECT %s + week * interval '7 days', 'update', id, {columns} "
                f"FROM {model._meta.db_table}, generate_series(0, %s) week ORDER BY week, id",
                [begin, weeks - 1],
            )
        cursor.execute("UPDATE measures_rolloutcell SET stage_changed_at = %s WHERE id %% 4 = 0", [now()])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
