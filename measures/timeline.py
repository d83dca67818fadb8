"""Milestones on a line of time: the geometry of the drawing, without any place in it for text of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from measures.models import Milestone
from measures.windows import Scale

WIDTH: Final = 720
MARGIN: Final = 24
TOP: Final = 36
ROW: Final = 30
FOOT: Final = 20


@dataclass(frozen=True)
class Point:
    """One milestone: where it was planned, and where it is expected or was reached."""

    number: int
    milestone: Milestone
    y: int
    text_y: int
    planned_x: float
    due_x: float
    state: str
    delay: int


@dataclass(frozen=True)
class Timeline:
    points: list[Point]
    years: list[tuple[int, float]]
    today_x: float
    width: int
    height: int
    bottom: int


def timeline_of(milestones: Sequence[Milestone], on: date) -> Timeline | None:
    """The drawing as of a day, from the first month to the last; None without milestones."""
    days = [on]
    for milestone in milestones:
        days += [day for day in (milestone.planned_date, stands_on(milestone)) if day]
    if len(days) == 1:
        return None
    first, last = min(days) - timedelta(days=20), max(days) + timedelta(days=20)
    x = Scale(first, last, MARGIN, WIDTH - 2 * MARGIN).x
    bottom = TOP + ROW * len(milestones)
    return Timeline(
        points=[
            Point(
                number=number,
                milestone=milestone,
                y=TOP + ROW * (number - 1) + ROW // 2,
                text_y=TOP + ROW * (number - 1) + ROW // 2 + 5,
                planned_x=x(milestone.planned_date),
                due_x=x(stands_on(milestone)),
                state=state_of(milestone, on),
                delay=milestone.delay_days(on),
            )
            for number, milestone in enumerate(milestones, start=1)
        ],
        years=[(year, x(date(year, 1, 1))) for year in range(first.year + 1, last.year + 1)],
        today_x=x(on),
        width=WIDTH,
        height=bottom + FOOT,
        bottom=bottom,
    )


def stands_on(milestone: Milestone) -> date:
    """Where the milestone stands on a line of time: when it was reached, else when it is expected."""
    return milestone.actual_date or milestone.forecast_date or milestone.planned_date


def state_of(milestone: Milestone, on: date) -> str:
    """One of "done", "late", "forecast" (another day than planned) and "open"; each has its own shape."""
    if milestone.actual_date:
        return "done"
    if milestone.is_overdue(on):
        return "late"
    return "open" if stands_on(milestone) == milestone.planned_date else "forecast"
