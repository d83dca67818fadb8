"""Resolutions that are to be followed up."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Committee, FollowUp
from governance.worklist.audience import keeps_or_sits
from smartregion.base.worklist import Entry, Severity, days_between, source

CHANGE = "governance.change_committee"
DUE_SOON_DAYS: Final = 30


@source("beschluesse", gettext_lazy("Beschlüsse zu verfolgen"), reminds=True, concerns=keeps_or_sits)
def open_follow_ups(user: Any, on: date) -> Iterator[Entry]:
    """For the coordinator those overdue or due soon, for a member all open ones of the own committees."""
    rows = FollowUp.objects.visible_to(user).open().with_resolution()
    if user.has_perm(CHANGE):
        rows = rows.due_by(on + timedelta(days=DUE_SOON_DAYS))
    else:
        rows = rows.filter(resolution__committee__in=Committee.objects.with_member(user))
    for row in rows:
        yield Entry(
            title=f"{row.resolution.number}: {row.resolution.title}",
            why=_why_open(row, on),
            severity=_severity(row.due_on, on),
            on=row.due_on,
            url=row.get_absolute_url(),
            action=_("Auftrag ansehen"),
            is_example=row.is_example,
        )


def _why_open(row: FollowUp, on: date) -> str:
    names = {"committee": row.resolution.committee, "what": row.what}
    if row.due_on is None:
        return _("%(committee)s, %(what)s: ohne Frist, noch nicht als erledigt festgestellt.") % names
    text = _("%(committee)s, %(what)s: bis %(day)s (%(days)s).")
    if row.due_on < on:
        text = _("%(committee)s, %(what)s: war bis %(day)s umzusetzen, %(days)s überfällig.")
    return text % {
        **names,
        "day": date_format(row.due_on, "d.m.Y"),
        "days": days_between(row.due_on, on),
    }


def _severity(due_on: date | None, on: date) -> Severity:
    if due_on is None or due_on > on + timedelta(days=DUE_SOON_DAYS):
        return Severity.INFO
    return Severity.NOW if due_on < on else Severity.SOON
