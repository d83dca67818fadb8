"""Reads the example terms, seats with deputies, series of meetings and who took part, as steps."""

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError

from governance.models import Attendance, Meeting, Seat, Series, Term
from governance.services.series import create_series, save_series
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

State = Attendance.State
LEFT_OUT_SINCE = -20


def read_members(story: Story, file: Entry) -> None:
    """Terms first, then the seats, those that stand in for others after these."""
    terms: dict[str, Term] = {}
    for entry in file.entries("terms"):
        _term(story, entry, terms)
    seats: dict[str, Seat] = {}
    for entry in file.entries("seats"):
        _seat(story, entry, terms, seats)


def read_dates(story: Story, file: Entry) -> None:
    for entry in file.entries("series"):
        _series(story, entry)


def attendance_by_meeting(file: Entry) -> dict[str, Entry]:
    return {entry.take("meeting", str): entry for entry in file.entries("attendance")}


def _term(story: Story, entry: Entry, terms: dict[str, Term]) -> None:
    term = Term(**entry.values(Term, ["name"]), committee=entry.named("committee", story.committees))
    term.starts_on = story.day(entry.take("starts", int))
    if "ends" in entry:
        term.ends_on = story.day(entry.take("ends", int))
    entry.finish()
    terms[term.name] = term
    story.step(story.begins, term.save, reason="Amtszeit eingetragen")


def _seat(story: Story, entry: Entry, terms: dict[str, Term], seats: dict[str, Seat]) -> None:
    names = ["group", "function", "is_chair", "is_deputy_chair", "votes"]
    seat = Seat(**entry.values(Seat, names), is_example=True)
    seat.committee = entry.named("committee", story.committees)
    seat.organisation = entry.named_if_given("organisation", story.organisations)
    seat.user = story.accounts.get(story.account(entry, "account", ""))
    term = entry.named_if_given("term", terms)
    deputised = entry.named_if_given("deputy_for", seats)
    since = story.past(entry, "since", story.begins) if "since" in entry else story.begins
    if "since" in entry:
        seat.starts_on = story.day(since)
    until = story.past(entry, "until", since) if "until" in entry else None
    entry.finish()
    seats[seat.function] = seat

    def save() -> None:
        seat.term, seat.deputy_for = term, deputised
        seat.save()

    story.step(since, save, reason="Sitz eingetragen")
    if until is not None:
        last_day = story.day(until)
        story.step(until, lambda: change(seat, ends_on=last_day), reason="Sitz beendet")


def _series(story: Story, entry: Entry) -> None:
    names = ["title", "rule", "minutes", "place", "online_url", "visibility"]
    series = Series(**entry.values(Series, names), is_example=True)
    series.committee = entry.named("committee", story.committees)
    starts = story.past(entry, "starts", story.begins)
    series.starts_on, series.at = story.day(starts), time.fromisoformat(entry.take("at", str))
    try:
        days = series.days()
        left_out = "\n".join(_left_out(entry, days))
    except (ValidationError, IndexError):
        raise entry.wrong("rule", "Diese Wiederholung ergibt diese Termine nicht.") from None
    entry.finish()
    story.step(starts - 1, lambda: create_series(series=series, by=None, on=series.starts_on))
    if left_out:
        story.step(LEFT_OUT_SINCE, _leaving_out(series, left_out))
    for day in days:
        distance = (day - story.today).days
        invited = max(distance - series.committee.notice_days, starts)
        if invited < 0:
            values = {"status": Meeting.Status.INVITED, "invited_at": story.moment(invited)}
            story.step(invited, _setting(series, day, values), reason="Einladung versandt")
        if distance < 0:
            values = {"status": Meeting.Status.HELD}
            story.step(distance, _setting(series, day, values), reason="Sitzung durchgeführt")


def _left_out(entry: Entry, days: list[date]) -> Iterator[str]:
    for part in entry.entries("left_out"):
        day = days[part.take("number", int) - 1]
        yield f"{day:%d.%m.%Y} {part.take('reason', str)}"
        part.finish()


def _leaving_out(series: Series, days: str) -> Callable[[], Any]:
    """The meetings of these days are called off, as they would be in the browser."""

    def leave_out() -> None:
        series.left_out = days
        save_series(series=series, version=series.version, by=None)

    return leave_out


def _setting(series: Series, day: date, values: dict[str, Any]) -> Callable[[], Any]:
    return lambda: change(Meeting.objects.get(series=series, series_day=day), **values)


def read_attendance(story: Story, entry: Entry, meeting: Meeting) -> None:
    """Of a meeting that was held, everybody was there but for those who are named."""
    named = {
        function: state
        for state in (State.ACCEPTED, State.EXCUSED, State.ABSENT)
        for function in entry.take(str(state.value), list, [])
    }
    deputies = entry.take("deputies", dict, {})
    others = State.PRESENT if meeting.day < story.today else None
    answered = entry.take("answered", int, (meeting.day - story.today).days)
    entry.finish()

    def record() -> None:
        seats = {seat.function: seat for seat in meeting.committee.seats.current(meeting.day)}
        for function, seat in seats.items():
            state = named.get(function, others)
            if state and seat.deputy_for_id is None:
                deputy = seats.get(deputies.get(function, ""))
                Attendance.objects.create(meeting=meeting, seat=seat, state=state, deputy=deputy)

    story.step(answered, record, reason="Teilnahme festgehalten")
