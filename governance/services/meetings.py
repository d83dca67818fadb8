"""The verbs of meetings."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.models import Meeting
from smartregion.base.history import recorded


def cancel_meeting(*, meeting: Meeting, version: int | None, by: Any, reason: str = "") -> Meeting:
    """Call a meeting off; it stays visible as cancelled.

    Raises:
        ValidationError: it was held, or something was resolved or noted as done in it.
        EditConflict: someone changed the meeting meanwhile.
    """
    with recorded(by=by, reason=reason):
        if meeting.status in Meeting.TOOK_PLACE:
            raise ValidationError(_("Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen."))
        meeting.status = Meeting.Status.CANCELLED
        return meeting.save_over(version)
