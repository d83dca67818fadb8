"""Reads the example minutes: what was said, how they were presented and approved."""

from collections.abc import Callable
from typing import Any

from governance.models import AgendaItem, Meeting, Minutes
from governance.services.minutes import Writing, approve_minutes, present_minutes, save_minutes
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story

HEAD = ["chair", "minute_taker"]


def read_minutes(story: Story, file: Entry, meetings: dict[str, Meeting]) -> None:
    for entry in file.entries("minutes"):
        meeting = entry.named("meeting", meetings)
        head = entry.values(Minutes, HEAD)
        for name in ("opened_at", "closed_at"):
            head[name] = entry.check(name, Minutes._meta.get_field(name), entry.take(name, str))
        texts = entry.take("texts", list)
        day = story.past(entry, "day", story.begins)
        story.step(day, _writing(story, meeting, head, texts), reason="Niederschrift geschrieben")
        if "presented" in entry:
            story.step(story.past(entry, "presented", day), _presenting(story, meeting))
        if "approved" in entry:
            later = entry.named("approved_in", meetings)
            story.step(story.past(entry, "approved", day), _approving(story, meeting, later))
        entry.finish()


def _writing(story: Story, meeting: Meeting, head: dict[str, Any], texts: list[str]) -> Callable[[], Any]:
    def write() -> None:
        items = AgendaItem.objects.filter(meeting=meeting).order_by("number")
        said = {
            item.pk: Writing(item.version, {"minutes": text})
            for item, text in zip(items, texts, strict=False)
        }
        save_minutes(meeting=meeting, head=Writing(None, head), items=said, by=story.accounts["coordination"])

    return write


def _presenting(story: Story, meeting: Meeting) -> Callable[[], Any]:
    return lambda: present_minutes(meeting=meeting, by=story.accounts["coordination"])


def _approving(story: Story, meeting: Meeting, later: Meeting) -> Callable[[], Any]:
    """The worker seals them once the example is loaded."""

    def approve() -> None:
        minutes = Minutes.objects.select_related("meeting__committee").get(meeting=meeting)
        by = story.accounts["coordination"]
        approve_minutes(minutes=minutes, version=minutes.version, approved_in=later, by=by)

    return approve
