"""The verbs of events, their files and what people said about them."""

from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _

from participation.event_mails import tell_change
from participation.models import Event, EventFile
from participation.services.registrations import fill_places, hold
from smartregion.base.files import stored
from smartregion.base.history import recorded
from smartregion.base.undo import undo_last_change
from smartregion.base.uploads import Upload


def save_event(*, event: Event, version: int | None, by: Any, reason: str = "") -> tuple[Event, int]:
    """Write the event over the version that was read; new places go to who waits, who registered is told.

    Returns:
        The event, and how many people are told of the change.

    Raises:
        EditConflict: someone changed it meanwhile.
        ValidationError: more places are taken than there would be.
    """
    with recorded(by=by, reason=reason):
        was = hold(event.pk)
        saved = event.save_over(version)
        return saved, _follow(saved, was)


def cancel_event(*, event: Event, version: int | None, by: Any, reason: str) -> int:
    """Call the event off; it stays visible as such. Returns how many people are told.

    Raises:
        EditConflict: someone changed it meanwhile.
    """
    with recorded(by=by, reason=reason):
        was = hold(event.pk)
        event.is_cancelled, event.cancelled_because = True, reason
        return _follow(event.save_over(version), was)


def undo_event(*, event: Event, version: int | None, by: Any) -> Event:
    """Take back the event's last change; who registered is told again.

    Raises:
        EditConflict: someone changed it meanwhile.
        ValidationError: more places are taken than there would be.
    """
    with recorded(by=by):
        was = hold(event.pk)
        undo_last_change(event, version=version, by=by)
        restored = Event.objects.get(pk=event.pk)
        _follow(restored, was)
    return restored


def publish_feedback(*, event: Event, version: int | None, by: Any) -> Event:
    """Show everybody the figures of what people said; their words stay with the coordinator.

    Raises:
        EditConflict: someone changed the event meanwhile.
    """
    with recorded(by=by, reason=_("Rückmeldungen veröffentlicht")):
        event.feedback_published_at = now()
        return event.save_over(version)


def add_event_file(*, document: EventFile, file: Upload, by: Any) -> EventFile:
    with recorded(by=by, reason=_("Hochgeladen")):
        for name, value in stored(file).items():
            setattr(document, name, value)
        document.uploaded_by = by
        document.save()
    return document


def remove_event_file(*, document: EventFile, version: int | None, by: Any, reason: str = "") -> None:
    """Take a document from all pages; its bytes stay, so that it can come back.

    Raises:
        EditConflict: it was changed since it was read.
    """
    with recorded(by=by, reason=reason):
        document.removed_at = now()
        document.save_over(version)


def _follow(event: Event, was: Event) -> int:
    fill_places(event)
    return tell_change(event, was=was)
