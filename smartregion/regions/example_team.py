"""Reads the example's teams: minutes, inputs with their fate, updates that wait for approval."""

from collections.abc import Callable
from typing import Any

from measures.models import Impulse, Measure, StatusUpdate, TeamMeeting
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

UPDATE = ["text", "next_steps", "support_needed", "progress_felt", "proposed_light", "proposed_reason"]


def read_teams(story: Story, file: Entry) -> None:
    """Each entry of "teams" is about one measure."""
    for entry in file.entries("teams"):
        measure = entry.named("measure", story.measures)
        for part in entry.entries("meetings"):
            _meeting(story, part, measure)
        for part in entry.entries("impulses"):
            _impulse(story, part, measure)
        for part in entry.entries("submitted"):
            _submitted(story, part, measure)
        entry.finish()


def _saving(row: Any, measure: Measure) -> Callable[[], Any]:
    """The row's measure gets its key only when its own step was done."""

    def save() -> None:
        row.measure = measure
        row.save()

    return save


def _meeting(story: Story, entry: Entry, measure: Measure) -> None:
    meeting = TeamMeeting(**entry.values(TeamMeeting, ["present", "text", "decisions"]))
    day, by = story.past(entry, "day", story.begins), story.account(entry, "by", "coordination")
    entry.finish()
    meeting.on = story.day(day)
    story.step(day, _saving(meeting, measure), by=by)


def _impulse(story: Story, entry: Entry, measure: Measure) -> None:
    impulse = Impulse(**entry.values(Impulse, ["title", "text", "origin"]))
    day, by = story.past(entry, "day", story.begins), story.account(entry, "by", "coordination")
    impulse.given_on, impulse.given_by = story.day(day), story.accounts[by]
    story.step(day, _saving(impulse, measure), by=by)
    for part in entry.entries("fates"):
        values = part.values(Impulse, ["fate", "fate_reason"])
        decided = story.past(part, "day", day)
        part.finish()
        story.step(decided, _deciding(impulse, **values, decided_on=story.day(decided)))
    entry.finish()


def _deciding(impulse: Impulse, **values: Any) -> Callable[[], Any]:
    return lambda: change(impulse, **values)


def _submitted(story: Story, entry: Entry, measure: Measure) -> None:
    update = StatusUpdate(**story.values(entry, StatusUpdate, [*UPDATE, "for_public"]))
    day, by = story.past(entry, "day", story.begins), story.account(entry, "by", "team")
    entry.finish()
    update.on, update.author = story.day(day), story.accounts[by]
    update.visibility, update.review = "draft", StatusUpdate.Review.SUBMITTED
    story.step(day, _saving(update, measure), by=by)
