"""What people who registered for an event are written; every mail has the link with which they withdraw."""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from participation.links import link_to
from participation.mails import Letter, send
from participation.models import Event, Registration
from smartregion.base.languages import in_language

PURPOSE: Final = "registration"
"""What the link in the mails may do: confirm the registration, and withdraw it."""


def letter(registration: Registration, subject: str | Promise, template: str, **context: Any) -> Letter:
    event = registration.event
    with in_language(registration.language):
        return Letter(
            to=registration.email,
            subject=_headed(subject, event.title),
            template=template,
            context={
                "event": event,
                "registration": registration,
                "page": f"{settings.PORTAL_URL}{event.get_absolute_url()}",
                "feedback": f"{settings.PORTAL_URL}{reverse('feedback', args=[event.pk])}",
                "link": link_to("registration", registration, PURPOSE),
                **context,
            },
        )


def _headed(subject: str | Promise, title: str) -> str:
    """The title after a colon, or after the mark with which the words before it end."""
    words = str(subject)
    return f"{words} {title}" if words.endswith(("?", "!", ".")) else f"{words}: {title}"


def please_confirm(registration: Registration) -> Letter:
    return letter(registration, _("Bitte bestätigen"), "participation/mails/event_confirm.txt")


def place_is_sure(registration: Registration, *, moved_up: bool = False) -> Letter:
    subject = _("Ein Platz für Sie") if moved_up else _("Ihr Platz")
    calendar = f"{settings.PORTAL_URL}{reverse('event_calendar', args=[registration.event_id])}"
    return letter(
        registration, subject, "participation/mails/event_place.txt", moved_up=moved_up, calendar=calendar
    )


def you_wait(registration: Registration) -> Letter:
    subject, waits_as = _("Sie stehen auf der Warteliste"), registration.waits_as
    return letter(registration, subject, "participation/mails/event_waiting.txt", waits_as=waits_as)


def already_registered(registration: Registration) -> Letter:
    """For an address that registers again; what was typed this time is not told, as anybody may type it."""
    subject = (
        _("Sie sind schon angemeldet") if registration.has_place else _("Sie stehen schon auf der Warteliste")
    )
    return letter(registration, subject, "participation/mails/event_again.txt")


def tell_change(event: Event, *, was: Event) -> int:
    """Tell everybody who registered what has changed, if it is one of the things that they go by."""
    if event.has_ended or all(getattr(event, name) == getattr(was, name) for name in Event.TOLD):
        return 0
    if event.is_cancelled:
        return _tell(event, _("Abgesagt"), "participation/mails/event_cancelled.txt")
    again = was.is_cancelled
    subject = _("Findet doch statt") if again else _("Geändert")
    return _tell(event, subject, "participation/mails/event_changed.txt", was=was, again=again)


def ask_for_feedback(event: Event) -> int:
    participants = Registration.objects.participants()
    return _tell(event, _("Wie war es?"), "participation/mails/event_feedback.txt", to=participants)


def send_message(event: Event, *, subject: str, text: str, to: Iterable[Registration]) -> int:
    """A mail that the coordinator has written."""
    letters = [
        letter(_at(event, row), subject, "participation/mails/event_message.txt", text=text) for row in to
    ]
    return send(letters)


def _tell(event: Event, subject: Promise, template: str, *, to: Any = None, **context: Any) -> int:
    rows = Registration.objects.confirmed() if to is None else to
    rows = rows.reachable().filter(event=event).order_by("pk")
    return send(letter(_at(event, row), subject, template, **context) for row in rows)


def _at(event: Event, registration: Registration) -> Registration:
    """With the event that is at hand, which the row would ask for anew."""
    registration.event = event
    return registration
