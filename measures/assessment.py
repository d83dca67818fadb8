"""The computed Ampel: what dates and reports say about a measure, beside what its lead says.

A pure function of a day, so that a page of today and a report as of a past day compute it alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.models import Measure
from smartregion.base import written

RED_AFTER_DAYS: Final = 90
"""A milestone overdue by a quarter: the Lenkungskreis met meanwhile, so it is its matter (glossary: red)."""
UPDATE_YELLOW_AFTER_DAYS, UPDATE_RED_AFTER_DAYS = Measure.Rhythm.QUARTERLY.silence
"""A status update is expected each quarter (92 days), unless the measure has another rhythm; a week more is
no deviation yet. Two quarters without one: nobody knows how the measure stands."""
ASSESSMENT_RULE = gettext_lazy(
    "Berechnet wird nur für laufende Maßnahmen. Gelb: Ein Meilenstein ist überfällig, oder der letzte "
    "Sachstand ist älter als %(yellow)s Tage. Rot: Ein Meilenstein ist seit mehr als %(overdue)s Tagen "
    "überfällig, oder der letzte Sachstand ist älter als %(red)s Tage. Wer nicht vierteljährlich berichtet, "
    "hat andere Grenzen: monatlich %(monthly)s, halbjährlich %(halfyearly)s Tage. Sonst grün. Es zählen nur "
    "Sachstände, die für die jeweilige Leserschaft sichtbar sind. Die angegebene Ampel darf davon abweichen."
)


class Due(Protocol):
    """What counts of a milestone: its title and dates."""

    title: str
    planned_date: date
    forecast_date: date | None
    actual_date: date | None


@dataclass(frozen=True)
class Input:
    """One thing that the light is computed from, with the threshold that it is measured by.

    Attributes:
        reason: why it is not green; "" where it is.
    """

    label: str
    value: str
    threshold: str
    light: Measure.Light
    reason: str = ""


@dataclass(frozen=True)
class Assessment:
    """A light with its reasons as German sentences; green and grey may have none."""

    light: Measure.Light
    reasons: list[str]


def assessment_rule() -> str:
    """The rule in words, with its thresholds."""
    return str(ASSESSMENT_RULE) % {
        "yellow": UPDATE_YELLOW_AFTER_DAYS,
        "overdue": RED_AFTER_DAYS,
        "red": UPDATE_RED_AFTER_DAYS,
        "monthly": _("%s und %s") % Measure.Rhythm.MONTHLY.silence,
        "halfyearly": _("%s und %s") % Measure.Rhythm.HALF_YEARLY.silence,
    }


def is_worse(computed: str, stated: str) -> bool:
    """Whether the computed light contradicts the stated one; grey, not assessed, hides it as green does."""
    worst = [Measure.Light.YELLOW, Measure.Light.RED]
    return computed in worst and (stated not in worst or worst.index(computed) > worst.index(stated))  # type: ignore[arg-type]


def assess(
    status: str,
    milestones: Iterable[Due],
    last_update_on: date | None,
    on: date,
    rhythm: str = Measure.Rhythm.QUARTERLY,
) -> Assessment:
    """Return the light that dates alone suggest on that day; a measure that does not run is grey.

    A running measure that never had an update counts as yellow: silence is a deviation, but no known danger.
    """
    if status != Measure.Status.ACTIVE:
        label = Measure.Status(status).label
        return Assessment(Measure.Light.GREY, [_("Nicht bewertet: Die Maßnahme ist %s.") % label])
    inputs = inputs_of(milestones, last_update_on, on, rhythm)
    lights = {each.light for each in inputs}
    reasons = [each.reason for each in inputs if each.reason]
    for light in (Measure.Light.RED, Measure.Light.YELLOW):
        if light in lights:
            return Assessment(light, reasons)
    return Assessment(Measure.Light.GREEN, reasons)


def inputs_of(
    milestones: Iterable[Due],
    last_update_on: date | None,
    on: date,
    rhythm: str = Measure.Rhythm.QUARTERLY,
) -> list[Input]:
    """What `assess` looks at: each overdue milestone, or that there is none, and the last update."""
    overdue = _overdue(milestones, on)
    none = Input(_("überfällige Meilensteine"), _("keiner"), _overdue_threshold(), Measure.Light.GREEN)
    return [*(overdue or [none]), _silence(last_update_on, on, Measure.Rhythm(rhythm))]


def _overdue_threshold() -> str:
    return _("gelb ab 1 Tag, rot nach %s Tagen") % RED_AFTER_DAYS


def _overdue(milestones: Iterable[Due], on: date) -> list[Input]:
    found = []
    for milestone in milestones:
        due = milestone.forecast_date or milestone.planned_date
        if (milestone.actual_date and milestone.actual_date <= on) or due >= on:
            continue
        days = (on - due).days
        light = Measure.Light.RED if days > RED_AFTER_DAYS else Measure.Light.YELLOW
        reason = ngettext(
            "Meilenstein „%(title)s“ ist seit %(days)s Tag überfällig.",
            "Meilenstein „%(title)s“ ist seit %(days)s Tagen überfällig.",
            days,
        )
        value = ngettext("%s Tag überfällig", "%s Tage überfällig", days) % days
        said = reason % {"title": milestone.title, "days": days}
        found.append(Input(milestone.title, value, _overdue_threshold(), light, said))
    return found


def _silence(last_update_on: date | None, on: date, rhythm: Measure.Rhythm) -> Input:
    yellow, red = rhythm.silence
    label = _("letzter Sachstand")
    threshold = _("gelb nach %(yellow)s Tagen, rot nach %(red)s Tagen") % {
        "yellow": yellow,
        "red": red,
    }
    if last_update_on is None:
        reason = _("Es liegt noch kein Sachstand vor.")
        return Input(label, _("noch keiner"), threshold, Measure.Light.YELLOW, reason)
    days = (on - last_update_on).days
    said = {"day": written.day(last_update_on), "days": days}
    value = ngettext("%(day)s, %(days)s Tag alt", "%(day)s, %(days)s Tage alt", days) % said
    if days <= yellow:
        return Input(label, value, threshold, Measure.Light.GREEN)
    light = Measure.Light.RED if days > red else Measure.Light.YELLOW
    reason = _("Der letzte Sachstand ist vom %(day)s (vor %(days)s Tagen).") % said
    return Input(label, value, threshold, light, reason)
