"""Meetings that come next: to be prepared, to be attended."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Meeting
from smartregion.base.worklist import Entry, Severity, days_between, source

CHANGE = "governance.change_committee"
INVITATION_DAYS: Final = 14
"""By then the invitation is sent, and an invitation needs an agenda."""


@source("tagesordnung", gettext_lazy("Nächste Sitzung ohne eigenes Thema"))
def meetings_without_agenda(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(CHANGE):
        return
    for meeting in _next_meetings(user).without_topics():
        is_late = meeting.day <= on + timedelta(days=INVITATION_DAYS)
        yield Entry(
            title=meeting.title,
            why=_("%s, noch ohne eigenes Thema.") % _when(meeting, on),
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
    for meeting in _next_meetings(user).of_member(user):
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
