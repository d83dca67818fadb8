"""The rows that a report is made of: from the history as of the Stichtag, cut to what its audience may see.

Two rules decide what gets in. What the audience might not see on the Stichtag stays out; and so does what was
taken back since then (public made internal), because a report compiled later must not publish it again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _

from fields.models import ActionField, Concept, Guideline
from governance.models import Committee, Resolution, ResolutionMeasure
from measures.models import Measure, Milestone, RolloutCell, StatusUpdate, Visibility
from monitoring.models import Audience, Report
from monitoring.periods import Period
from network.models import Municipality, Organisation, Region
from smartregion.base.history import rows_as_of
from smartregion.base.text import german_key

Row = Any
"""A row of the history, its fields as attributes."""


class NoData(Exception):
    """On the Stichtag there was no region or no concept yet; the German message says so."""


def moment_of(as_of: date) -> datetime:
    """The last moment of the Stichtag in the region's time, or the present one as long as that day lasts."""
    midnight = datetime.combine(as_of + timedelta(days=1), time.min, get_current_timezone())
    return min(midnight - timedelta(microseconds=1), now())


@dataclass(frozen=True)
class World:
    """Everything that stood at `moment`; lists are in the order in which they are printed.

    `on` is the first day that is not over: a milestone due before it and not reached is overdue.
    """

    moment: datetime
    on: date
    period: Period
    region: Row
    concept: Row
    guidelines: list[Row]
    fields: list[Row]
    municipalities: list[Row]
    organisations: dict[int, Row]
    measures: list[Row]
    milestones: dict[int, list[Row]]
    updates: dict[int, list[Row]]
    cells: dict[tuple[int, int], Row]
    committees: dict[int, Row]
    resolutions: list[Row]
    superseded: dict[int, str | None]
    measure_nos: dict[int, list[str]]


def read_world(report: Report, moment: datetime | None = None, *, as_then: bool = False) -> World:
    """Return the report's rows; one query per model, and one for each that has a visibility.

    Args:
        moment: whose state is read, instead of the end of the Stichtag.
        as_then: with what was taken back since; only for comparing, never for showing.

    Raises:
        NoData: nothing had been recorded by the Stichtag.
    """
    moment = moment or moment_of(report.as_of)
    history = _History(report, moment, as_then=as_then)
    regions, concepts = history.rows(Region), history.rows(Concept)
    if not regions or not concepts:
        raise NoData(
            _("Zum Stichtag %s waren noch keine Daten erfasst.") % date_format(report.as_of, "d.m.Y")
        )
    shown = (row for row in history.shown(Measure) if row.archived_at is None)
    measures = sorted(shown, key=lambda row: row.no)
    nos = {measure.pk: measure.no for measure in measures}
    links = [link for link in history.rows(ResolutionMeasure) if link.measure_id in nos]
    committees = {row.pk: row for row in history.shown(Committee) if _is_open(row, row)}
    recorded = history.rows(Resolution)
    readable = [
        row
        for row in history.shown(Resolution, recorded)
        if row.committee_id in committees and _is_open(row, committees[row.committee_id])
    ]
    return World(
        moment=moment,
        on=localdate(moment + timedelta(microseconds=1)),
        period=report.period,
        region=regions[0],
        concept=concepts[0],
        guidelines=_placed(row for row in history.rows(Guideline) if row.concept_id == concepts[0].pk),
        fields=_placed(row for row in history.rows(ActionField) if row.concept_id == concepts[0].pk),
        municipalities=sorted(history.rows(Municipality), key=lambda row: german_key(row.name)),
        organisations={row.pk: row for row in history.rows(Organisation)},
        measures=measures,
        milestones=_by_measure(history.rows(Milestone), lambda row: (row.planned_date, row.position, row.pk)),
        updates=_by_measure(
            (row for row in history.shown(StatusUpdate) if row.on <= report.as_of),
            lambda row: (row.on, row.pk),
        ),
        cells={(row.measure_id, row.municipality_id): row for row in history.rows(RolloutCell)},
        committees=committees,
        resolutions=sorted(
            (row for row in readable if report.period_start <= row.resolved_on <= report.as_of),
            key=lambda row: (row.resolved_on, row.number, row.pk),
        ),
        superseded=_superseded(recorded, readable),
        measure_nos=_grouped(links, lambda link: link.resolution_id, lambda link: nos[link.measure_id]),
    )


class _History:
    """The history at one moment for one audience."""

    def __init__(self, report: Report, moment: datetime, *, as_then: bool) -> None:
        self.moment, self.as_then = moment, as_then
        self.visible = {Visibility.PUBLIC.value}
        if report.audience == Audience.INTERNAL:
            self.visible.add(Visibility.INTERNAL.value)

    def rows(self, model: type[models.Model]) -> list[Row]:
        return [SimpleNamespace(**row, pk=row["pgh_obj_id"]) for row in rows_as_of(model, self.moment)]

    def shown(self, model: type[models.Model], rows: list[Row] | None = None) -> list[Row]:
        """Those of the model's rows that the audience might see then and that nobody has hidden since."""
        hidden = model._base_manager.exclude(visibility__in=self.visible)
        taken_back = set() if self.as_then else set(hidden.values_list("pk", flat=True))
        rows = self.rows(model) if rows is None else rows
        return [row for row in rows if row.visibility in self.visible and row.pk not in taken_back]


def _is_open(matter: Row, committee: Row) -> bool:
    """Internal matters of a committee are for its members: here those of the Lenkungskreis."""
    return bool(matter.visibility == Visibility.PUBLIC or committee.kind == Committee.Kind.STEERING)


def _superseded(recorded: list[Row], readable: list[Row]) -> dict[int, str | None]:
    """By primary key, what is no longer in force: the successor's number, None where it is not to be seen."""
    numbers = {row.pk: row.number for row in readable}
    return {row.supersedes_id: numbers.get(row.pk) for row in recorded if row.supersedes_id}


def _placed(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.position)


def _by_measure(rows: Iterable[Row], order: Callable[[Row], Any]) -> dict[int, list[Row]]:
    return _grouped(sorted(rows, key=order), lambda row: row.measure_id, lambda row: row)


def _grouped(
    rows: Iterable[Row], key: Callable[[Row], int], value: Callable[[Row], Any]
) -> dict[int, list[Any]]:
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(value(row))
    return groups
