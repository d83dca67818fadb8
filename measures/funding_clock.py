"""The funding clock: what gets into trouble when a grant ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.models import CallOff, Grant, Measure, Milestone
from measures.money import called_off
from smartregion.base import written
from smartregion.base.money import euro
from smartregion.base.worklist import Severity, days_between

ENDS_SOON: Final = timedelta(days=90)
CALL_OFF_SOON: Final = timedelta(days=30)
URGENT: Final = timedelta(days=14)
GOING_ON: Final = {Measure.Status.PLANNED, Measure.Status.ACTIVE}


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One thing that the clock says, with the place where it is put right.

    Attributes:
        on: the day by which it has to be settled.
        url: the form for it; `action` says what is done there.
    """

    grant: Grant
    text: str
    on: date
    severity: Severity
    url: str
    action: str
    milestone: Milestone | None = None


def alarms(grants: QuerySet[Any], on: date) -> list[Alarm]:
    """What the clock says of these grants on that day, most urgent first. A fixed number of queries."""
    found = (
        alarm
        for grant in grants.with_clock()  # type: ignore[attr-defined]
        for alarm in (*_slipping(grant), *_unused(grant, on), *_due(grant.calloffs.all(), grant, on))
    )
    return sorted(found, key=lambda alarm: (alarm.severity, alarm.on, alarm.grant.pk))


def milestones_past(found: Iterable[Alarm]) -> dict[int, date]:
    """By the key of a milestone: the end of the grant that it misses, the earliest of several."""
    ends: dict[int, date] = {}
    for alarm in found:
        if alarm.milestone:
            end = alarm.grant.ends_on
            ends[alarm.milestone.pk] = min(end, ends.get(alarm.milestone.pk, end))
    return ends


def _slipping(grant: Grant) -> Iterator[Alarm]:
    """Open milestones of a measure that goes on, due after the grant has ended.

    Once all money was called off, that endangers no funding any more and is only worth knowing.
    """
    if grant.measure.status not in GOING_ON:
        return
    severity = Severity.NOW if _rest(grant) > 0 else Severity.INFO
    for milestone in grant.measure.open_milestones:  # type: ignore[attr-defined]
        if milestone.due_on > grant.ends_on:
            days = (milestone.due_on - grant.ends_on).days
            text = ngettext(
                "Der Meilenstein „%(milestone)s“ wird am %(due)s erwartet, %(days)d Tag nach dem Ende der "
                "Bewilligung am %(end)s (%(grant)s).",
                "Der Meilenstein „%(milestone)s“ wird am %(due)s erwartet, %(days)d Tage nach dem Ende der "
                "Bewilligung am %(end)s (%(grant)s).",
                days,
            )
            yield Alarm(
                grant=grant,
                text=text
                % {
                    "milestone": milestone.title,
                    "due": written.day(milestone.due_on),
                    "days": days,
                    "end": written.day(grant.ends_on),
                    "grant": grant,
                },
                on=grant.ends_on,
                severity=severity,
                url=reverse("milestone_edit", args=[grant.measure.slug, milestone.pk]),
                action=_("Meilenstein bearbeiten"),
                milestone=milestone,
            )


def _unused(grant: Grant, on: date) -> Iterator[Alarm]:
    """Money that was not called off, when the grant ends soon or has ended."""
    rest = _rest(grant)
    if rest <= 0 or grant.ends_on - on > ENDS_SOON:
        return
    has_ended = grant.ends_on < on
    text = (
        _("Die Bewilligung (%(grant)s) ist %(days)s abgelaufen; %(rest)s sind nicht abgerufen.")
        if has_ended
        else _("Die Bewilligung (%(grant)s) endet %(days)s am %(end)s; %(rest)s sind noch nicht abgerufen.")
    )
    yield Alarm(
        grant=grant,
        text=text
        % {
            "grant": grant,
            "days": days_between(grant.ends_on, on),
            "end": written.day(grant.ends_on),
            "rest": euro(rest),
        },
        on=grant.ends_on,
        severity=Severity.NOW if grant.ends_on - on <= URGENT else Severity.SOON,
        url=f"{reverse('calloff_add', args=[grant.measure.slug])}?grant={grant.pk}",
        action=_("Abruf eintragen"),
    )


def _due(calloffs: Iterable[CallOff], grant: Grant, on: date) -> Iterator[Alarm]:
    for calloff in calloffs:
        if calloff.done_on is None and calloff.due_on - on <= CALL_OFF_SOON:
            text = (
                _("%(amount)s aus %(grant)s waren bis %(due)s abzurufen, überfällig %(days)s.")
                if calloff.is_overdue(on)
                else _("%(amount)s aus %(grant)s sind bis %(due)s abzurufen (%(days)s).")
            )
            yield Alarm(
                grant=grant,
                text=text
                % {
                    "amount": euro(calloff.amount),
                    "grant": grant,
                    "due": written.day(calloff.due_on),
                    "days": days_between(calloff.due_on, on),
                },
                on=calloff.due_on,
                severity=Severity.NOW if calloff.due_on - on <= URGENT else Severity.SOON,
                url=reverse("calloff_edit", args=[grant.measure.slug, calloff.pk]),
                action=_("Abruf bearbeiten"),
            )


def _rest(grant: Grant) -> Decimal:
    return grant.amount - called_off(grant.calloffs.all())
