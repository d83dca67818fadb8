"""The snapshot: a large region beside a small one, and a past day beside the present after five years."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.timezone import localdate, now

from bench.database import DEFAULT, copy_with, use
from bench.measuring import Figure, Side, peak_memory, ratio
from bench.rollout import FEW, MANY, PLACES, add_municipalities, fill_cells
from measures.models import BudgetLine, Measure, Milestone, Movement, RolloutCell, StatusUpdate
from monitoring.compile import canonical_json
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import draft_report
from monitoring.snapshot import build_snapshot
from network.models import Municipality, Organisation
from smartregion.base.history import event_model, tracked_fields

ROUNDS = 5
WEEKS = 260
LIVELY = (Measure, Milestone, RolloutCell, StatusUpdate, BudgetLine, Movement)
ADDED = (Organisation, Municipality, *LIVELY)


def figures() -> Iterator[Figure]:
    """The evaluation of the running year for the steering committee, with all its sections."""
    origin = connections[DEFAULT]
    with copy_with(FEW) as few:
        use(few)
        fill_cells()
        begin_history()
        current = Side(partial(build, localdate()), partial(use, few))
        use(origin)
        with copy_with(FEW + 1) as old:
            yield from _after_years(old, current)
        with copy_with(MANY) as many:
            yield from _growth(many, current)


def _after_years(old: BaseDatabaseWrapper, current: Side) -> Iterator[Figure]:
    use(old)
    fill_cells()
    begin_history()
    add_weeks(WEEKS)
    past = Side(partial(build, localdate() - timedelta(days=365)), partial(use, old))
    present = Side(partial(build, localdate()), partial(use, old))
    weekly = f"snapshot with {WEEKS} weeks of history"
    yield Figure(f"{weekly}, as of a year ago to one without", ratio(past, current, rounds=ROUNDS), "x", 3)
    yield Figure(f"{weekly}, as of a year ago to now", ratio(past, present, rounds=ROUNDS), "x", 3)


def _growth(many: BaseDatabaseWrapper, current: Side) -> Iterator[Figure]:
    use(many)
    add_municipalities(PLACES)
    fill_cells()
    begin_history()
    large = Side(partial(build, localdate()), partial(use, many))
    yield Figure(f"snapshot {MANY:,} x {PLACES} to {FEW} x 17", ratio(large, current, rounds=3), "x", 60)
    use(many)
    memory = peak_memory("bench.snapshot", str(connection.settings_dict["NAME"])) / 1e6
    yield Figure(f"snapshot {MANY:,} x {PLACES}, most memory in use", memory, "MB", 600)


def build(as_of: date) -> bytes:
    return canonical_json(build_snapshot(_report(as_of)))


def whole_work() -> None:
    """What `peak_memory` lets a process do."""
    build(localdate())


def _report(as_of: date) -> Report:
    period = Period.year(as_of)
    return draft_report(kind="evaluation", audience="internal", period=period, on=as_of)


def begin_history() -> None:
    """Rows that were added without their history get a first event, of long ago."""
    for model in ADDED:
        _insert_events(model, now() - timedelta(weeks=WEEKS + 1), "insert", only_unknown=True)
    _vacuum()


def add_weeks(number: int) -> None:
    """Each row was edited once a week."""
    for model in LIVELY:
        for week in range(number, 0, -1):
            _insert_events(model, now() - timedelta(weeks=week), "update")
    _vacuum()


def _insert_events(model: type[models.Model], moment: Any, label: str, *, only_unknown: bool = False) -> None:
    names = ", ".join(f'"{field.column}"' for field in tracked_fields(model))
    table, events = model._meta.db_table, event_model(model)._meta.db_table
    known = f"SELECT 1 FROM {events} WHERE pgh_obj_id = {table}.id"
    where = f"WHERE NOT EXISTS ({known})" if only_unknown else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {events} (pgh_created_at, pgh_label, pgh_obj_id, {names}) "
            f"SELECT %s, %s, {table}.id, {names} FROM {table} {where}",
            [moment, label],
        )


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
