"""Reads which example measure builds upon which, and the planned starts, as steps of the story."""

from collections.abc import Callable
from typing import Any

from measures.models import Measure, PlannedStart, Prerequisite
from measures.models.waves import quarter_of
from measures.services.prerequisites import add_prerequisite
from measures.services.waves import answer_start, plan_starts
from network.models import Municipality
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story


def read_waves(story: Story, file: Entry) -> None:
    for entry in file.entries("prerequisites"):
        _prerequisite(story, entry)
    for entry in file.entries("wave_plans"):
        _plan(story, entry)


def _prerequisite(story: Story, entry: Entry) -> None:
    measure, required = (entry.named(key, story.measures) for key in ("measure", "required"))
    values = entry.values(Prerequisite, ["stage", "note"])
    day = story.past(entry, "day", story.begins)
    entry.finish()

    def add() -> None:
        new = Prerequisite(measure=measure, required=required, **values)
        add_prerequisite(prerequisite=new, by=story.accounts["coordination"])

    story.step(day, add)


def _plan(story: Story, entry: Entry) -> None:
    """The whole plan of a measure is saved at once; answers of municipalities come after it."""
    measure, day = entry.named("measure", story.measures), story.past(entry, "day", story.begins)
    starts = {}
    for part in entry.entries("starts"):
        municipality = part.named("municipality", story.municipalities)
        starts[municipality.pk] = quarter_of(story.day(part.take("start", int)))
        if "answered" in part:
            _answer(story, part, measure, municipality, day)
        part.finish()
    entry.finish()
    author = story.accounts["coordination"]
    story.step(day, lambda: plan_starts(measure=measure, version=1, quarters=starts, by=author))


def _answer(story: Story, entry: Entry, measure: Measure, municipality: Municipality, planned: int) -> None:
    values = entry.values(PlannedStart, ["answer", "answer_reason"])
    by = story.account(entry, "by", "coordination")
    story.step(
        story.past(entry, "answered", planned + 1),
        _answering(measure, municipality, values, story, by),
        by=by,
    )


def _answering(
    measure: Measure, municipality: Municipality, values: dict[str, Any], story: Story, by: str
) -> Callable[[], Any]:
    def answer() -> None:
        start = PlannedStart.objects.get(measure=measure, municipality=municipality)
        start.answer, start.answer_reason = values["answer"], values["answer_reason"]
        answer_start(start=start, version=start.version, by=story.accounts[by])

    return answer
