"""Values that are due: who owes them, and the lines of the quick entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from monitoring.forms.indicator_values import prefix_of
from monitoring.indicator_math import Due, period_of
from monitoring.indicators import Shown, shown
from monitoring.models import Indicator
from monitoring.periods import Period
from network.models import Municipality

PREFIX: Final = re.compile(r"(\d{1,18})_(\d{1,18})_(\d{8})")
MOST_LINES: Final = 60
"""As many as one form shows; the rest comes when these are done."""


@dataclass(frozen=True)
class DueLine:
    """A value that is due, of one indicator, place and period."""

    shown: Shown
    municipality: Municipality | None
    period: Period
    is_overdue: bool

    @property
    def indicator(self) -> Indicator:
        return self.shown.indicator

    @property
    def prefix(self) -> str:
        place = self.municipality.pk if self.municipality else None
        return prefix_of(self.indicator, place, self.period.end)

    @property
    def label(self) -> str:
        return period_label(self.period)


def places_for(user: Any, indicator: Indicator) -> Any:
    """The municipalities for which the user may report values of this indicator; None without places."""
    if not indicator.per_municipality:
        return None
    places = Municipality.objects.defer("boundary")
    return places if is_for(user, indicator, None) else places.filter(pk=user.municipality_id)


def owed_by(user: Any, on: date, key: str = "") -> list[tuple[Shown, list[Due]]]:
    """What the user may enter, each with what is due of it.

    Args:
        key: only the indicator with this key.
    """
    entered = Indicator.objects.entered_by(user).with_definition()
    rows = shown([row for row in entered if key in ("", row.key)], on)
    return [
        (row, [due for due in row.standing.due if is_for(user, row.indicator, due.place)]) for row in rows
    ]


def is_for(user: Any, indicator: Indicator, place: int | None) -> bool:
    """Whether a place's values are among those that the user enters, of an indicator that they enter."""
    if not user.municipality_id or place == user.municipality_id:
        return True
    return indicator.measure is not None and any(
        seat.user_id == user.pk for seat in indicator.measure.team.all()
    )


class DueLines:
    """What is due, by indicator, place in alphabetical order, and day."""

    def __init__(self, user: Any, on: date, key: str = "") -> None:
        self.user = user
        self.places = {row.pk: row for row in Municipality.objects.defer("boundary")}
        self.owed = owed_by(user, on, key)
        self.every = [line for row, dues in self.owed for line in self._lines(row, dues)]

    def _lines(self, row: Shown, dues: list[Due]) -> list[DueLine]:
        order = {place: number for number, place in enumerate(self.places)}
        in_order = sorted(dues, key=lambda due: (order.get(due.place or 0, -1), due.period))
        return [DueLine(row, self.places.get(due.place or 0), due.period, due.is_overdue) for due in in_order]

    @property
    def first(self) -> list[DueLine]:
        return self.every[:MOST_LINES]

    @property
    def left(self) -> int:
        return max(len(self.every) - MOST_LINES, 0)

    def sent(self, prefixes: Sequence[str]) -> list[DueLine]:
        """The lines that a form was sent with, also those that somebody has answered meanwhile."""
        due = {line.prefix: line for line in self.every}
        lines = (due.get(prefix) or self._answered(prefix) for prefix in dict.fromkeys(prefixes))
        return [line for line in lines if line]

    def _answered(self, prefix: str) -> DueLine | None:
        parts = PREFIX.fullmatch(prefix)
        if parts is None:
            return None
        pk, place, day = int(parts[1]), int(parts[2]), parts[3]
        for row, _dues in self.owed:
            if row.indicator.pk == pk and self._may_report(row.indicator, place):
                try:
                    period = period_of(row.indicator.rhythm, date.fromisoformat(day))
                except (ValueError, OverflowError):
                    return None
                return DueLine(row, self.places.get(place), period, is_overdue=False)
        return None

    def _may_report(self, indicator: Indicator, place: int) -> bool:
        if indicator.per_municipality:
            return place in self.places and is_for(self.user, indicator, place)
        return place == 0


def period_label(period: Period) -> str:
    """ "März 2026", "1. Halbjahr 2026", else as the period itself says it."""
    if period.months == 1:
        return date_format(period.start, "F Y")
    if period.months == 6:
        number = 1 if period.start.month == 1 else 2
        return _("%(number)d. Halbjahr %(year)d") % {"number": number, "year": period.start.year}
    return period.label
