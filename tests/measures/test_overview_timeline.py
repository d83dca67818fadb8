"""The drawing of all measures on one line of time, as pure functions of a day and a window."""

from datetime import date

import pytest

from measures.models import Measure, Milestone
from measures.overview_timeline import Bar, Term, bar_in, marks_in, overview_timeline, row_of, term_of
from measures.windows import Window, Zoom

HUNDRED_DAYS = Window(Zoom.QUARTER, date(2026, 1, 1), date(2026, 4, 10))
TODAY = date(2026, 2, 20)


def milestone(title: str, planned: date, **days: date) -> Milestone:
    return Milestone(title=title, planned_date=planned, **days)


EARLY = milestone("früh", date(2025, 3, 1))
DONE = milestone("erreicht", date(2026, 1, 1), actual_date=date(2026, 1, 11))
LATE = milestone("überfällig", date(2026, 2, 10))
DUE_TODAY = milestone("heute", TODAY)
MOVED = milestone("verschoben", date(2026, 1, 2), forecast_date=date(2026, 3, 2))
LAST_DAY = milestone("letzter Tag", date(2026, 4, 10))
AFTER = milestone("danach", date(2026, 4, 11))


def test_a_term_is_the_measures_own_or_that_of_its_milestones() -> None:
    starts, ends = date(2026, 2, 1), date(2026, 3, 1)
    both, start, end = (
        Measure(starts_on=starts, ends_on=ends),
        Measure(starts_on=starts),
        Measure(ends_on=ends),
    )
    nothing = Measure()

    assert [term_of(measure, [EARLY, AFTER]) for measure in (both, start, end, nothing)] == [
        Term(starts, ends),
        Term(starts, date(2026, 4, 11)),
        Term(date(2025, 3, 1), ends),
        Term(date(2025, 3, 1), date(2026, 4, 11)),
    ]
    assert [term_of(measure, []) for measure in (both, start, end, nothing)] == [
        Term(starts, ends),
        Term(starts, None),
        Term(None, ends),
        Term(None, None),
    ]
    assert term_of(start, [EARLY]) == Term(date(2025, 3, 1), starts)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 1, 11), date(2026, 1, 20), Bar(10, 10, goes_back=False, goes_on=False)),
        (date(2026, 1, 1), date(2026, 4, 10), Bar(0, 100, goes_back=False, goes_on=False)),
        (date(2025, 12, 31), date(2026, 4, 11), Bar(0, 100, goes_back=True, goes_on=True)),
        (date(2020, 1, 1), date(2026, 1, 10), Bar(0, 10, goes_back=True, goes_on=False)),
        (date(2026, 4, 10), date(2030, 1, 1), Bar(99, 1, goes_back=False, goes_on=True)),
        (date(2026, 2, 20), None, Bar(50, 50, goes_back=False, goes_on=True)),
        (None, date(2026, 2, 19), Bar(0, 50, goes_back=True, goes_on=False)),
        (date(2025, 1, 1), date(2025, 12, 31), None),
        (date(2026, 4, 11), date(2026, 5, 1), None),
        (None, date(2025, 12, 31), None),
        (date(2026, 4, 11), None, None),
        (None, None, None),
    ],
)
def test_a_bar_is_clipped_at_the_window(first: date | None, last: date | None, expected: Bar | None) -> None:
    assert bar_in(HUNDRED_DAYS, Term(first, last)) == expected


def test_only_milestones_within_the_window_are_drawn_each_with_its_state_in_order_of_time() -> None:
    marks = marks_in(HUNDRED_DAYS, [EARLY, DONE, LATE, LAST_DAY, MOVED, DUE_TODAY, AFTER], TODAY)

    assert [(mark.milestone.title, mark.state, mark.label, mark.x) for mark in marks] == [
        ("erreicht", "done", "erreicht", 10),
        ("überfällig", "late", "überfällig", 40),
        ("heute", "open", "geplant", 50),
        ("verschoben", "forecast", "Prognose, abweichend vom Plan", 60),
        ("letzter Tag", "open", "geplant", 99),
    ]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "milestones", "beside"),
    [
        (date(2025, 1, 1), date(2025, 2, 1), [], "before"),
        (date(2027, 1, 1), date(2027, 2, 1), [], "after"),
        (date(2025, 1, 1), date(2025, 2, 1), [LATE], ""),
        (date(2026, 1, 1), date(2026, 2, 1), [], ""),
        (None, None, [], ""),
    ],
)
def test_a_row_says_on_which_side_of_the_window_all_of_it_lies(
    starts_on: date | None, ends_on: date | None, milestones: list[Milestone], beside: str
) -> None:
    row = row_of(Measure(starts_on=starts_on, ends_on=ends_on), milestones, HUNDRED_DAYS, TODAY)

    assert row.beside == beside


def test_a_row_counts_the_milestones_that_its_window_does_not_show() -> None:
    assert row_of(Measure(), [EARLY, DONE, AFTER], HUNDRED_DAYS, TODAY).outside == 2


@pytest.mark.parametrize(
    ("today", "x"),
    [
        (date(2026, 1, 1), 0),
        (date(2026, 2, 20), 50),
        (date(2026, 4, 10), 99),
        (date(2025, 12, 31), None),
        (date(2026, 4, 11), None),
    ],
)
def test_todays_line_is_drawn_only_where_the_window_shows_today(today: date, x: float | None) -> None:
    assert overview_timeline([], HUNDRED_DAYS, today).today_x == x
