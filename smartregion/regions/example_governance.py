"""Reads the example seats and meetings: invitation, agenda, resolutions and what became of them, as steps."""

from collections.abc import Callable
from datetime import time
from typing import Any

from governance.models import AgendaItem, Meeting, Resolution, ResolutionMeasure, Seat
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

INVITED_BEFORE, PLANNED_BEFORE = 14, 60
RESOLUTION = ["number", "title", "wording", "outcome", "votes_for", "votes_against", "abstentions"]


def read_governance(story: Story, file: Entry) -> dict[str, Meeting]:
    """Gives the meetings by their key in the file."""
    for entry in file.entries("seats"):
        _seat(story, entry)
    meetings: dict[str, Meeting] = {}
    resolutions: dict[str, Resolution] = {}
    for entry in file.entries("meetings"):
        _meeting(story, entry, meetings, resolutions)
    return meetings


def _seat(story: Story, entry: Entry) -> None:
    seat = Seat(**entry.values(Seat, ["group", "function", "is_chair"]), is_example=True)
    seat.committee = entry.named("committee", story.committees)
    seat.organisation = entry.named_if_given("organisation", story.organisations)
    seat.user = story.accounts.get(story.account(entry, "account", ""))
    entry.finish()
    story.step(story.begins, seat.save, reason="Sitze eingetragen")


def _meeting(
    story: Story, entry: Entry, meetings: dict[str, Meeting], resolutions: dict[str, Resolution]
) -> None:
    day = entry.take("day", int)
    meeting = Meeting(**entry.values(Meeting, ["title", "place", "visibility"]), is_example=True)
    meeting.committee = entry.named("committee", story.committees)
    meeting.starts_at = story.moment(day, time.fromisoformat(entry.take("at", str)))
    meetings[entry.take("key", str)] = meeting
    story.step(min(day - PLANNED_BEFORE, -1), meeting.save, reason="Sitzung geplant")
    invited = day - INVITED_BEFORE
    if invited < 0:
        story.step(invited, _setting(meeting, status=Meeting.Status.INVITED), reason="Einladung versandt")
    if day < 0:
        story.step(day, _setting(meeting, status=Meeting.Status.HELD), reason="Sitzung durchgeführt")
    for number, part in enumerate(entry.entries("items"), start=1):
        item = AgendaItem(
            meeting=meeting, number=number, **part.values(AgendaItem, ["title", "text", "visibility"])
        )
        story.step(min(invited, -1), _saving(item, meeting=meeting), reason="Tagesordnung aufgestellt")
        for resolution in part.entries("resolutions"):
            _resolution(story, resolution, item, resolutions, day=day)
        part.finish()
    for number in entry.take("notes_done", list, []):
        if number not in resolutions:
            raise entry.unknown("notes_done", number)
        noted = _setting(resolutions[number], noted_done_in=meeting)
        story.step(day, noted, reason="Umsetzung festgestellt")
    entry.finish()


def _saving(row: Any, **parents: Any) -> Callable[[], Any]:
    """The row's parents get their keys only when their own steps were done."""

    def save() -> None:
        for name, parent in parents.items():
            setattr(row, name, parent)
        row.save()

    return save


def _setting(row: Any, **values: Any) -> Callable[[], Any]:
    return lambda: change(row, **values)


def _resolution(
    story: Story, entry: Entry, item: AgendaItem, resolutions: dict[str, Resolution], *, day: int
) -> None:
    values = entry.values(Resolution, [*RESOLUTION, "responsible", "visibility"])
    values |= story.values(entry, Resolution, ["due_on"])
    row = Resolution(**values, committee=item.meeting.committee, resolved_on=story.day(day), is_example=True)
    parents: dict[str, Any] = {"item": item}
    if "supersedes" in entry:
        parents["supersedes"] = entry.named("supersedes", resolutions)
    story.step(day, _saving(row, **parents), reason=f"Beschlossen in: {item.meeting.title}")
    for no in entry.take("measures", list, []):
        if no not in story.measures:
            raise entry.unknown("measures", no)
        story.step(day, _saving(ResolutionMeasure(), resolution=row, measure=story.measures[no]))
    entry.finish()
    resolutions[row.number] = row
