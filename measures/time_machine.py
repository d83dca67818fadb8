"""Which days a page can be shown as of, and what it tells about the one that is shown."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from django.db.models import Min
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_date
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from measures.models.waves import next_quarter, quarter_label, quarter_of
from network.models import Region
from smartregion.base import written
from smartregion.base.clock import DAY_IN_ADDRESS
from smartregion.base.history import event_model

MOST_QUARTERS: Final = 24


class NotShown(Exception):
    """The day cannot be shown; the German message says why."""


def first_day() -> date | None:
    """The day on which the region's history begins; None before there is a region."""
    moment = event_model(Region)._base_manager.aggregate(first=Min("pgh_created_at"))["first"]
    return moment and localdate(moment)


def quarter_ends(first: date, today: date) -> list[date]:
    """The last days of the quarters that ended since then, the newest first."""
    ends: list[date] = []
    quarter = quarter_of(today)
    while len(ends) < MOST_QUARTERS and (end := quarter - timedelta(days=1)) >= first:
        ends.append(end)
        quarter = quarter_of(end)
    return ends


def read_day(text: str, *, first: date | None) -> date:
    """The past day that the text names.

    Raises:
        NotShown: it names none, or one that is not past, or one before `first`.
    """
    try:
        day = parse_date(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None:
        raise NotShown(
            _("„%s“ ist kein Tag. Ein Tag wird so geschrieben: 2025-06-30.") % text[:40].replace("\0", "")
        )
    if day >= localdate():
        raise NotShown(_("Der %s ist noch nicht vorbei.") % written.day(day))
    if first is None or day < first:
        begin = _("Die Aufzeichnung beginnt am %s.") % written.day(first) if first else ""
        raise NotShown(
            _("Für den %(day)s gibt es keine Daten. %(begin)s") % {"day": written.day(day), "begin": begin}
        )
    return day


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass
class TimeMachine:
    """What `components/_time_machine.html` shows on a page.

    Attributes:
        day: the day whose state is shown; None for the present.
        problem: why the day that was asked for is not shown.
    """

    request: HttpRequest
    day: date | None = None
    problem: str = ""

    @cached_property
    def first_day(self) -> date | None:
        return first_day()

    @property
    def yesterday(self) -> date:
        return localdate() - timedelta(days=1)

    @property
    def is_offered(self) -> bool:
        """There is a day to go to, or one is shown, or it has to be said why not."""
        return bool(self.day or self.problem or (self.first_day and self.first_day <= self.yesterday))

    @property
    def choices(self) -> list[Choice]:
        """The ends of the quarters, the oldest first."""
        ends = quarter_ends(self.first_day, localdate()) if self.first_day else []
        if self.day and self.day not in ends:
            ends.append(self.day)
        return [
            Choice(
                f"{day:%Y-%m-%d}",
                _("%(day)s (Ende %(quarter)s)") % {"day": written.day(day), "quarter": quarter_label(day)}
                if next_quarter(quarter_of(day)) == day + timedelta(days=1)
                else written.day(day),
                day == self.day,
            )
            for day in sorted(ends)
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else stands in the address and stays there when the day changes."""
        left_out = {DAY_IN_ADDRESS, "page"}
        return [
            (name, value)
            for name, values in self.request.GET.lists()
            if name not in left_out
            for value in values
            if value
        ]

    @property
    def present_url(self) -> str:
        """This page today. The empty day tells that the link means what it says (`keep_day`)."""
        query = QueryDict(mutable=True)
        for name, value in self.kept:
            query.appendlist(name, value)
        query[DAY_IN_ADDRESS] = ""
        return f"{self.request.path}?{query.urlencode()}"
