"""Which values are due from an account."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.due import owed_by
from monitoring.indicator_math import DAYS_TO_REPORT, Due
from smartregion.base.worklist import Entry, Severity, day_or_dash, days_between, may, source

ENTER_SOME = "monitoring.enter_some_values"


@source("werte", gettext_lazy("Werte fällig"), reminds=True, concerns=may(ENTER_SOME))
def due_values(user: Any, on: date) -> Iterator[Entry]:
    """One entry for each indicator, however many periods and municipalities are missing."""
    if not user.has_perm(ENTER_SOME):
        return
    for row, dues in owed_by(user, on):
        if not dues:
            continue
        indicator = row.indicator
        first = min(due.period.end for due in dues)
        is_overdue = any(due.is_overdue for due in dues)
        yield Entry(
            title=indicator.name,
            why=_why(dues, first, on, is_overdue=is_overdue),
            severity=Severity.NOW if is_overdue else Severity.SOON,
            on=first,
            page=indicator.get_absolute_url(),
            url=f"{reverse('value_entry')}?{urlencode({'indikator': indicator.key})}",
            action=_("Werte erfassen"),
            is_example=indicator.is_example,
        )


def _why(dues: list[Due], first: date, on: date, *, is_overdue: bool) -> str:
    number = len(dues)
    text = ngettext("Ein Wert fehlt", "%(number)d Werte fehlen", number) % {"number": number}
    places = len({due.place for due in dues} - {None})
    if places > 1:
        text = _("%(text)s (%(places)d Kommunen)") % {"text": text, "places": places}
    words = {"text": text, "day": day_or_dash(first), "days": days_between(first, on)}
    if is_overdue:
        words["until"] = day_or_dash(first + timedelta(days=DAYS_TO_REPORT))
        return _("%(text)s, der älteste zum %(day)s, überfällig seit dem %(until)s.") % words
    return _("%(text)s, fällig zum %(day)s (%(days)s).") % words
