"""The verbs of meetings."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from governance.models import Meeting, Topic
from governance.services.agenda import prepare_agenda
from smartregion.base.history import recorded


def refusal_to_invite(meeting: Meeting) -> str:
    """Why nobody can be invited to the meeting any more; "" where it can be done."""
    if meeting.status == Meeting.Status.PLANNED:
        return ""
    if meeting.status != Meeting.Status.INVITED:
        return _("Zu dieser Sitzung lässt sich nicht mehr einladen.")
    if meeting.invited_at is None:
        return _("Zu dieser Sitzung ist schon eingeladen.")
    return _("Zu dieser Sitzung ist schon eingeladen, am %s Uhr.") % date_format(
        localtime(meeting.invited_at), "d.m.Y, H:i"
    )


def invite(*, meeting: Meeting, version: int | None, by: Any, reason: str = "") -> Meeting:
    """Note that the members are called to the meeting, whose agenda gets the automatic items it still lacks.

    The notice period is theirs to weigh; a page warns.

    Raises:
        ValidationError: they were invited already, or the meeting is over or called off.
        EditConflict: someone changed the meeting meanwhile.
    """
    with recorded(by=by, reason=reason or _("Eingeladen")):
        if refusal := refusal_to_invite(meeting):
            raise ValidationError(refusal)
        if meeting.agenda_is_open:
            prepare_agenda(meeting=meeting, by=by)
        meeting.status, meeting.invited_at = Meeting.Status.INVITED, now()
        return meeting.save_over(version)


def add_meeting(*, meeting: Meeting, by: Any, reason: str = "") -> Meeting:
    """Store a new meeting; one that is to come gets the automatic items at once."""
    with recorded(by=by, reason=reason):
        meeting.save()
        if meeting.agenda_is_open:
            prepare_agenda(meeting=meeting, by=by)
    return meeting


def cancel_meeting(*, meeting: Meeting, version: int | None, by: Any, reason: str = "") -> Meeting:
    """Call a meeting off; it stays visible as cancelled, and its topics wait for another one.

    Raises:
        ValidationError: it was held, or something was resolved or noted as done in it.
        EditConflict: someone changed the meeting meanwhile.
    """
    with recorded(by=by, reason=reason):
        if meeting.took_place:
            raise ValidationError(_("Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen."))
        meeting.status = Meeting.Status.CANCELLED
        cancelled = meeting.save_over(version)
        Topic.objects.filter(item__meeting=meeting).update(item=None, version=F("version") + 1)
        return cancelled
