"""Meetings as iCalendar (RFC 5545), for the calendars that people use anyway."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.db.models import Model
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from governance.models import Attendance, Committee, Meeting
from smartregion.base.history import event_model

TZID: Final = "Europe/Berlin"
CLOCK_CHANGES: Final = [
    (TimezoneDaylight, datetime(1996, 3, 31, 2), 3, "CEST", (1, 2)),  # noqa: DTZ001 - local by definition
    (TimezoneStandard, datetime(1996, 10, 27, 3), 10, "CET", (2, 1)),  # noqa: DTZ001
]
"""As the law has them since 1996. The library's own list of single days is misread by other readers."""
TOLD: Final = ("committee_id", "title", "starts_at", "ends_at", "place", "online_url", "status", "visibility")
STATUS: Final = {Meeting.Status.PLANNED: "TENTATIVE", Meeting.Status.CANCELLED: "CANCELLED"}


def note_told_changes(
    meetings: Iterable[Any], *, model: type[Model] = Meeting, told: Sequence[str] = TOLD
) -> None:
    """Give each meeting its `sequence` and `told_at`, by the events in which what is told changed.

    The version would also tell that something changed that the feed's reader may not see, and when.
    """
    rows: dict[int, Any] = {row.pk: row for row in meetings}
    for row in rows.values():
        row.sequence, row.told, row.is_declined = 0, [getattr(row, name) for name in told], False
    found = event_model(model)._base_manager.filter(pgh_obj_id__in=rows)
    events = found.order_by("pgh_created_at", "pgh_id").values_list("pgh_obj_id", "pgh_created_at", *told)
    last: dict[int, list[Any]] = {}
    for pk, at, *values in events:
        if last.get(pk) != values:
            row = rows[pk]
            row.sequence, row.told_at = row.sequence + 1, at
        last[pk] = values


def note_regrets(meetings: Iterable[Meeting], user: Any) -> None:
    """After `note_told_changes`: which of them the account does not attend, by its own answers."""
    rows: dict[int, Any] = {row.pk: row for row in meetings}
    own = Attendance.objects.filter(meeting__in=rows, seat__user=user)
    states: dict[int, set[str]] = {}
    for meeting, state in own.values_list("meeting", "state"):
        states.setdefault(meeting, set()).add(state)
    for pk, found in states.items():
        rows[pk].is_declined = found == {Attendance.State.EXCUSED}
    events = event_model(Attendance)._base_manager.filter(meeting__in=rows, seat__user=user)
    for pk, at in events.values_list("meeting", "pgh_created_at"):
        row = rows[pk]
        row.sequence, row.told_at = row.sequence + 1, max(row.told_at, at)


def sign_of(meetings: Iterable[Any]) -> str:
    """Another one whenever the feed would be another one."""
    facts = [
        (row.uid, row.sequence, row.told_at, row.told, row.is_declined, *_named(row.committee))
        for row in meetings
    ]
    return f'"{sha256(repr((settings.PORTAL_URL, facts)).encode()).hexdigest()[:32]}"'


def _named(committee: Committee) -> tuple[str, str]:
    return committee.name, committee.slug


def feed_of(meetings: Iterable[Meeting], *, name: str) -> bytes:
    """The meetings, each with its committee and what `note_told_changes` gives it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Smart Region//Gremien//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add_component(timezone_of_region())
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    return bytes(calendar.to_ical())


def timezone_of_region() -> Timezone:
    zone = Timezone()
    zone.add("tzid", TZID)
    for kind, start, month, name, (before, after) in CLOCK_CHANGES:
        change = kind()
        change.add("dtstart", start)
        change.add("rrule", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        change.add("tzname", name)
        change.add("tzoffsetfrom", timedelta(hours=before))
        change.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(change)
    return zone


def _event(meeting: Any) -> Event:
    event = Event()
    page = f"{settings.PORTAL_URL}{meeting.get_absolute_url()}"
    event.add("uid", str(meeting.uid))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.told_at)
    event.add("last-modified", meeting.told_at)
    event.add("summary", _summary(meeting))
    event.add("status", STATUS.get(meeting.status, "CONFIRMED"))
    if meeting.is_declined:
        event.add("transp", "TRANSPARENT")
    event.add("dtstart", localtime(meeting.starts_at, get_default_timezone()))
    if meeting.ends_at:
        event.add("dtend", localtime(meeting.ends_at, get_default_timezone()))
    if meeting.place or meeting.online_url:
        event.add("location", meeting.place or meeting.online_url)
    online = [_("Online-Zugang: %s") % meeting.online_url] if meeting.online_url else []
    event.add("description", "\n".join([*online, _("Tagesordnung und Unterlagen: %s") % page]))
    event.add("url", page)
    return event


def _summary(meeting: Any) -> str:
    """A calendar that does not show the status shows the word."""
    before = _("Abgesagt: ") if meeting.is_cancelled else _("Verhindert: ") if meeting.is_declined else ""
    after = f" ({_('Beispieldaten')})" if meeting.is_example else ""
    names = dict.fromkeys([meeting.committee.name, meeting.title])
    return f"{before}{': '.join(names)}{after}"
