"""On which days offices work."""

from datetime import date, timedelta
from typing import Final

SATURDAY: Final = 5
HOLIDAYS: Final = {(1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31)}
"""Days of the year on which no German office works."""


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and (day.month, day.day) not in HOLIDAYS


def begins_week(day: date) -> bool:
    """Whether it is the first working day of its week: a Monday, if that is no holiday."""
    monday = day - timedelta(days=day.weekday())
    before = (monday + timedelta(days=number) for number in range(day.weekday()))
    return is_working_day(day) and not any(map(is_working_day, before))
