"""Reads the example seats and meetings: invitation, agenda, resolutions and what became of them, as steps."""

from collections.abc import Callable
from datetime import time
from typing import Any

from governance.models import AgendaItem, Meeting, Resolution, Seat
from smartregion.regions.example_resolutions import noting, read_resolution, read_urgent_decisions
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

INVITED_BEFORE, PLANNED_BEFORE = 14, 60


def read_governance(story: Story, file: Entry) -> None:
    for entry in file.entries("seats"):
        _seat(story, entry)
    meetings: dict[str, Meeting] = {}
    resolutions: dict[str, Resolution] = {}
    read_urgent_decisions(story, file, resolutions)
    for entry in file.entries("meetings"):
        _meeting(story, entry, meetings, resolutions)


def _seat(story: Story, entry: Entry) -> None:
    seat = Seat(**entry.values(Seat, ["group", "function", "is_chair", "votes"]), is_example=True)
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
            read_resolution(story, resolution, item, resolutions, day=day)
        part.finish()
    for number in entry.take("notes_done", list, []):
        if number not in resolutions:
            raise entry.unknown("notes_done", number)
        story.step(day, noting(resolutions[number], meeting), reason="Umsetzung festgestellt")
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
