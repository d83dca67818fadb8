"""The wave plan as pages show it: every planned start with its wave, its stage and what speaks against it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.models import Measure, PlannedStart, Prerequisite, RolloutCell
from measures.models.ladder import Stage, reaches
from measures.models.waves import NOT_MOVING, next_quarter, quarter_label
from network.models import Municipality
from smartregion.base.text import german_key

SIZE_CLASSES: Final = [(10_000, 1), (25_000, 2)]
"""Below so many residents a municipality bears so many starts at a time."""
LARGEST_BEARS: Final = 3
PILOT_RUNS: Final = {Measure.Phase.IDEA, Measure.Phase.CONCEPT, Measure.Phase.PILOT}
LOAD_RULE = gettext_lazy(
    "Ein Start bindet eine Kommune in seinem Quartal und im nächsten. Zugleich gelten als tragbar: bis unter "
    "10.000 Einwohner ein Start, bis unter 25.000 zwei, darüber drei. Gezählt werden alle geplanten Starts, "
    "die Sie hier sehen, außer denen, die schon begonnen haben."
)


@dataclass
class Planned:
    """A planned start; `wave` counts the quarters in which the measure has any."""

    start: PlannedStart
    wave: int
    stage: Stage
    warnings: list[str] = field(default_factory=list)

    @property
    def is_awaited(self) -> bool:
        return self.stage in NOT_MOVING


@dataclass(frozen=True)
class Group:
    """Planned starts under one heading."""

    title: str
    url: str
    items: list[Planned]


@dataclass(frozen=True)
class Total:
    """What is planned for one quarter."""

    label: str
    starts: int
    municipalities: int
    warnings: int


def bearable(residents: int) -> int:
    return next((starts for below, starts in SIZE_CLASSES if residents < below), LARGEST_BEARS)


def planned_starts(user: Any, on: date) -> list[Planned]:
    """All that the user may see, in order of quarter, measure and municipality. Three queries."""
    starts = list(PlannedStart.objects.visible_to(user).in_order().defer("municipality__boundary"))
    return _with_warnings(starts, on)


def _with_warnings(starts: list[PlannedStart], on: date) -> list[Planned]:
    needs: dict[int, list[Prerequisite]] = defaultdict(list)
    for need in Prerequisite.objects.binding().select_related("required"):
        needs[need.measure_id].append(need)
    stages = _stages(
        {start.measure_id for start in starts}
        | {need.required_id for some in needs.values() for need in some}
    )
    waves = _waves(starts)
    found = [
        Planned(
            start,
            waves[start.measure_id].index(start.quarter) + 1,
            stages.get((start.measure_id, start.municipality_id), Stage.UNKNOWN),
        )
        for start in starts
    ]
    load = _load(found)
    planned = {(start.measure_id, start.municipality_id): start.quarter for start in starts}
    for each in found:
        if each.is_awaited:
            each.warnings = [*_own(each.start, load, on), *_missing(each.start, needs, stages, planned)]
    return found


def _stages(measures: set[int]) -> dict[tuple[int, int], Stage]:
    cells = RolloutCell.objects.filter(measure__in=measures).order_by()
    rows = cells.values_list("measure", "municipality", "stage")
    return {(measure, place): Stage(stage) for measure, place, stage in rows}


def _waves(starts: Iterable[PlannedStart]) -> dict[int, list[date]]:
    quarters: dict[int, set[date]] = defaultdict(set)
    for start in starts:
        quarters[start.measure_id].add(start.quarter)
    return {measure: sorted(some) for measure, some in quarters.items()}


def _load(found: Iterable[Planned]) -> Counter[tuple[int, date]]:
    """How many starts bind a municipality in a quarter."""
    load: Counter[tuple[int, date]] = Counter()
    for each in found:
        if each.is_awaited:
            place, quarter = each.start.municipality_id, each.start.quarter
            load.update([(place, quarter), (place, next_quarter(quarter))])
    return load


def _own(start: PlannedStart, load: Counter[tuple[int, date]], on: date) -> list[str]:
    """What speaks against a start without a look at other measures' stages."""
    warnings = []
    if start.is_past(on):
        warnings.append(_("Das Quartal ist vorbei, und die Kommune hat nicht begonnen."))
    number, most = load[start.municipality_id, start.quarter], bearable(start.municipality.residents)
    if number > most:
        text = ngettext(
            "%(number)d Starts zugleich; tragbar ist einer.",
            "%(number)d Starts zugleich; tragbar sind %(most)d.",
            most,
        )
        warnings.append(text % {"number": number, "most": most})
    if start.measure.phase in PILOT_RUNS:
        phase = Measure.Phase(start.measure.phase).label
        warnings.append(_("Der Pilot der Maßnahme ist nicht beendet (Phase „%s“).") % phase)
    return warnings


def _missing(
    start: PlannedStart,
    needs: dict[int, list[Prerequisite]],
    stages: dict[tuple[int, int], Stage],
    planned: dict[tuple[int, int], date],
) -> list[str]:
    """Prerequisites that the municipality has neither reached nor planned for an earlier quarter."""
    warnings = []
    for each in needs.get(start.measure_id, []):
        pair = (each.required_id, start.municipality_id)
        is_there = reaches(stages.get(pair, Stage.UNKNOWN), each.stage)
        if not is_there and planned.get(pair, date.max) >= start.quarter:
            words = {"title": each.required.title, "stage": each.get_stage_display()}
            warnings.append(_("Voraussetzung fehlt bis dahin: „%(title)s“ mindestens „%(stage)s“.") % words)
    return warnings


def by_measure(planned: list[Planned]) -> list[Group]:
    return _groups(
        planned,
        lambda each: (each.start.measure.no, each.start.measure.title, each.start.measure.get_absolute_url()),
    )


def by_municipality(planned: list[Planned]) -> list[Group]:
    def key(each: Planned) -> tuple[Any, str, str]:
        place: Municipality = each.start.municipality
        return german_key(place.name), place.name, place.get_absolute_url()

    return _groups(planned, key)


def by_quarter(planned: list[Planned]) -> list[Group]:
    return _groups(planned, lambda each: (each.start.quarter, each.start.label, ""))


def _groups(planned: list[Planned], key: Callable[[Planned], tuple[Any, str, str]]) -> list[Group]:
    """One group for each sort key, heading and address, in the order of the sort key."""
    groups: dict[tuple[Any, str, str], list[Planned]] = defaultdict(list)
    for each in planned:
        groups[key(each)].append(each)
    return [
        Group(
            title,
            url,
            sorted(items, key=lambda each: (each.start.quarter, german_key(each.start.municipality.name))),
        )
        for (_order, title, url), items in sorted(groups.items(), key=lambda entry: entry[0])
    ]


def totals(planned: list[Planned]) -> list[Total]:
    """Per quarter, in their order."""
    quarters: dict[date, list[Planned]] = defaultdict(list)
    for each in planned:
        quarters[each.start.quarter].append(each)
    return [
        Total(
            label=quarter_label(quarter),
            starts=len(some),
            municipalities=len({each.start.municipality_id for each in some}),
            warnings=sum(bool(each.warnings) for each in some),
        )
        for quarter, some in sorted(quarters.items())
    ]
