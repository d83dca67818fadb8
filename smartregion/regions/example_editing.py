"""Reads what the example file keeps beside the measures: archived ones, and saved views offered to all."""

from collections.abc import Callable
from typing import Any

from measures.models import Measure, SavedView
from smartregion.regions.example_measures import read_measure
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change


def read_archive(story: Story, file: Entry) -> None:
    """Measures as in `measures`, and the day on which each was archived, perhaps merged `into` another."""
    for entry in file.entries("archive"):
        told = entry.entry("measure")
        read_measure(story, told)
        measure = story.measures[told.take("no", str)]
        into = entry.named("into", story.measures) if "into" in entry else None
        day, reason = story.past(entry, "day", story.begins), entry.take("reason", str)
        entry.finish()
        story.step(day, _archiving(story, measure, into, day), reason=reason)


def _archiving(story: Story, measure: Measure, into: Measure | None, day: int) -> Callable[[], Any]:
    return lambda: change(measure, archived_at=story.moment(day), merged_into=into)


def read_views(story: Story, file: Entry) -> None:
    for entry in file.entries("views"):
        view = SavedView(**entry.values(SavedView, ["name", "page", "query"]), is_shared=True)
        view.owner = story.accounts[story.account(entry, "by", "coordination")]
        entry.finish()
        view.save()
