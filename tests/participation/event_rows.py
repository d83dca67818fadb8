"""Short ways to events, registrations and what visitors send."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils.timezone import now

from participation.event_mails import PURPOSE
from participation.links import secret_of
from participation.models import Event, Feedback, Registration, Session, VisitorMail
from participation.services.registrations import confirm, register
from tests.participation.open import stamp


def make_event(title: str = "Digitaltag", *, days: int = 30, **values: Any) -> Event:
    """Public, with registration for everybody, from that day on for three hours."""
    begin = now() + timedelta(days=days)
    defaults = {
        "kind": "workshop",
        "summary": "Ein Tag für alle.",
        "starts_at": begin,
        "ends_at": begin + timedelta(hours=3),
        "place": "Kreishaus",
        "takes_registrations": True,
        "visibility": "public",
    }
    return Event.objects.create(title=title, **{**defaults, **values})


def make_session(event: Event, title: str = "Auftakt", **values: Any) -> Session:
    times = {"starts_at": event.starts_at, "ends_at": event.starts_at + timedelta(hours=1)}
    return Session.objects.create(event=event, title=title, **{**times, **values})


def registered(event: Event, name: str, *, confirmed: bool = True, **values: Any) -> Registration:
    """By the verbs, so that a full event gives a place on the waiting list."""
    row = register(event=event, name=name, email=f"{name.lower()}@example.org", **values)
    return confirm(registration=row) if confirmed else row


def put(event: Event, name: str, **values: Any) -> Registration:
    """A row as it stands, for events that take none any more."""
    defaults = {"email": f"{name.lower()}@example.org", "has_place": True, "confirmed_at": now()}
    return Registration.objects.create(event=event, name=name, **{**defaults, **values})


def say(event: Event, overall: int = 1, **values: Any) -> Feedback:
    return Feedback.objects.create(event=event, overall=overall, **values)


def send_form(client: Client, event: Event, name: str = "Ada", **values: Any) -> Any:
    typed = {"name": name, "email": f"{name.lower()}@example.org", "organisation": "", "needs": ""}
    return client.post(f"/veranstaltungen/{event.pk}/anmelden/", {**typed, **stamp(), **values})


def link_of(row: Registration) -> str:
    return f"/veranstaltungen/anmeldung/{secret_of(row, PURPOSE)}/"


def mails() -> list[tuple[str, str]]:
    """To whom, and about what, in their order."""
    return list(VisitorMail.objects.order_by("pk").values_list("to", "subject"))


def places(event: Event) -> dict[str, bool]:
    """Who is registered, and whether they have a place."""
    return dict(event.registrations.order_by("pk").values_list("name", "has_place"))
