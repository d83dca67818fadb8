"""The stretch of time that the timeline of all measures shows, as its address names it, and its axis."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartregion.base import written
from smartregion.base.editing import SENSIBLE_YEARS

QUARTERS_OF_YEAR: Final = 4
WEEK: Final = timedelta(days=7)
MOST_YEARS_WITH_QUARTERS: Final = 6
MOST_LABELS: Final = 12
"""So many labels of years fit beside one another on a phone."""
FIRST_DAY, LAST_DAY = date(SENSIBLE_YEARS[0], 1, 1), date(SENSIBLE_YEARS[-1], 12, 31)


class Zoom(models.TextChoices):
    """How much time is shown; the values stand in the address."""

    QUARTER = "quartal", gettext_lazy("Quartal")
    YEAR = "jahr", gettext_lazy("Jahr")
    ALL = "alles", gettext_lazy("Alles")


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of the calendar, from 1 to 4 in its year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def named(cls, text: str) -> Self | None:
        """The quarter that is called "2026-Q3"; None for anything else, and for years nobody plans in."""
        found = re.fullmatch(r"([0-9]{4})-Q([1-4])", text)
        quarter = cls(int(found[1]), int(found[2])) if found else None
        return quarter if quarter and quarter.is_sensible else None

    @property
    def is_sensible(self) -> bool:
        return self.year in SENSIBLE_YEARS

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    def later(self, quarters: int) -> Self:
        year, number = divmod(self.year * 4 + self.number - 1 + quarters, 4)
        return type(self)(year, number + 1)

    @property
    def label(self) -> str:
        return _("%(number)s. Quartal %(year)s") % {"number": self.number, "year": self.year}

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


@dataclass(frozen=True)
class Scale:
    """Maps days to places on a line: `first` to `left`, the day `end` to `left + width`."""

    first: date
    end: date
    left: float
    width: float
    digits: int = 1

    def x(self, day: date) -> float:
        return round(
            self.left + (day - self.first).days * self.width / (self.end - self.first).days, self.digits
        )


@dataclass(frozen=True)
class Window:
    """The days from `first` to `last`, both shown; `quarter` is where it begins, unless it shows all."""

    zoom: Zoom
    first: date
    last: date
    quarter: Quarter | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def scale(self) -> Scale:
        """In percent of the width, so that a drawing is as wide as there is room and needs no script."""
        return Scale(self.first, self.last + timedelta(days=1), 0, 100, digits=2)

    @property
    def label(self) -> str:
        if self.quarter and self.zoom == Zoom.QUARTER:
            return self.quarter.label
        if self.quarter:
            until = self.quarter.later(QUARTERS_OF_YEAR - 1)
            return _("%(first)s bis %(last)s") % {"first": self.quarter.label, "last": until.label}
        days = {"first": written.day(self.first), "last": written.day(self.last)}
        return _("%(first)s bis %(last)s") % days


def window_of_quarters(zoom: Zoom, quarter: Quarter | None, today: date) -> Window:
    """One quarter, or four; without a wish the running one, or four from the one before it."""
    length = 1 if zoom == Zoom.QUARTER else QUARTERS_OF_YEAR
    begins = quarter or Quarter.of(today).later(0 if zoom == Zoom.QUARTER else -1)
    return Window(zoom, begins.start, begins.later(length).start - timedelta(days=1), begins)


def window_of_everything(first: date | None, last: date | None, today: date) -> Window:
    """Whole years around all days given and today."""
    days = [min(max(day, FIRST_DAY), LAST_DAY) for day in (first, last, today) if day]
    return Window(Zoom.ALL, date(min(days).year, 1, 1), date(max(days).year, 12, 31))


@dataclass(frozen=True)
class Tick:
    """A labelled part of the axis; its label stands in the middle of what can be seen of it."""

    label: str
    x: float
    middle: float


@dataclass(frozen=True)
class Axis:
    major: list[Tick]
    minor: list[Tick]


def axis_of(window: Window) -> Axis:
    """Months above weeks in a quarter, quarters above months in a year, else years, with quarters if few."""
    if window.zoom == Zoom.QUARTER:
        weeks = [(day, _("KW %s") % day.isocalendar().week) for day in _mondays(window)]
        return Axis(_ticks(window, _months(window), "F Y"), _labelled(window, weeks))
    if window.zoom == Zoom.YEAR:
        quarters = [(day, f"Q{Quarter.of(day).number} {day.year}") for day in _months(window, step=3)]
        return Axis(_labelled(window, quarters), _ticks(window, _months(window), "M"))
    years = window.last.year - window.first.year + 1
    step = -(-years // MOST_LABELS)
    starts = [date(year, 1, 1) for year in range(window.first.year, window.last.year + 1, step)]
    shown = _months(window, step=3) if years <= MOST_YEARS_WITH_QUARTERS else []
    named = [(day, f"Q{Quarter.of(day).number}") for day in shown]
    return Axis(_ticks(window, starts, "Y"), _labelled(window, named))


def _months(window: Window, step: int = 1) -> list[date]:
    months = range(
        window.first.year * 12 + window.first.month - 1, window.last.year * 12 + window.last.month, step
    )
    return [date(number // 12, number % 12 + 1, 1) for number in months]


def _mondays(window: Window) -> list[date]:
    monday = window.first + timedelta(days=-window.first.weekday() % 7)
    return [monday + WEEK * week for week in range(((window.last - monday).days // 7) + 1)]


def _ticks(window: Window, days: list[date], style: str) -> list[Tick]:
    return _labelled(window, [(day, date_format(day, style)) for day in days])


def _labelled(window: Window, days: list[tuple[date, str]]) -> list[Tick]:
    scale = window.scale
    starts = [scale.x(day) for day, _label in days]
    ends = [*starts, 100.0][1:]
    return [
        Tick(label, x, round((x + end) / 2, 2))
        for (_day, label), x, end in zip(days, starts, ends, strict=True)
    ]
