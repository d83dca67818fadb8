"""Changes of a measure and its parts as sentences, for whoever tells what is new."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from measures.models import Measure
from smartregion.base.changes import FieldChange, differences
from smartregion.base.fields import LongText

FIELDS: Final = [
    *["title", "field", "lead", "summary", "goal", "benefit", "target_group", "phase", "status", "light"],
    *["starts_on", "ends_on", "is_starter"],
]
"""What is told of a measure; all of it stands on its public page."""


def changed_in_words(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[str]]:
    """By the key of the first of two states of a measure, a sentence for each field that differs."""
    return {
        key: [_change(change) for change in changes]
        for key, changes in differences(Measure, pairs, FIELDS).items()
    }


def _change(change: FieldChange) -> str:
    long = {field.verbose_name for field in Measure._meta.fields if isinstance(field, LongText)}
    values = {"what": change.label, "now": change.after, "before": change.before}
    if change.label in long:
        return _("%(what)s neu gefasst.") % values
    return _("%(what)s jetzt „%(now)s“, zuvor „%(before)s“.") % values


def milestone_in_words(old: Any, new: Any) -> str:
    """What became of a milestone; "" if nothing that is told."""
    if new is None or old is None:
        title = (new or old).title
        return (_("Neuer Meilenstein „%s“.") if new else _("Meilenstein „%s“ entfernt.")) % title
    values = {"title": new.title, "day": _day(new.actual_date or _due(new)), "before": _day(_due(old))}
    if new.actual_date and not old.actual_date:
        return _("Meilenstein „%(title)s“ am %(day)s erreicht.") % values
    if _due(new) != _due(old):
        return _("Meilenstein „%(title)s“ jetzt fällig am %(day)s, zuvor am %(before)s.") % values
    return ""


def _due(milestone: Any) -> date | None:
    """As `Milestone.due_on`, which the history does not keep."""
    return milestone.forecast_date or milestone.planned_date


def _day(day: date | None) -> str:
    return date_format(day, "d.m.Y") if day else "–"
