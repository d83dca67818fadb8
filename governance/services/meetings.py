"""The verbs of meetings."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.models import Meeting
from governance.services.agenda import prepare_agenda
from smartregion.base.history import recorded


def add_meeting(*, meeting: Meeting, by: Any, reason: str = "") -> Meeting:
    """Store a new meeting; one that is to come gets the automatic items at once."""
    with recorded(by=by, reason=reason):
        meeting.save()
        if meeting.agenda_is_open:
            prepare_agenda(meeting=meeting, by=by)
    return meeting


def cancel_meeting(*, meeting: Meeting, version: int | None, by: Any, reason: str = "") -> Meeting:
    """Call a meeting off; it stays visible as cancelled.

    Raises:
        ValidationError: it was held, or something was resolved or noted as done in it.
        EditConflict: someone changed the meeting meanwhile.
    """
    with recorded(by=by, reason=reason):
        if meeting.status == Meeting.Status.HELD:
            raise ValidationError(_("Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen."))
        meeting.status = Meeting.Status.CANCELLED
        return meeting.save_over(version)
