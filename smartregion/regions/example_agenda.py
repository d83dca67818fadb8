"""Reads the example topics that wait for an agenda (Themenspeicher), as steps."""

from governance.models import Topic
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story

TOPIC = ["title", "text", "proposed_by", "visibility"]


def read_topics(story: Story, file: Entry) -> None:
    for entry in file.entries("topics"):
        topic = Topic(**entry.values(Topic, TOPIC), is_example=True)
        topic.committee = entry.named("committee", story.committees)
        day = story.past(entry, "day", story.begins)
        entry.finish()
        story.step(day, topic.save, reason="Thema vorgeschlagen")
