"""The calendar of meetings: a month as days in weeks, a year as months; and what of it was asked for."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from governance.models import Committee, Meeting
from measures.models import Visibility
from smartregion.base.editing import SENSIBLE_YEARS


@dataclass(frozen=True)
class Day:
    date: date
    in_month: bool
    is_today: bool
    meetings: list[Meeting]


@dataclass(frozen=True)
class Wish:
    """What an address of the calendar asks for; what it cannot mean is left out."""

    month: date
    committee: Committee | None = None
    kind: str = ""
    committees: list[Committee] = field(default_factory=list)

    @classmethod
    def of(cls, asked: Mapping[str, str], user: Any) -> "Wish":
        committees = list(Committee.objects.visible_to(user))
        by_slug = {committee.slug: committee for committee in committees}
        kind = asked.get("art", "")
        return cls(
            month=_month_in(asked.get("monat", "")) or _year_in(asked.get("jahr", "")),
            committee=by_slug.get(asked.get("gremium", "")),
            kind=kind if kind in Committee.Kind.values else "",
            committees=committees,
        )

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        """Those of which the reader sees a committee."""
        there = {committee.kind for committee in self.committees}
        return [(value, label) for value, label in Committee.Kind.choices if value in there]

    @property
    def feeds(self) -> list[tuple[Committee, str]]:
        """Public committees, only the chosen one if there is one, each with its address for calendars."""
        chosen = [self.committee] if self.committee else self.committees
        return [
            (committee, f"{settings.PORTAL_URL}{reverse('committee_feed', args=[committee.slug])}")
            for committee in chosen
            if committee.visibility == Visibility.PUBLIC
        ]

    def meetings(self, user: Any, first: date, last: date) -> list[Meeting]:
        rows = Meeting.objects.visible_to(user).between(first, last).select_related("committee")
        if self.committee:
            rows = rows.filter(committee=self.committee)
        return list(rows.filter(committee__kind=self.kind) if self.kind else rows)

    def month_url(self, month: date) -> str:
        return self._url("calendar", {"monat": f"{month:%Y-%m}"})

    def year_url(self, year: int) -> str:
        return self._url("calendar_year", {"jahr": f"{year:04d}"})

    def _url(self, name: str, when: dict[str, str]) -> str:
        filters = {"gremium": self.committee.slug if self.committee else "", "art": self.kind}
        query = {**when, **{key: value for key, value in filters.items() if value}}
        return f"{reverse(name)}?{urlencode(query)}"


def month_after(month: date, steps: int = 1) -> date:
    number = month.year * 12 + month.month - 1 + steps
    return date(number // 12, number % 12 + 1, 1)


def weeks_of(month: date) -> list[date]:
    """All days of the weeks of a month, Mondays first."""
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    return [day for week in weeks for day in week]


def days_with(days: list[date], month: date, meetings: list[Meeting]) -> list[Day]:
    today, found = localdate(), _by_day(meetings)
    return [Day(day, day.month == month.month, day == today, found[day]) for day in days]


def months_with(meetings: list[Meeting]) -> list[tuple[date, list[Meeting]]]:
    found: defaultdict[date, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        found[meeting.day.replace(day=1)].append(meeting)
    return sorted(found.items())


def _by_day(meetings: list[Meeting]) -> defaultdict[date, list[Meeting]]:
    found: defaultdict[date, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        found[meeting.day].append(meeting)
    return found


def _month_in(text: str) -> date | None:
    year, _dash, month = text.partition("-")
    is_number = year.isdecimal() and month.isdecimal() and len(text) <= len("2027-03")
    if is_number and int(year) in SENSIBLE_YEARS and int(month) in range(1, 13):
        return date(int(year), int(month), 1)
    return None


def _year_in(text: str) -> date:
    """The first month of that year; without one the month of today."""
    if text.isdecimal() and len(text) <= 4 and int(text) in SENSIBLE_YEARS:
        return date(int(text), 1, 1)
    return localdate().replace(day=1)
