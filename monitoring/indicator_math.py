"""What an indicator's values say: exact arithmetic, each rule with the German words in which pages tell it.

Everything here takes plain values, so that a page of today, a past day and a report's snapshot count alike.
`standing` is the whole answer about one indicator on one day.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from monitoring.periods import Period, months_later

DAYS_TO_REPORT: Final = 30
DECIMALS: Final = 3
"""To how many decimals values are kept, and means are rounded."""
MONTHS: Final = {"monthly": 1, "quarterly": 3, "halfyearly": 6, "yearly": 12}
"""Length of a collection period by the code of the rhythm."""

ATTAINMENT_RULE: Final = _(
    "Zielerreichung = (Ist − Ausgangswert) / (Ziel − Ausgangswert), in ganzen Prozent, kaufmännisch "
    "gerundet; so gilt sie auch für Werte, die sinken sollen. Unter 0 % heißt: vom Ziel entfernt, über "
    "100 %: übertroffen. Ohne Ausgangswert, Ziel oder Wert, oder wenn Ziel und Ausgangswert gleich sind, "
    "gibt es keine."
)
TARGET_RULE: Final = _(
    "Es zählt der nächste Zielwert am Tag des Wertes oder danach; nach dem letzten Zieltag der letzte "
    "Zielwert."
)
ON_TARGET_RULE: Final = _(
    "Im Soll ist ein Wert, der mindestens so gut ist wie die gerade Linie vom Ausgangswert zum Zielwert an "
    "seinem Tag; nach dem Zieltag zählt der Zielwert selbst."
)
TREND_RULE: Final = _(
    "Der Trend vergleicht die beiden jüngsten Werte in der gewünschten Richtung; „kein Wert“ zählt nicht "
    "mit. Bei Gesamtwerten vergleicht er nur Kommunen, die für beide Zeiträume einen Wert haben."
)
REGION_RULE: Final = _(
    "Gesamtwert je Erhebungszeitraum: von jeder Kommune zählt ihr jüngster Wert im selben Zeitraum; Werte "
    "verschiedener Zeiträume werden nie zusammengerechnet. Dabei steht, von wie vielen Kommunen er stammt. "
    "Eine Summe, zu der Kommunen fehlen, wird nicht mit dem Ziel verglichen."
)
DUE_RULE: Final = _(
    "Fällig ist ein Wert am letzten Tag jedes Zeitraums seit Beginn der Erhebung, überfällig, wenn er 30 "
    "Tage später noch fehlt. Auch „kein Wert“ mit Anmerkung ist eine Antwort."
)
RULES: Final = (ATTAINMENT_RULE, TARGET_RULE, ON_TARGET_RULE, TREND_RULE, REGION_RULE, DUE_RULE)


class OnTarget(TextChoices):
    YES = "yes", _("im Soll")
    NO = "no", _("hinter dem Soll")
    UNKNOWN = "unknown", _("nicht zu beurteilen")


class Trend(TextChoices):
    BETTER = "better", _("besser")
    SAME = "same", _("gleich")
    WORSE = "worse", _("schlechter")
    UNKNOWN = "unknown", _("nicht zu beurteilen")


class Point(NamedTuple):
    """A value on its day, None where none could be collected; `place`: the key of its municipality."""

    on: date
    value: Decimal | None
    place: int | None = None


class Target(NamedTuple):
    on: date
    value: Decimal


class Due(NamedTuple):
    """A period that ended without an answer; `place` as of a point."""

    period: Period
    place: int | None
    is_overdue: bool


@dataclass(frozen=True)
class Definition:
    """What the arithmetic has to know of an indicator; codes as in its model. `combination` "": no places."""

    direction: str
    rhythm: str
    collected_from: date
    baseline: Decimal | None = None
    baseline_on: date | None = None
    targets: Sequence[Target] = ()
    combination: str = ""


@dataclass(frozen=True)
class RegionValue:
    """The region's value of a period, from the values of `counted` of `of` municipalities."""

    period: Period
    on: date
    value: Decimal
    by_place: dict[int, Decimal]
    of: int

    @property
    def counted(self) -> int:
        return len(self.by_place)


@dataclass(frozen=True)
class Standing:
    """Where an indicator stands on a day.

    Attributes:
        value, on: the latest number and its day.
        unanswered_on: the day of a newer entry that says "no value".
        series: all numbers up to that day, oldest first; of the region where it is collected in places.
        counted, of: from how many of how many municipalities the value comes; 0 of 0 without places.
        due: the periods that ended without an answer, oldest first.
    """

    value: Decimal | None
    on: date | None
    unanswered_on: date | None
    target: Target | None
    attainment: int | None
    on_target: OnTarget
    trend: Trend
    series: tuple[Point, ...]
    counted: int
    of: int
    due: tuple[Due, ...]

    @property
    def is_overdue(self) -> bool:
        return any(due.is_overdue for due in self.due)


def attainment(baseline: Decimal | None, target: Decimal | None, value: Decimal | None) -> int | None:
    """`ATTAINMENT_RULE`."""
    if baseline is None or target is None or value is None or target == baseline:
        return None
    return _half_up(100 * (Fraction(value) - Fraction(baseline)) / (Fraction(target) - Fraction(baseline)))


def target_that_counts(targets: Iterable[Target], day: date) -> Target | None:
    """`TARGET_RULE`."""
    in_order = sorted(targets)
    return next((target for target in in_order if target.on >= day), in_order[-1] if in_order else None)


def expected_share(start: date, end: date, day: date) -> Fraction:
    """How much of the way from baseline to target is expected by that day, from 0 to 1."""
    if day >= end:
        return Fraction(1)
    return Fraction(max((day - start).days, 0), (end - start).days) if end > start else Fraction(1)


def on_target(definition: Definition, value: Decimal | None, day: date | None) -> OnTarget:
    """`ON_TARGET_RULE`."""
    target = target_that_counts(definition.targets, day) if day else None
    if value is None or day is None or target is None:
        return OnTarget.UNKNOWN
    if definition.baseline is None or definition.baseline_on is None:
        return OnTarget.UNKNOWN
    share = expected_share(definition.baseline_on, target.on, day)
    expected = Fraction(definition.baseline) + share * Fraction(target.value - definition.baseline)
    ahead = Fraction(value) - expected
    return OnTarget.YES if _wanted(ahead, definition.direction) >= 0 else OnTarget.NO


def trend(direction: str, earlier: Decimal | None, later: Decimal | None) -> Trend:
    """`TREND_RULE`, of two values."""
    if earlier is None or later is None:
        return Trend.UNKNOWN
    gain = _wanted(Fraction(later - earlier), direction)
    return Trend.SAME if gain == 0 else Trend.BETTER if gain > 0 else Trend.WORSE


def trend_of(direction: str, points: Iterable[Point]) -> Trend:
    """`TREND_RULE`, of the values of one place or of an indicator without places."""
    values = [point.value for point in sorted(points, key=_day) if point.value is not None]
    return trend(direction, *values[-2:]) if len(values) > 1 else Trend.UNKNOWN


def period_of(rhythm: str, day: date) -> Period:
    """The collection period in which the day lies."""
    months = MONTHS[rhythm]
    start = date(day.year, day.month - (day.month - 1) % months, 1)
    return Period(start, months_later(start, months) - timedelta(days=1))


def ended_periods(rhythm: str, collected_from: date, on: date) -> list[Period]:
    """The periods since the collection began whose last day has come, oldest first."""
    periods = []
    period = period_of(rhythm, collected_from)
    while period.end <= on:
        periods.append(period)
        period = period_of(rhythm, period.end + timedelta(days=1))
    return periods


def due_values(
    definition: Definition, points: Iterable[Point], places: Collection[int], on: date
) -> list[Due]:
    """`DUE_RULE`, by period and then in the order of `places`."""
    answered = {(point.place, period_of(definition.rhythm, point.on)) for point in points}
    return [
        Due(period, place, (on - period.end).days > DAYS_TO_REPORT)
        for period in ended_periods(definition.rhythm, definition.collected_from, on)
        for place in (places if definition.combination else [None])
        if (place, period) not in answered
    ]


def region_values(
    definition: Definition, points: Iterable[Point], places: Collection[int]
) -> list[RegionValue]:
    """`REGION_RULE`: one value for each period in which a municipality has one, oldest first."""
    latest: dict[Period, dict[int, Point]] = {}
    for point in sorted(points, key=_day):
        if point.place is not None and point.place in places:
            latest.setdefault(period_of(definition.rhythm, point.on), {})[point.place] = point
    found = []
    for period, by_place in sorted(latest.items()):
        values = {place: point.value for place, point in by_place.items() if point.value is not None}
        if values:
            on = max(by_place[place].on for place in values)
            value = combined(definition.combination, values.values())
            found.append(RegionValue(period, on, value, values, len(places)))
    return found


def combined(combination: str, values: Collection[Decimal]) -> Decimal:
    """The sum or the mean (to a thousandth) of at least one value."""
    total = sum(values, Decimal(0))
    if combination == "sum":
        return total
    return Decimal(_half_up(Fraction(total) / len(values) * 10**DECIMALS)).scaleb(-DECIMALS)


def standing(definition: Definition, points: Iterable[Point], places: Collection[int], on: date) -> Standing:
    """Where the indicator stands on that day; values of later days do not count.

    Args:
        places: the keys of all municipalities that are asked, where it is collected in each.
    """
    known = sorted((point for point in points if point.on <= on), key=_day)
    if not definition.combination:
        known = [point for point in known if point.place is None]
    line = _line_of_region(definition, known, places) if definition.combination else _line(definition, known)
    value, day = (line.series[-1].value, line.series[-1].on) if line.series else (None, None)
    newest = known[-1] if known else None
    target = target_that_counts(definition.targets, day or on)
    comparable = definition.combination != "sum" or line.counted == line.of
    return Standing(
        value=value,
        on=day,
        unanswered_on=newest.on if newest and newest.value is None and (not day or newest.on > day) else None,
        target=target,
        attainment=attainment(definition.baseline, target.value, value) if target and comparable else None,
        on_target=on_target(definition, value, day) if comparable else OnTarget.UNKNOWN,
        trend=line.trend,
        series=line.series,
        counted=line.counted,
        of=line.of,
        due=tuple(due_values(definition, known, places, on)),
    )


class _Line(NamedTuple):
    """The numbers that a standing is told from, oldest first."""

    series: tuple[Point, ...]
    trend: Trend
    counted: int = 0
    of: int = 0


def _line(definition: Definition, known: list[Point]) -> _Line:
    series = tuple(point for point in known if point.value is not None)
    return _Line(series, trend_of(definition.direction, series))


def _line_of_region(definition: Definition, known: list[Point], places: Collection[int]) -> _Line:
    regions = region_values(definition, known, places)
    series = tuple(Point(region.on, region.value) for region in regions)
    found = Trend.UNKNOWN
    if len(regions) > 1:
        earlier, later = regions[-2:]
        common = earlier.by_place.keys() & later.by_place.keys()
        if common:
            before, after = (
                combined(definition.combination, [region.by_place[place] for place in common])
                for region in (earlier, later)
            )
            found = trend(definition.direction, before, after)
    return _Line(series, found, regions[-1].counted if regions else 0, len(places))


def _wanted(difference: Fraction, direction: str) -> Fraction:
    """Positive where the difference goes in the wanted direction."""
    return -difference if direction == "fall" else difference


def _half_up(number: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    whole = (2 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
    return -whole if number < 0 else whole


def _day(point: Point) -> date:
    return point.on
