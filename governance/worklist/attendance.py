"""Invitations that are due."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Meeting
from smartregion.base.worklist import Entry, Severity, source

CHANGE = "governance.change_committee"
PREPARE_DAYS: Final = 7


@source("einladungen-faellig", gettext_lazy("Einladungen zu versenden"))
def due_invitations(user: Any, on: date) -> Iterator[Entry]:
    """A week before the last day on which the notice period is kept."""
    if not user.has_perm(CHANGE):
        return
    planned = Meeting.objects.visible_to(user).upcoming().filter(status=Meeting.Status.PLANNED)
    for meeting in planned.next_of_each_committee().select_related("committee"):
        last_day = meeting.last_day_of_invitation
        if last_day <= on + timedelta(days=PREPARE_DAYS):
            yield Entry(
                title=meeting.title,
                why=_("%(committee)s, Sitzung am %(day)s; letzter Tag für die Einladung: %(last)s.")
                % {
                    "committee": meeting.committee,
                    "day": f"{meeting.day:%d.%m.%Y}",
                    "last": f"{last_day:%d.%m.%Y}",
                },
                severity=Severity.NOW if last_day <= on else Severity.SOON,
                on=last_day,
                page=meeting.get_absolute_url(),
                url=reverse("meeting_invite", args=[meeting.committee.slug, meeting.pk]),
                action=_("Einladen"),
                is_example=meeting.is_example,
            )
