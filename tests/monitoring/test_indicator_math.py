"""The arithmetic of indicators holds for any values, also where they shall fall."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitoring.indicator_math import (
    MONTHS,
    Definition,
    OnTarget,
    Point,
    Target,
    Trend,
    attainment,
    combined,
    due_values,
    ended_periods,
    expected_share,
    on_target,
    period_of,
    region_values,
    standing,
    target_that_counts,
    trend,
)
from monitoring.models import Indicator

NUMBERS = st.decimals(-(10**9), 10**9, places=3)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
RHYTHMS = st.sampled_from(sorted(MONTHS))
DIRECTIONS = st.sampled_from(["rise", "fall"])
START, END = date(2024, 1, 1), date(2024, 12, 31)


def of(direction: str = "rise", **values: object) -> Definition:
    kept = {"rhythm": "yearly", "collected_from": START, **values}
    return Definition(direction=direction, **kept)  # type: ignore[arg-type]


def numbers(*pairs: tuple[date, int]) -> list[Point]:
    return [Point(day, Decimal(value)) for day, value in pairs]


def test_every_rhythm_has_its_months() -> None:
    assert set(MONTHS) == set(Indicator.Rhythm.values)


@pytest.mark.parametrize(
    ("baseline", "target", "value", "percent"),
    [
        ("0", "200", "50", 25),
        ("100", "60", "80", 50),
        ("100", "60", "110", -25),
        ("100", "60", "40", 150),
        ("0", "200", "1", 1),
        ("0", "200", "-1", -1),
        ("0", "1000", "4", 0),
        ("-10", "10", "0", 50),
        ("5", "5", "5", None),
        (None, "5", "5", None),
        ("5", None, "5", None),
        ("0", "5", None, None),
    ],
)
def test_attainment_is_the_share_of_the_way_in_whole_percent(
    baseline: str | None, target: str | None, value: str | None, percent: int | None
) -> None:
    baseline_, target_, value_ = (
        Decimal(text) if text is not None else None for text in (baseline, target, value)
    )
    assert attainment(baseline_, target_, value_) == percent


@given(NUMBERS, NUMBERS, NUMBERS)
def test_attainment_rounds_the_exact_share_half_up(
    baseline: Decimal, target: Decimal, value: Decimal
) -> None:
    assume(baseline != target)
    percent = attainment(baseline, target, value)
    exact = 100 * Fraction(value - baseline) / Fraction(target - baseline)
    assert percent is not None
    assert abs(percent - exact) <= Fraction(1, 2)
    if abs(percent - exact) == Fraction(1, 2):
        assert abs(percent) > abs(exact)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_attainment_is_the_same_for_a_mirrored_scale(
    baseline: Decimal, target: Decimal, value: Decimal
) -> None:
    assert attainment(baseline, target, value) == attainment(-baseline, -target, -value)


@given(NUMBERS, NUMBERS)
def test_the_baseline_is_0_percent_and_the_target_100(baseline: Decimal, target: Decimal) -> None:
    assume(baseline != target)
    assert [attainment(baseline, target, value) for value in (baseline, target)] == [0, 100]


@given(st.lists(st.tuples(DAYS, NUMBERS), unique_by=lambda pair: pair[0]), DAYS)
def test_the_target_that_counts_is_the_next_one_else_the_last(
    pairs: list[tuple[date, Decimal]], day: date
) -> None:
    targets = [Target(*pair) for pair in pairs]
    found = target_that_counts(targets, day)
    later = [target for target in targets if target.on >= day]
    wanted = min(later) if later else max(targets, default=None)
    assert found == wanted


@given(DAYS, DAYS, DAYS, DAYS)
def test_the_expected_share_grows_from_0_to_1(start: date, end: date, day: date, other: date) -> None:
    earlier, later = sorted((day, other))
    assert 0 <= expected_share(start, end, earlier) <= expected_share(start, end, later) <= 1
    assert expected_share(start, end, max(end, later)) == 1


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "value", "verdict"),
    [
        ("rise", 0, 366, 183, OnTarget.YES),
        ("rise", 0, 366, 182, OnTarget.NO),
        ("fall", 366, 0, 183, OnTarget.YES),
        ("fall", 366, 0, 184, OnTarget.NO),
        ("fall", 366, 0, -5, OnTarget.YES),
        ("rise", 7, 7, 7, OnTarget.YES),
        ("rise", 7, 7, 6, OnTarget.NO),
        ("fall", 7, 7, 8, OnTarget.NO),
    ],
)
def test_on_target_is_what_keeps_up_with_the_straight_line(
    direction: str, baseline: int, target: int, value: int, verdict: OnTarget
) -> None:
    definition = of(
        direction,
        baseline=Decimal(baseline),
        baseline_on=START,
        targets=[Target(START + timedelta(days=366), Decimal(target))],
    )
    assert on_target(definition, Decimal(value), START + timedelta(days=183)) == verdict


@pytest.mark.parametrize("missing", ["baseline", "targets", "value"])
def test_what_cannot_be_known_is_not_judged(missing: str) -> None:
    whole = of(baseline=Decimal(0), baseline_on=START, targets=(Target(END, Decimal(10)),))
    definition = {
        "baseline": replace(whole, baseline=None, baseline_on=None),
        "targets": replace(whole, targets=()),
        "value": whole,
    }[missing]
    points = [] if missing == "value" else numbers((END, 5))
    found = standing(definition, points, [], END)
    assert (found.attainment, found.on_target) == (None, OnTarget.UNKNOWN)


@given(DIRECTIONS, NUMBERS, NUMBERS)
def test_the_trend_turns_with_the_order_and_with_the_direction(
    direction: str, earlier: Decimal, later: Decimal
) -> None:
    opposite = {Trend.BETTER: Trend.WORSE, Trend.WORSE: Trend.BETTER, Trend.SAME: Trend.SAME}
    found = trend(direction, earlier, later)
    assert trend(direction, later, earlier) == opposite[found]
    assert trend({"rise": "fall", "fall": "rise"}[direction], earlier, later) == opposite[found]


def test_the_trend_compares_the_last_two_numbers_and_passes_over_no_value() -> None:
    days = [date(2024, month, 1) for month in (1, 2, 3, 4)]
    points = [*numbers((days[0], 9), (days[1], 1)), Point(days[2], None), *numbers((days[3], 2))]
    assert standing(of(), points, [], END).trend == Trend.BETTER
    assert standing(of("fall"), points, [], END).trend == Trend.WORSE
    assert standing(of(), points[:1], [], END).trend == Trend.UNKNOWN


def test_no_value_is_not_0_and_leaves_the_last_number_with_its_day() -> None:
    points = [*numbers((date(2024, 1, 1), 4)), Point(date(2024, 2, 1), None)]
    found = standing(of(), points, [], END)
    assert (found.value, found.on, found.unanswered_on) == (Decimal(4), points[0].on, points[1].on)
    nothing = standing(of(), points[1:], [], END)
    assert (nothing.value, nothing.on, nothing.unanswered_on) == (None, None, points[1].on)
    assert standing(of(), numbers((points[1].on, 0)), [], END).value == 0


def test_values_of_later_days_do_not_count() -> None:
    found = standing(of(), numbers((START, 1), (END, 2)), [], END - timedelta(days=1))
    assert (found.value, found.series) == (Decimal(1), (Point(START, Decimal(1)),))


@given(RHYTHMS, DAYS)
def test_a_period_holds_its_day_and_the_next_begins_the_day_after(rhythm: str, day: date) -> None:
    period = period_of(rhythm, day)
    assert day in period
    assert period.months == MONTHS[rhythm]
    following = period_of(rhythm, period.end + timedelta(days=1))
    assert following.start == period.end + timedelta(days=1)


@given(RHYTHMS, DAYS, st.integers(0, 2000))
def test_due_days_are_all_ends_of_periods_from_the_beginning_to_the_day(
    rhythm: str, start: date, days: int
) -> None:
    on = start + timedelta(days=days)
    ends = [period.end for period in ended_periods(rhythm, start, on)]
    every_day = (start + timedelta(days=day) for day in range(days + 1))
    assert ends == [day for day in every_day if period_of(rhythm, day).end == day]


def test_a_value_is_due_at_the_end_of_its_period_and_overdue_31_days_later() -> None:
    quarterly = of(rhythm="quarterly")
    first = date(2024, 3, 31)

    def told(on: date, points: list[Point]) -> list[tuple[date, bool]]:
        return [(due.period.end, due.is_overdue) for due in due_values(quarterly, points, [], on)]

    assert told(first - timedelta(days=1), []) == []
    assert told(first, []) == [(first, False)]
    assert told(first + timedelta(days=30), []) == [(first, False)]
    assert told(first + timedelta(days=31), []) == [(first, True)]
    assert told(first, [Point(date(2024, 1, 1), None)]) == []
    assert told(first, numbers((date(2023, 12, 31), 1))) == [(first, False)]


def test_each_municipality_owes_its_own_value() -> None:
    summed = of(combination="sum")
    due = due_values(summed, [Point(END, Decimal(1), 7), Point(END, Decimal(1))], [5, 7], END)
    assert [(missing.place, missing.period.end) for missing in due] == [(5, END)]


PLACES = [1, 2, 3]
VALUES_OF_PLACES = st.dictionaries(
    st.tuples(st.dates(date(2020, 1, 1), date(2023, 12, 31)), st.sampled_from([*PLACES, 9])),
    st.none() | NUMBERS,
)


@given(VALUES_OF_PLACES, RHYTHMS, st.sampled_from(["sum", "mean"]))
def test_only_values_of_the_same_period_count_together_and_each_place_once(
    values: dict[tuple[date, int], Decimal | None], rhythm: str, combination: str
) -> None:
    points = [Point(day, value, place) for (day, place), value in values.items()]
    for region in region_values(of(rhythm=rhythm, combination=combination), points, PLACES):
        last = {
            place: max(
                (p for p in points if p.place == place and p.on in region.period),
                key=lambda point: point.on,
                default=None,
            )
            for place in PLACES
        }
        counted = [point.value for point in last.values() if point and point.value is not None]
        total = sum(counted, Decimal(0))
        mean = (total / len(counted)).quantize(Decimal("0.001"), ROUND_HALF_UP)
        assert region.value == (total if combination == "sum" else mean)
        assert (region.counted, region.of) == (len(counted), 3)


@given(st.lists(NUMBERS, min_size=1))
def test_a_mean_lies_between_its_values(values: list[Decimal]) -> None:
    assert min(values) <= combined("mean", values) <= max(values)


def region(direction: str = "rise", combination: str = "sum") -> Definition:
    goal = (Target(END, Decimal(10)),)
    return of(direction, combination=combination, baseline=Decimal(0), baseline_on=START, targets=goal)


def test_a_sum_without_all_municipalities_is_shown_but_not_judged() -> None:
    values = [Point(END, Decimal(4), 1), Point(END, Decimal(6), 2)]
    whole = standing(region(), values, [1, 2], END)
    assert (whole.value, whole.counted, whole.of) == (Decimal(10), 2, 2)
    assert (whole.attainment, whole.on_target) == (100, OnTarget.YES)
    part = standing(region(), values, [1, 2, 3], END)
    assert (part.value, part.counted, part.of) == (Decimal(10), 2, 3)
    assert (part.attainment, part.on_target) == (None, OnTarget.UNKNOWN)
    mean = standing(region(combination="mean"), values, [1, 2, 3], END)
    assert (mean.value, mean.attainment) == (Decimal(5), 50)


def test_a_municipality_that_has_not_answered_yet_does_not_make_the_trend_worse() -> None:
    before = [Point(date(2023, 12, 31), Decimal(5), place) for place in (1, 2)]
    found = standing(region(), [*before, Point(END, Decimal(6), 1)], [1, 2], END)
    assert (found.value, found.trend) == (Decimal(6), Trend.BETTER)
    nobody_in_both = standing(region(), [before[0], Point(END, Decimal(6), 2)], [1, 2], END)
    assert nobody_in_both.trend == Trend.UNKNOWN


def test_with_places_a_value_without_one_does_not_count_and_without_places_one_with_it() -> None:
    points = [Point(END, Decimal(1)), Point(END, Decimal(2), 1)]
    assert standing(region(), points, [1], END).value == 2
    assert standing(of(), points, [], END).value == 1
