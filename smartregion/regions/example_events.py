"""Reads the example's events: programme, registrations, feedback, results; and the series of events."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils.timezone import make_aware

from participation.models import Event, EventFile, EventSeries, Feedback, Registration, Session
from participation.services.event_series import create_event_series
from participation.services.events import add_event_file
from smartregion.regions.reader import Entry, file_beside
from smartregion.regions.story import Story, change

EVENT: Final = [
    *["kind", "title", "summary", "text", "place", "online_url", "accessibility", "takes_registrations"],
    *["audience", "capacity", "visibility"],
]
SERIES: Final = [
    *["title", "summary", "rule", "minutes", "place", "online_url", "accessibility", "takes_registrations"],
    *["audience", "capacity", "visibility"],
]
KEPT: Final = ["results", "participant_count", "present_count"]


def read_events(story: Story, file: Entry, folder: Path) -> None:
    for entry in file.entries("event_series"):
        _series(story, entry)
    for entry in file.entries("events"):
        _event(story, entry, folder)


def _series(story: Story, entry: Entry) -> None:
    series = EventSeries(**entry.values(EventSeries, SERIES), is_example=True)
    starts = story.past(entry, "starts", story.begins)
    series.starts_on, series.at = story.day(starts), _time(entry, "at")
    entry.finish()

    def create() -> None:
        create_event_series(series=series, by=story.accounts["coordination"], on=series.starts_on)

    story.step(starts, create)


def _event(story: Story, entry: Entry, folder: Path) -> None:
    event = Event(**entry.values(Event, EVENT), is_example=True)
    event.field = entry.named_if_given("field", story.fields)
    first = story.day(entry.take("day", int))
    if event.kind == Event.Kind.WEEK:
        first -= timedelta(days=first.weekday())
    last = first + timedelta(days=entry.take("days", int, 1) - 1)
    event.starts_at = make_aware(datetime.combine(first, _time(entry, "at")))
    event.ends_at = make_aware(datetime.combine(last, _time(entry, "until")))
    story.events[event.title] = event
    created = story.past(entry, "created", story.begins)
    story.step(created, event.save, reason="Veranstaltung angekündigt")
    for part in entry.entries("sessions"):
        story.step(created, _session(story, part, event), reason="Programm aufgestellt")
    story.step(created, _people(story, entry, event, created))
    _afterwards(story, entry, event, folder)
    entry.finish()


def _session(story: Story, entry: Entry, event: Event) -> Callable[[], None]:
    session = Session(**entry.values(Session, ["title", "room", "speakers", "text"]))
    session.field = entry.named_if_given("field", story.fields)
    day = event.day + timedelta(days=entry.take("on", int, 0))
    session.starts_at = make_aware(datetime.combine(day, _time(entry, "at")))
    session.ends_at = make_aware(datetime.combine(day, _time(entry, "until")))
    entry.finish()

    def save() -> None:
        session.event = event
        session.save()

    return save


def _people(story: Story, entry: Entry, event: Event, created: int) -> Callable[[], None]:
    """So many people without a name; of a past event all but every fifth came."""
    places, waiting = entry.take("participants", int, 0), entry.take("waiting", int, 0)
    at = story.moment(created)
    rows = []
    for number in range(1, places + waiting + 1):
        has_place = number <= places
        came = has_place and event.has_ended and number % 5
        rows.append(
            Registration(
                name=f"Gast {number:02d} (Beispiel)",
                email=f"gast{number:02d}@beispiel.example",
                needs="Platz nahe der Bühne, Induktionsschleife" if number % 9 == 4 else "",
                has_place=has_place,
                created_at=at + timedelta(minutes=number),
                confirmed_at=at + timedelta(minutes=number + 5),
                checked_in_at=event.starts_at if came else None,
            )
        )

    def save() -> None:
        for row in rows:
            row.event = event
            row.save()

    return save


def _afterwards(story: Story, entry: Entry, event: Event, folder: Path) -> None:
    """What is written down once it is over, on the day `told`."""
    values = entry.values(Event, KEPT)
    answers = [_answer(part) for part in entry.entries("feedback")]
    files = [_file(part, folder) for part in entry.entries("files")]
    is_published = entry.take("feedback_published", bool, False)
    if "told" not in entry:
        return
    day = story.past(entry, "told", story.begins)
    if is_published:
        values["feedback_published_at"] = story.moment(day)

    def tell() -> None:
        change(event, **values)
        Feedback.objects.bulk_create(
            Feedback(event=event, created_at=event.ends_at, **answer) for answer in answers
        )
        for document, upload in files:
            document.event = event
            add_event_file(document=document, file=upload, by=story.accounts["coordination"])

    story.step(day, tell, reason="Ergebnisse eingetragen")


def _answer(entry: Entry) -> dict[str, Any]:
    values = entry.values(Feedback, ["overall", "content", "access", "comment"])
    entry.finish()
    return values


def _file(entry: Entry, folder: Path) -> tuple[EventFile, Any]:
    document = EventFile(**entry.values(EventFile, ["title", "visibility"]))
    upload = file_beside(entry, "file", folder, entry.take("file", str))
    entry.finish()
    return document, upload


def _time(entry: Entry, key: str) -> time:
    return time.fromisoformat(entry.take(key, str))
