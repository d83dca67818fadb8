"""Resolutions that are to be followed up."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Committee, Resolution
from smartregion.base.worklist import Entry, Severity, days_between, source

CHANGE = "governance.change_committee"
DUE_SOON_DAYS: Final = 30
INVITATION_DAYS: Final = 14
"""By then the invitation is sent, and an invitation needs an agenda."""


@source("beschluesse", gettext_lazy("Beschlüsse zu verfolgen"))
def open_resolutions(user: Any, on: date) -> Iterator[Entry]:
    """For the coordinator those overdue or due soon, for a member all open ones of the own committees."""
    open_ones = Resolution.objects.visible_to(user).open_for_control().select_related("committee")
    if user.has_perm(CHANGE):
        open_ones = open_ones.due_by(on + timedelta(days=DUE_SOON_DAYS))
    else:
        open_ones = open_ones.filter(committee__in=Committee.objects.with_member(user))
    for resolution in open_ones:
        yield Entry(
            title=f"{resolution.number}: {resolution.title}",
            why=_why_open(resolution, on),
            severity=_severity(resolution.due_on, on),
            on=resolution.due_on,
            url=resolution.get_absolute_url(),
            action=_("Beschluss ansehen"),
            is_example=resolution.is_example,
        )


def _why_open(resolution: Resolution, on: date) -> str:
    if resolution.due_on is None:
        return _("%(committee)s, ohne Frist und noch nicht als erledigt festgestellt.") % {
            "committee": resolution.committee
        }
    text = _("%(committee)s, umzusetzen bis %(day)s (%(days)s).")
    if resolution.due_on < on:
        text = _("%(committee)s, umzusetzen war er bis %(day)s, %(days)s überfällig.")
    return text % {
        "committee": resolution.committee,
        "day": date_format(resolution.due_on, "d.m.Y"),
        "days": days_between(resolution.due_on, on),
    }


def _severity(due_on: date | None, on: date) -> Severity:
    if due_on is None or due_on > on + timedelta(days=DUE_SOON_DAYS):
        return Severity.INFO
    return Severity.NOW if due_on < on else Severity.SOON
