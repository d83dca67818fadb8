"""What committees ask of an account: of the coordinator to keep them going, of members to be informed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Committee, Meeting, Resolution
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


@source("tagesordnung", gettext_lazy("Nächste Sitzung ohne Tagesordnung"))
def meetings_without_agenda(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(CHANGE):
        return
    for meeting in _next_meetings(user).without_agenda():
        is_late = meeting.day <= on + timedelta(days=INVITATION_DAYS)
        yield Entry(
            title=meeting.title,
            why=_("%s, noch ohne Tagesordnungspunkt.") % _when(meeting, on),
            severity=Severity.NOW if is_late else Severity.SOON,
            on=meeting.day,
            page=meeting.get_absolute_url(),
            url=reverse("item_add", args=[meeting.committee.slug, meeting.pk]),
            action=_("TOP hinzufügen"),
            is_example=meeting.is_example,
        )


@source("sitzungen", gettext_lazy("Nächste Sitzungen"))
def next_meetings(user: Any, on: date) -> Iterator[Entry]:
    """Of the committees in which the account has a seat."""
    if user.has_perm(CHANGE):
        return
    for meeting in _next_meetings(user).filter(committee__in=Committee.objects.with_member(user)):
        yield Entry(
            title=meeting.title,
            why=f"{_when(meeting, on)}.",
            severity=Severity.SOON if meeting.day <= on + timedelta(days=INVITATION_DAYS) else Severity.INFO,
            on=meeting.day,
            url=meeting.get_absolute_url(),
            action=_("Tagesordnung ansehen"),
            is_example=meeting.is_example,
        )


def _next_meetings(user: Any) -> Any:
    visible = Meeting.objects.visible_to(user)
    return visible.next_of_each_committee().select_related("committee")


def _when(meeting: Meeting, on: date) -> str:
    moment = localtime(meeting.starts_at)
    place = f", {meeting.place}" if meeting.place else ""
    return _("%(committee)s am %(day)s (%(days)s)%(place)s") % {
        "committee": meeting.committee,
        "day": date_format(moment, "d.m.Y, H:i"),
        "days": days_between(meeting.day, on),
        "place": place,
    }
