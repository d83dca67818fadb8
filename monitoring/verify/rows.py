"""The rows of a report against their history: the newest event, and each event against the one after it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from monitoring.models import Erratum, Report, ReportText
from monitoring.models.errata import FIXED_BY_APPROVAL
from monitoring.models.reports import FIXED_BY_COMPILING, FIXED_BY_SEALING
from monitoring.verify.finding import Finding
from smartregion.base.history import event_model, tracked_fields

Row = dict[str, Any]
Fixed = Callable[[Row, Row], list[str]]
STEPS: Final = ("compiled_at", "released_at", "sealed_at")
LABEL: Final = "pgh_label"
GONE: Final = {LABEL: "delete"}


def compare_rows(key: int) -> Iterator[Finding]:
    yield from _rows(Report, _fixed_in_report, id=key)
    yield from _rows(ReportText, _nothing_fixed, report_id=key)
    yield from _rows(Erratum, _fixed_in_erratum, report_id=key)


def _fixed_in_report(before: Row, after: Row) -> list[str]:
    """What triggers and services let nobody change after the first of the two events."""
    if before["sealed_at"]:
        return FIXED_BY_SEALING
    if not before["compiled_at"]:
        return []
    if not after["compiled_at"]:  # given back
        return FIXED_BY_COMPILING
    return [*FIXED_BY_COMPILING, *(name for name in FIXED_BY_SEALING if before.get(name))]


def _fixed_in_erratum(before: Row, after: Row) -> list[str]:
    return [*FIXED_BY_APPROVAL] if before["approved_at"] else []


def _nothing_fixed(before: Row, after: Row) -> list[str]:
    return []


def _rows(model: type[models.Model], fixed: Fixed, **of: int) -> Iterator[Finding]:
    names = [field.attname for field in tracked_fields(model)]
    rows = {row["id"]: row for row in model._base_manager.filter(**of).values(*names)}
    events: dict[int, list[Row]] = defaultdict(list)
    for event in event_model(model)._base_manager.filter(**of).order_by("pgh_id").values(LABEL, *names):
        events[event["id"]].append(event)
    kind = str(model._meta.verbose_name)
    for key in sorted(rows.keys() | events.keys()):
        yield from _newest(kind, rows.get(key), events[key])
        for before, after in pairwise([GONE, *events[key]]):
            yield from _step(kind, before, after, fixed)


def _newest(kind: str, row: Row | None, events: list[Row]) -> Iterator[Finding]:
    newest = events[-1] if events else GONE
    if (row is None) != (newest[LABEL] == "delete"):
        yield Finding(_("Die Zeile fehlt, oder es fehlt ihr Verlauf: %s.") % kind)
    for name, value in (row or {}).items():
        if newest.get(name, value) != value:
            yield Finding(_("Die Zeile sagt anderes als ihr Verlauf: %s.") % f"{kind}, {name}")


def _step(kind: str, before: Row, after: Row, fixed: Fixed) -> Iterator[Finding]:
    """From one event to the next: none is missing between them, and what was fixed has not changed."""
    if (before[LABEL] == "delete") != (after[LABEL] == "insert"):
        yield Finding(_("Im Verlauf fehlt ein Eintrag: %s.") % kind)
    if before[LABEL] == "delete":
        return
    kept = fixed(before, after)
    if kept and after[LABEL] == "delete":
        yield Finding(_("Im Verlauf wird gelöscht, was feststand: %s.") % kind)
    for name in sorted(set(kept)):
        if before.get(name) != after.get(name):
            yield Finding(_("Im Verlauf ändert sich, was feststand: %s.") % f"{kind}, {name}")
    taken = {after[name] for name in STEPS if after.get(name) and not before[name]}
    if len(taken) > 1:
        yield Finding(_("Im Verlauf fehlt ein Eintrag: %s.") % kind)
