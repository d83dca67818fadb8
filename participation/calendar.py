"""Events as iCalendar (RFC 5545), with the same UID and growing SEQUENCE each time (docs/decisions/0005)."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from governance.feeds import note_told_changes, timezone_of_region
from participation.models import Event

TOLD: Final = (*Event.TOLD, "summary", "accessibility", "takes_registrations", "visibility")


def calendar_of(events: Iterable[Event], *, name: str) -> bytes:
    """The events as a visitor may read them: a stream for registered people only is not named."""
    events = list(events)
    note_told_changes(events, model=Event, told=TOLD)
    calendar = Calendar()
    calendar.add("prodid", "-//Smart Region//Veranstaltungen//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", " ".join(name.split()))
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add_component(timezone_of_region())
    for event in events:
        calendar.add_component(_entry(event))
    return bytes(calendar.to_ical())


def sign_of(calendar: bytes) -> str:
    """Another one whenever the calendar is another one."""
    return f'"{sha256(calendar).hexdigest()[:32]}"'


def _entry(event: Any) -> CalendarEvent:
    entry = CalendarEvent()
    page = f"{settings.PORTAL_URL}{event.get_absolute_url()}"
    before = _("Abgesagt: ") if event.is_cancelled else ""
    after = f" ({_('Beispieldaten')})" if event.is_example else ""
    entry.add("uid", str(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.told_at)
    entry.add("last-modified", event.told_at)
    entry.add("summary", f"{before}{' '.join(event.title.split())}{after}")
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    entry.add("dtstart", localtime(event.starts_at, get_default_timezone()))
    entry.add("dtend", localtime(event.ends_at, get_default_timezone()))
    if where := event.place or event.open_stream:
        entry.add("location", where)
    entry.add("description", "\n".join(_lines(event, page)))
    entry.add("url", page)
    return entry


def _lines(event: Event, page: str) -> list[str]:
    lines = [event.summary]
    if event.open_stream:
        lines.append(_("Online-Zugang: %s") % event.open_stream)
    if event.accessibility:
        lines.append(_("Barrierefreiheit: %s") % " ".join(event.accessibility.split()))
    more = _("Programm und Anmeldung: %s") if event.is_open_for_registration else _("Programm: %s")
    return [*lines, more % page]
