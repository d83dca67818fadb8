"""Periods of the calendar: their names, their neighbours, and the ones that people ask for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from django.utils.translation import gettext as _

from smartregion.base import written

QUARTERS_OFFERED: Final = 8
YEARS_OFFERED: Final = 3


@dataclass(frozen=True, order=True)
class Period:
    """From its first to its last day, both included."""

    start: date
    end: date

    @classmethod
    def quarter(cls, day: date) -> Self:
        """The quarter in which the day lies."""
        start = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        return cls(start, months_later(start, 3) - timedelta(days=1))

    @classmethod
    def year(cls, day: date) -> Self:
        return cls(date(day.year, 1, 1), date(day.year, 12, 31))

    @property
    def months(self) -> int | None:
        """How many whole months it has, None if it does not begin and end with a month."""
        following = self.end + timedelta(days=1)
        if self.start.day != 1 or following.day != 1:
            return None
        return (following.year - self.start.year) * 12 + following.month - self.start.month

    @property
    def is_quarter(self) -> bool:
        return self == Period.quarter(self.start)

    @property
    def is_year(self) -> bool:
        return self == Period.year(self.start)

    @property
    def label(self) -> str:
        """ "3. Quartal 2026", "Jahr 2025", or its two dates."""
        if self.is_year:
            return _("Jahr %s") % self.start.year
        if self.is_quarter:
            return _("%(number)s. Quartal %(year)s") % {"number": self._number, "year": self.start.year}
        return _("%(start)s bis %(end)s") % {
            "start": written.day(self.start),
            "end": written.day(self.end),
        }

    @property
    def slug(self) -> str:
        """For file names: "2026-q3", "2025", "2026-03-01-bis-2026-04-30"."""
        if self.is_year:
            return f"{self.start.year}"
        if self.is_quarter:
            return f"{self.start.year}-q{self._number}"
        return f"{self.start.isoformat()}-bis-{self.end.isoformat()}"

    @property
    def following(self) -> "Period":
        """The next period of the same length: in whole months where it has whole months, else in days."""
        start = self.end + timedelta(days=1)
        if self.months:
            return Period(start, months_later(start, self.months) - timedelta(days=1))
        return Period(start, start + (self.end - self.start))

    def is_over(self, on: date) -> bool:
        """Its last day has ended: nothing that happens on that day or later belongs to it."""
        return self.end < on

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def _number(self) -> int:
        return (self.start.month - 1) // 3 + 1


def offered_periods(on: date) -> list[Period]:
    """Quarters and years that somebody may want a report on, the running ones first."""
    quarters = [Period.quarter(on)]
    while len(quarters) < QUARTERS_OFFERED:
        quarters.append(Period.quarter(quarters[-1].start - timedelta(days=1)))
    years = [Period.year(date(on.year - age, 1, 1)) for age in range(YEARS_OFFERED)]
    return quarters + years


def months_later(day: date, months: int) -> date:
    """The first of the month that many months after the day's month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
