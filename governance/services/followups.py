"""The verbs of follow-ups (Beschlusskontrolle)."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.models import FollowUp, Meeting, Resolution
from smartregion.base.history import recorded


def add_follow_ups(*, resolution: Resolution, follow_ups: Iterable[FollowUp]) -> None:
    """Store what has to be done after a new resolution; after a binding one that is at least one thing.

    A resolution that approves an urgent decision adds nothing to what that one asks for.

    Raises:
        ValidationError: something is due before it was resolved.
    """
    rows = list(follow_ups)
    if not rows and resolution.is_binding and resolution.approves_id is None:
        rows = [FollowUp(what=str(FollowUp.WHOLE))]
    for row in rows:
        row.resolution, row.is_example = resolution, resolution.is_example
        row.clean()
        row.save()


def note_done(*, follow_up: FollowUp, meeting: Meeting, by: Any, reason: str = "") -> FollowUp:
    """The committee notes in a meeting that something is done (Beschlusskontrolle).

    Raises:
        ValidationError: it is not open, or the meeting has not come, is older or another committee's.
    """
    with recorded(by=by, reason=reason):
        locked = _lock(follow_up)
        if not locked.is_open:
            raise ValidationError(_("Dieser Auftrag ist nicht mehr offen."))
        _check_no_approval(locked)
        meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if meeting.committee_id != locked.resolution.committee_id:
            raise ValidationError(_("Nur das Gremium selbst kann die Erledigung feststellen."))
        if not meeting.has_come or meeting.day < locked.resolution.resolved_on:
            raise ValidationError(
                _("Das geht nur in einer Sitzung nach dem Beschluss, deren Tag gekommen ist.")
            )
        locked.noted_in = meeting
        return locked.save_over(locked.version)


def take_back_done(*, follow_up: FollowUp, version: int | None, by: Any, reason: str) -> FollowUp:
    """It was noted as done by mistake: it returns on every next agenda.

    Raises:
        ValidationError: it is not noted as done.
        EditConflict: someone changed the follow-up meanwhile.
    """
    with recorded(by=by, reason=reason):
        locked = _lock(follow_up)
        if locked.noted_in_id is None:
            raise ValidationError(_("Dieser Auftrag ist nicht als erledigt festgestellt."))
        _check_no_approval(locked)
        locked.noted_in = None
        return locked.save_over(version)


def _check_no_approval(follow_up: FollowUp) -> None:
    if follow_up.is_approval:
        raise ValidationError(_("Genehmigt wird durch einen eigenen Beschluss des Gremiums."))


def _lock(follow_up: FollowUp) -> FollowUp:
    """The row as it stands; its resolution is not superseded until the end of the transaction."""
    resolution = Resolution.objects.select_for_update().get(pk=follow_up.resolution_id)
    locked = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    locked.resolution = resolution
    return locked
