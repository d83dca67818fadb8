"""All measures on one line of time: a bar for each, with its milestones. Lengths are percent of the width."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext_lazy

from fields.models import ActionField
from measures.models import Measure, Milestone
from measures.timeline import stands_on, state_of
from measures.windows import Axis, Window, axis_of

TIMELINE_RULE = gettext_lazy(
    "Der Balken reicht vom Beginn bis zum Ende der Maßnahme; wo ein Tag fehlt, gilt der erste oder letzte "
    "Meilenstein. Ein Meilenstein steht an dem Tag, an dem er erreicht wurde, sonst an seiner Prognose, "
    "sonst an seinem Plantermin. Überfällig ist er, wenn dieser Tag vergangen ist und er nicht erreicht "
    "wurde. Die Maßnahmen stehen nach Handlungsfeld und Nummer."
)
STATES = {
    "done": gettext_lazy("erreicht"),
    "open": gettext_lazy("geplant"),
    "forecast": gettext_lazy("Prognose, abweichend vom Plan"),
    "late": gettext_lazy("überfällig"),
}


@dataclass(frozen=True)
class Term:
    """From when to when a measure runs; None where nobody said so and no milestone tells."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class Bar:
    """What the window shows of a term; where it goes on outside, its end is left open."""

    x: float
    width: float
    goes_back: bool
    goes_on: bool


@dataclass(frozen=True)
class Mark:
    """A milestone within the window."""

    milestone: Milestone
    on: date
    state: str
    x: float

    @property
    def label(self) -> str:
        return str(STATES[self.state])


@dataclass(frozen=True)
class Row:
    """One measure. `beside` is "before" or "after" if all there is of it lies on that side of the window."""

    measure: Measure
    term: Term
    bar: Bar | None
    marks: list[Mark]
    beside: str
    outside: int


@dataclass(frozen=True)
class Group:
    field: ActionField
    rows: list[Row]


@dataclass(frozen=True)
class OverviewTimeline:
    window: Window
    axis: Axis
    today: date
    today_x: float | None
    groups: list[Group]


def overview_timeline(measures: Iterable[Measure], window: Window, on: date) -> OverviewTimeline:
    """The drawing as of a day.

    Args:
        measures: from `Measure.objects.for_timeline()`.
    """
    rows = [row_of(measure, list(measure.milestones.all()), window, on) for measure in measures]
    return OverviewTimeline(
        window=window,
        axis=axis_of(window),
        today=on,
        today_x=window.scale.x(on) if on in window else None,
        groups=[
            Group(field, list(group)) for field, group in groupby(rows, key=lambda row: row.measure.field)
        ],
    )


def row_of(measure: Measure, milestones: Sequence[Milestone], window: Window, on: date) -> Row:
    term = term_of(measure, milestones)
    marks = marks_in(window, milestones, on)
    return Row(
        measure=measure,
        term=term,
        bar=bar_in(window, term),
        marks=marks,
        beside="" if marks else _side(window, term),
        outside=len(milestones) - len(marks),
    )


def term_of(measure: Measure, milestones: Sequence[Milestone]) -> Term:
    """The measure's own days; a missing one is told by its milestones, never the other way round in time."""
    days = [stands_on(milestone) for milestone in milestones]
    if not days:
        return Term(measure.starts_on, measure.ends_on)
    first, last = measure.starts_on or min(days), measure.ends_on or max(days)
    return Term(min(first, last), max(first, last))


def bar_in(window: Window, term: Term) -> Bar | None:
    """The bar, clipped at the window; None where none of the term lies in it, or nothing is known of it."""
    if not (term.first or term.last):
        return None
    first, last = term.first or window.first, term.last or window.last
    if first > window.last or last < window.first:
        return None
    x = window.scale.x(max(first, window.first))
    end = window.scale.x(min(last, window.last) + timedelta(days=1))
    return Bar(
        x=x,
        width=round(end - x, 2),
        goes_back=term.first is None or first < window.first,
        goes_on=term.last is None or last > window.last,
    )


def marks_in(window: Window, milestones: Iterable[Milestone], on: date) -> list[Mark]:
    """The milestones that stand within the window, in order of time."""
    marks = [
        Mark(milestone, day, state_of(milestone, on), window.scale.x(day))
        for milestone in milestones
        if (day := stands_on(milestone)) in window
    ]
    return sorted(marks, key=lambda mark: mark.on)


def _side(window: Window, term: Term) -> str:
    if term.last and term.last < window.first:
        return "before"
    return "after" if term.first and term.first > window.last else ""
