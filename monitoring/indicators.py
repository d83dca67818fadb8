"""Indicators as pages show them: each with where it stands, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitoring.indicator_math import Definition, Due, Point, Standing, Target, standing, trend_of
from monitoring.models import Indicator, IndicatorValue
from network.models import Municipality
from smartregion.base.charts import Chart, Dot, line_chart, sparkline
from smartregion.base.figures import figure


@dataclass(frozen=True)
class Shown:
    """An indicator with where it stands."""

    indicator: Indicator
    standing: Standing
    points: list[Point]

    def figure(self, value: Decimal | None) -> str:
        """The value as a reader sees it, without its unit."""
        return figure(value, self.indicator.decimals)

    @property
    def value(self) -> str:
        return self.figure(self.standing.value)

    @property
    def target(self) -> str:
        return self.figure(self.standing.target.value if self.standing.target else None)

    @property
    def bar(self) -> int:
        """How much of the attainment's bar is filled: what lies below 0 and above 100 % only words tell."""
        return min(max(self.standing.attainment or 0, 0), 100)

    def dots(self, points: Iterable[Point]) -> list[Dot]:
        return [
            Dot(point.on, point.value, self.figure(point.value))
            for point in points
            if point.value is not None
        ]

    @property
    def sparkline(self) -> SafeString:
        return sparkline(
            title=_("Verlauf von „%s“") % self.indicator.name, values=self.dots(self.standing.series)
        )

    @cached_property
    def chart(self) -> Chart:
        indicator = self.indicator
        baseline = []
        if indicator.baseline is not None and indicator.baseline_on is not None:
            baseline = self.dots([Point(indicator.baseline_on, indicator.baseline)])
        targets = self.dots(Point(target.on, target.value) for target in indicator.targets.all())
        return line_chart(
            chart_id="verlauf",
            title=_("%(name)s in %(unit)s") % {"name": indicator.name, "unit": indicator.unit},
            values=self.dots(self.standing.series),
            decimals=indicator.decimals,
            baseline=baseline[0] if baseline else None,
            targets=targets,
        )


@dataclass(frozen=True)
class Place:
    """A municipality with its values of one indicator; `latest` may be an entry that says "no value"."""

    shown: Shown
    municipality: Municipality
    points: list[Point]

    @property
    def latest(self) -> Point | None:
        return self.points[-1] if self.points else None

    @property
    def value(self) -> str:
        return self.shown.figure(self.latest.value if self.latest else None)

    @property
    def trend(self) -> Any:
        return trend_of(self.shown.indicator.direction, self.points)

    @property
    def sparkline(self) -> SafeString:
        return sparkline(
            title=_("Verlauf in %s") % self.municipality.name, values=self.shown.dots(self.points)
        )

    @property
    def is_overdue(self) -> bool:
        return any(due.is_overdue for due in self.due)

    @property
    def due(self) -> list[Due]:
        return [due for due in self.shown.standing.due if due.place == self.municipality.pk]


def definition_of(indicator: Indicator) -> Definition:
    """Of an indicator from `with_definition`."""
    return Definition(
        direction=indicator.direction,
        rhythm=indicator.rhythm,
        collected_from=indicator.collected_from,
        baseline=indicator.baseline,
        baseline_on=indicator.baseline_on,
        targets=[Target(target.on, target.value) for target in indicator.targets.all()],
        combination=indicator.combination,
    )


def shown(indicators: Iterable[Indicator], on: date) -> list[Shown]:
    """Where these indicators (from `with_definition`) stand on that day. Two queries more, however many."""
    indicators = list(indicators)
    points: dict[int, list[Point]] = defaultdict(list)
    rows = IndicatorValue.objects.filter(indicator__in=[row.pk for row in indicators], on__lte=on)
    for key, day, value, place in rows.values_list("indicator", "on", "value", "municipality"):
        points[key].append(Point(day, value, place))
    places = list(Municipality.objects.values_list("pk", flat=True))
    return [
        Shown(row, standing(definition_of(row), points[row.pk], places, on), points[row.pk])
        for row in indicators
    ]


def place_of(shown: Shown, municipality: Municipality) -> Place:
    return Place(shown, municipality, [point for point in shown.points if point.place == municipality.pk])


def places_of(shown: Shown) -> list[Place]:
    """Every municipality in alphabetical order, with its values. One query."""
    points: dict[int | None, list[Point]] = defaultdict(list)
    for point in shown.points:
        points[point.place].append(point)
    return [Place(shown, row, points[row.pk]) for row in Municipality.objects.defer("boundary")]
