"""Reads the example meetings: invitation, agenda, resolutions and what became of them, as steps."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from governance.models import AgendaItem, Meeting, Resolution
from smartregion.regions.example_gremien import (
    attendance_by_meeting,
    read_attendance,
    read_dates,
    read_members,
)
from smartregion.regions.example_resolutions import noting, read_resolution, read_urgent_decisions
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

INVITED_BEFORE, PLANNED_BEFORE = 14, 60
ITEM = ["title", "text", "kind", "visibility"]


def read_governance(story: Story, file: Entry) -> None:
    read_members(story, file)
    resolutions: dict[str, Resolution] = {}
    read_urgent_decisions(story, file, resolutions)
    attendance = attendance_by_meeting(file)
    for entry in file.entries("meetings"):
        _meeting(story, entry, attendance, resolutions)
    for key, entry in attendance.items():
        if key not in story.meetings:
            raise entry.unknown("meeting", key)
    read_dates(story, file)


def _meeting(
    story: Story, entry: Entry, attendance: dict[str, Entry], resolutions: dict[str, Resolution]
) -> None:
    day = entry.take("day", int)
    meeting = Meeting(**entry.values(Meeting, ["title", "place", "visibility"]), is_example=True)
    meeting.committee = entry.named("committee", story.committees)
    meeting.starts_at = story.moment(day, time.fromisoformat(entry.take("at", str)))
    if "minutes" in entry:
        meeting.ends_at = meeting.starts_at + timedelta(minutes=entry.take("minutes", int))
    key = entry.take("key", str)
    story.meetings[key] = meeting
    story.step(min(day - PLANNED_BEFORE, -1), meeting.save, reason="Sitzung geplant")
    invited = day - INVITED_BEFORE
    if invited < 0:
        sent = {"status": Meeting.Status.INVITED, "invited_at": story.moment(invited)}
        story.step(invited, _setting(meeting, **sent), reason="Einladung versandt")
    if day < 0:
        story.step(day, _setting(meeting, status=Meeting.Status.HELD), reason="Sitzung durchgeführt")
    if key in attendance:
        read_attendance(story, attendance[key], meeting)
    parts = [
        (part, AgendaItem(meeting=meeting, **part.values(AgendaItem, ITEM)))
        for part in entry.entries("items")
    ]
    for number, (part, item) in enumerate(sorted(parts, key=lambda pair: pair[1].part), start=1):
        item.number = number
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
