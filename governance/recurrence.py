"""How meetings recur: a rule (RRULE of RFC 5545) in local days, built from words and told in words."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from smartregion.base import written

MOST_MEETINGS: Final = 120
WEEKDAYS: Final = {
    "MO": gettext_lazy("Montag"),
    "TU": gettext_lazy("Dienstag"),
    "WE": gettext_lazy("Mittwoch"),
    "TH": gettext_lazy("Donnerstag"),
    "FR": gettext_lazy("Freitag"),
    "SA": gettext_lazy("Samstag"),
    "SU": gettext_lazy("Sonntag"),
}
PLACES: Final = {
    "1": gettext_lazy("ersten"),
    "2": gettext_lazy("zweiten"),
    "3": gettext_lazy("dritten"),
    "4": gettext_lazy("vierten"),
    "-1": gettext_lazy("letzten"),
}
MONTHS_OF: Final = {"monthly": 1, "quarterly": 3}
LEFT_OUT = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\s*(.*)")


def days_of(rule: str, starts_on: date) -> list[date]:
    """The days that the rule gives from `starts_on` on.

    Raises:
        ValidationError: it is no rule, or gives more than `MOST_MEETINGS`.
    """
    try:
        recurring = rrulestr(rule, dtstart=datetime.combine(starts_on, time()))
        found = [moment.date() for moment in islice(recurring, MOST_MEETINGS + 1)]
    except (ValueError, TypeError, AttributeError):
        raise ValidationError(_("Diese Wiederholung lässt sich nicht lesen.")) from None
    if len(found) > MOST_MEETINGS:
        raise ValidationError(
            _("Diese Reihe ergibt mehr als %d Termine. Bitte begrenzen Sie sie.") % MOST_MEETINGS
        )
    return found


def left_out_in(text: str) -> dict[date, str]:
    """The days that a series leaves out, with their reasons; one a line.

    Raises:
        ValidationError: a line does not begin with a day.
    """
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = LEFT_OUT.fullmatch(line)
        try:
            day, month, year = (int(part) for part in match.groups()[:3])  # type: ignore[union-attr]
            found[date(year, month, day)] = match[4]  # type: ignore[index]
        except (AttributeError, ValueError):
            raise ValidationError(
                _("Ausgelassene Tage: „%s“ beginnt nicht mit einem Tag wie 24.12.2026.") % line[:60]
            ) from None
    return found


def rule_of(words: Mapping[str, Any]) -> str:
    """The rule for what a form says in words (`governance/forms/series.py`)."""
    if words["rhythm"] == "weekly":
        parts = ["FREQ=WEEKLY", f"INTERVAL={words['every']}", f"BYDAY={words['weekday']}"]
    else:
        parts = ["FREQ=MONTHLY", f"INTERVAL={MONTHS_OF[words['rhythm']]}"]
        by_weekday = words["by"] == "weekday"
        parts.append(
            f"BYDAY={words['nth']}{words['weekday']}" if by_weekday else f"BYMONTHDAY={words['month_day']}"
        )
    ends_by_day = words["end"] == "until"
    parts.append(f"UNTIL={words['until']:%Y%m%d}" if ends_by_day else f"COUNT={words['count']}")
    return ";".join(parts)


def words_of(rule: str) -> dict[str, Any]:
    """What the form says for a rule that it has made; of any other rule what it knows of it."""
    parts = _parts(rule)
    weekday = re.fullmatch(r"(-?\d)?([A-Z]{2})", parts.get("BYDAY", ""))
    months = {"1": "monthly", "3": "quarterly"}.get(parts.get("INTERVAL", "1"), "monthly")
    words = {
        "rhythm": "weekly" if parts.get("FREQ") == "WEEKLY" else months,
        "every": parts.get("INTERVAL", "1"),
        "by": "month_day" if "BYMONTHDAY" in parts else "weekday",
        "weekday": weekday[2] if weekday else None,
        "nth": weekday[1] if weekday else None,
        "month_day": parts.get("BYMONTHDAY"),
        "end": "until" if "UNTIL" in parts else "count",
        "until": _day(parts["UNTIL"]) if "UNTIL" in parts else None,
        "count": parts.get("COUNT"),
    }
    return {name: value for name, value in words.items() if value is not None}


def in_words(rule: str) -> str:
    """Such as "monatlich am zweiten Mittwoch, bis 31.12.2027"."""
    words = words_of(rule)
    weekday = WEEKDAYS.get(words.get("weekday", ""), "")
    if words["rhythm"] == "weekly":
        every = int(words["every"])
        often = ngettext("jede Woche", "alle %d Wochen", every)
        often = often % every if "%d" in often else often
    else:
        often = _("vierteljährlich") if words["rhythm"] == "quarterly" else _("monatlich")
    if "month_day" in words:
        on = _("am %s.") % words["month_day"]
    else:
        place = PLACES.get(words.get("nth", ""), "")
        on = _("am %s") % " ".join(filter(None, map(str, (place, weekday))))
    end = _("bis %s") % written.day(words["until"]) if "until" in words else _("%s-mal") % words.get("count")
    return f"{often} {on}, {end}"


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";") if "=" in part)


def _day(text: str) -> date:
    return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


class RuleField(models.CharField[str, str]):
    """A rule; histories and conflicts tell it in words."""

    def in_words(self, rule: str) -> str:
        return in_words(rule)
