"""Which time the timeline shows, where a day stands on it, and what its axis is labelled with."""

from datetime import date

import pytest

from measures.windows import (
    Quarter,
    Scale,
    Window,
    Zoom,
    axis_of,
    window_of_everything,
    window_of_quarters,
)

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-Q3", Quarter(2026, 3)),
        ("1900-Q1", Quarter(1900, 1)),
        ("2200-Q4", Quarter(2200, 4)),
        ("1899-Q4", None),
        ("2201-Q1", None),
        ("2026-Q5", None),
        ("2026-q3", None),
        ("2026-Q3 ", None),
        ("2026-Q3\n", None),
        ("٢٠٢٦-Q3", None),
        ("", None),
    ],
)
def test_only_a_quarter_of_a_sensible_year_is_understood(text: str, expected: Quarter | None) -> None:
    assert Quarter.named(text) == expected


def test_quarters_follow_one_another_over_the_turn_of_the_year() -> None:
    quarter = Quarter.of(TODAY)

    assert [str(quarter.later(by)) for by in (-4, -1, 0, 1, 4)] == [
        "2025-Q4",
        "2026-Q3",
        "2026-Q4",
        "2027-Q1",
        "2027-Q4",
    ]


@pytest.mark.parametrize(
    ("zoom", "wish", "first", "last", "label"),
    [
        (Zoom.QUARTER, None, date(2026, 10, 1), date(2026, 12, 31), "4. Quartal 2026"),
        (Zoom.QUARTER, Quarter(2024, 1), date(2024, 1, 1), date(2024, 3, 31), "1. Quartal 2024"),
        (Zoom.YEAR, None, date(2026, 7, 1), date(2027, 6, 30), "3. Quartal 2026 bis 2. Quartal 2027"),
        (
            Zoom.YEAR,
            Quarter(2200, 4),
            date(2200, 10, 1),
            date(2201, 9, 30),
            "4. Quartal 2200 bis 3. Quartal 2201",
        ),
    ],
)
def test_a_window_begins_with_the_quarter_wished_for_else_around_today(
    zoom: Zoom, wish: Quarter | None, first: date, last: date, label: str
) -> None:
    window = window_of_quarters(zoom, wish, TODAY)

    assert (window.first, window.last, window.label) == (first, last, label)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2024, 5, 2), date(2027, 2, 3), (date(2024, 1, 1), date(2027, 12, 31))),
        (date(2024, 5, 2), date(2025, 2, 3), (date(2024, 1, 1), date(2026, 12, 31))),
        (None, None, (date(2026, 1, 1), date(2026, 12, 31))),
        (date(204, 5, 2), date(9999, 12, 31), (date(1900, 1, 1), date(2200, 12, 31))),
    ],
)
def test_everything_is_whole_years_around_all_days_and_today(
    first: date | None, last: date | None, expected: tuple[date, date]
) -> None:
    window = window_of_everything(first, last, TODAY)

    assert (window.first, window.last) == expected


def test_a_day_maps_to_its_share_of_the_line() -> None:
    scale = Scale(date(2026, 1, 1), date(2026, 4, 11), 24, 200)

    assert [scale.x(day) for day in (date(2026, 1, 1), date(2026, 2, 20), date(2026, 4, 11))] == [
        24,
        124,
        224,
    ]


def test_a_window_is_a_hundred_percent_wide_from_its_first_day_to_the_end_of_its_last() -> None:
    scale = Window(Zoom.QUARTER, date(2026, 1, 1), date(2026, 4, 10)).scale

    assert [scale.x(day) for day in (date(2026, 1, 1), date(2026, 2, 20), date(2026, 4, 10))] == [0, 50, 99]


def test_the_axis_of_a_quarter_has_months_and_calendar_weeks() -> None:
    axis = axis_of(window_of_quarters(Zoom.QUARTER, Quarter(2027, 1), TODAY))

    assert [tick.label for tick in axis.major] == ["Januar 2027", "Februar 2027", "März 2027"]
    assert [tick.label for tick in axis.minor] == [f"KW {week}" for week in range(1, 14)]
    assert [tick.x for tick in axis.major] == [0, 34.44, 65.56]
    assert axis.minor[0].x == 3.33


def test_the_axis_of_a_year_has_quarters_and_months() -> None:
    axis = axis_of(window_of_quarters(Zoom.YEAR, Quarter(2026, 3), TODAY))

    assert [tick.label for tick in axis.major] == ["Q3 2026", "Q4 2026", "Q1 2027", "Q2 2027"]
    assert [tick.label for tick in axis.minor] == [
        *("Jul", "Aug", "Sep", "Okt", "Nov", "Dez", "Jan", "Feb", "Mär", "Apr", "Mai", "Jun")
    ]


@pytest.mark.parametrize(
    ("first", "last", "years", "quarters"),
    [(2024, 2027, 4, 16), (2020, 2026, 7, 0), (2000, 2026, 9, 0), (1900, 2200, 12, 0)],
)
def test_the_axis_of_everything_never_has_more_labels_than_fit(
    first: int, last: int, years: int, quarters: int
) -> None:
    axis = axis_of(window_of_everything(date(first, 3, 1), date(last, 3, 1), TODAY))

    assert (len(axis.major), len(axis.minor)) == (years, quarters)
    assert all(0 <= tick.x < tick.middle < 100 for tick in [*axis.major, *axis.minor])
