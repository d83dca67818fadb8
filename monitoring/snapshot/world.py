"""What every part of a snapshot is built from: the region, the concept, and the measures of the report."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone, now
from django.utils.translation import gettext as _

from fields.models import ActionField, Concept, Guideline
from measures.models import Measure, Milestone, StatusUpdate
from measures.time_machine import first_day
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.snapshot.cells import Cells, read_cells
from monitoring.snapshot.matters import Matters
from monitoring.snapshot.parts import needed_parts
from monitoring.snapshot.past import Past, Row
from monitoring.snapshot.scope import Scope, scope_of
from network.models import Municipality, Organisation, Region
from smartregion.base import written
from smartregion.base.text import german_key

MEASURE = (
    *("no", "title", "slug", "field_id", "lead_id", "summary", "goal", "benefit", "target_group", "contact"),
    *("phase", "status", "status_reason", "light", "light_reason", "needed_decision", "starts_on", "ends_on"),
    *("update_rhythm", "is_starter", "is_example", "archived_at"),
)
MILESTONE = ("measure_id", "title", "planned_date", "forecast_date", "actual_date", "weight", "position")
REGION = ("name", "portal_title", "coordination_office", "residents_note", "boundary_note", "example_notice")
CONCEPT = ("title", "vision", "resolved_on", "resolved_by", "source")
MUNICIPALITY = ("organisation_id", "name", "slug", "abbreviation", "ags", "residents", "residents_on")


class NoData(Exception):
    """There is nothing to report: the German message says why."""


class TooEarly(NoData):
    """Nothing had been recorded by the Stichtag."""

    def __init__(self, as_of: date) -> None:
        text = _("Zum Stichtag %s waren noch keine Daten erfasst.") % written.day(as_of)
        if begin := first_day():
            text += " " + _("Die Aufzeichnung beginnt am %s.") % written.day(begin)
        super().__init__(text)


def moment_of(as_of: date) -> datetime:
    """The last moment of the Stichtag in the region's time, or the present one as long as that day lasts."""
    midnight = datetime.combine(as_of + timedelta(days=1), time.min, get_current_timezone())
    return min(midnight - timedelta(microseconds=1), now())


@dataclass(frozen=True)
class World:
    """What stood at the moment of `past`; lists are in the order in which they are printed.

    Attributes:
        parts: what the report's sections need, see `parts.NEEDED_BY`.
        all_places: the municipalities of the region; `places` are those of the report.
        measures: those that belong to the report.
    """

    past: Past
    as_of: date
    period: Period
    parts: set[str]
    scope: Scope
    region: Row
    concept: Row
    all_places: list[Row]
    places: list[Row]
    fields: list[Row]
    measures: list[Row]
    cells: Cells
    matters: Matters

    @property
    def on(self) -> date:
        return self.past.on

    @cached_property
    def by_key(self) -> dict[int, Row]:
        """The report's measures by their key."""
        return {measure.pk: measure for measure in self.measures}

    @cached_property
    def nos(self) -> dict[int, str]:
        """Their numbers by their key."""
        return {measure.pk: measure.no for measure in self.measures}

    @cached_property
    def organisations(self) -> dict[int, Row]:
        return {row.pk: row for row in self.past.rows(Organisation, "name", "short_name")}

    @cached_property
    def guidelines(self) -> list[Row]:
        rows = self.past.rows(Guideline, "concept_id", "title", "text", "position")
        return _placed(row for row in rows if row.concept_id == self.concept.pk)

    @cached_property
    def milestones(self) -> dict[int, list[Row]]:
        rows = self.past.rows(Milestone, *MILESTONE)
        return by_measure(rows, lambda row: (row.planned_date, row.position, row.pk))

    @cached_property
    def updates(self) -> dict[int, list[Row]]:
        """Those that the audience may read, and that are not dated after the Stichtag."""
        shown = self.past.shown(StatusUpdate, "measure_id", "on", "text")
        return by_measure((row for row in shown if row.on <= self.as_of), lambda row: (row.on, row.pk))


def read_world(report: Report, moment: datetime | None = None, *, as_then: bool = False) -> World:
    """Return the report's rows; one query per model, and one for each that has a visibility.

    Args:
        moment: whose state is read, instead of the end of the Stichtag.
        as_then: see `Past`.

    Raises:
        TooEarly: nothing had been recorded by the Stichtag.
        NoData: what the report is about was not to be seen.
    """
    past = Past(report.audience, moment or moment_of(report.as_of), as_then)
    regions, concepts = past.rows(Region, *REGION), past.rows(Concept, *CONCEPT)
    if not regions or not concepts:
        raise TooEarly(report.as_of)
    fields = past.rows(ActionField, "concept_id", "name", "slug", "position")
    places = sorted(past.rows(Municipality, *MUNICIPALITY), key=lambda row: german_key(row.name))
    shown = [row for row in past.shown(Measure, *MEASURE) if row.archived_at is None]
    parts = needed_parts(report.sections)
    cells = read_cells(past, [row.pk for row in shown])
    scope = scope_of(report, fields=fields, places=places, measures=shown, cells=cells)
    if scope is None:
        raise NoData(
            _("Worum es in diesem Bericht geht, war zum Stichtag %s nicht zu sehen.")
            % date_format(report.as_of, "d.m.Y")
        )
    return World(
        past=past,
        as_of=report.as_of,
        period=report.period,
        parts=parts,
        scope=scope,
        region=regions[0],
        concept=concepts[0],
        all_places=places,
        places=[row for row in places if scope.has_place(row)],
        fields=_placed(row for row in fields if row.concept_id == concepts[0].pk and scope.has_chapter(row)),
        measures=sorted((row for row in shown if row.pk in scope.measures), key=lambda row: row.no),
        cells=cells,
        matters=Matters(past),
    )


def read_first_world(report: Report, moment: datetime | None = None) -> World:
    """The rows of a report that has no snapshot yet; one that would be about no measure is refused.

    Raises:
        NoData: see `read_world`; or no measure is among what the report's template chooses.
    """
    world = read_world(report, moment)
    if report.filters and not world.measures:
        raise NoData(_("Keine Maßnahme passt zur Auswahl der Vorlage."))
    return world


def _placed(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.position)


def by_measure(rows: Iterable[Row], order: Callable[[Row], Any]) -> dict[int, list[Row]]:
    """The rows of each measure, in this order."""
    groups = defaultdict(list)
    for row in sorted(rows, key=order):
        groups[row.measure_id].append(row)
    return groups
