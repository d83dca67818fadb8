"""Reads what example municipalities have learnt and what they wish for, as steps of the story."""

from collections.abc import Callable
from typing import Any

from measures.models import Experience, Measure, RolloutCell, Wish
from network.models import Municipality
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

EXPERIENCE = [
    *["supplier", "person_days", "cost_once", "cost_yearly", "lessons"],
    *["transferability", "transferability_reason", "links", "is_public"],
]


def read_neighbours(story: Story, file: Entry) -> None:
    for entry in file.entries("experiences"):
        _experience(story, entry)
    for entry in file.entries("wishes"):
        _wish(story, entry)


def _experience(story: Story, entry: Entry) -> None:
    measure, place, by, day = _common(story, entry)
    values = entry.values(Experience, EXPERIENCE)
    titles: list[str] = entry.take("documents", list, [])
    entry.finish()

    def write() -> None:
        documents = [measure.documents.get(title=title).pk for title in titles]
        Experience.objects.create(cell=_cell(measure, place), documents=documents, **values)

    story.step(day, write, by=by)


def _wish(story: Story, entry: Entry) -> None:
    measure, place, by, day = _common(story, entry)
    values = entry.values(Wish, ["message"])
    values["asked"] = entry.named_if_given("asked", story.municipalities)
    wish = Wish(made_on=story.day(day), **values)
    if "handled" in entry:
        note = entry.values(Wish, ["note"])["note"]
        handled = story.past(entry, "handled", day + 1)
        story.step(
            handled, lambda: change(wish, state=Wish.State.HANDLED, note=note), reason="Wunsch erledigt"
        )
    entry.finish()
    story.step(day, _wishing(story, wish, measure, place, by), by=by, reason="Wunsch: Wir wollen das auch")


def _wishing(story: Story, wish: Wish, measure: Measure, place: Municipality, by: str) -> Callable[[], Any]:
    def make() -> None:
        wish.cell, wish.made_by = _cell(measure, place), story.accounts[by]
        wish.save()

    return make


def _common(story: Story, entry: Entry) -> tuple[Measure, Municipality, str, int]:
    measure = entry.named("measure", story.measures)
    place = entry.named("municipality", story.municipalities)
    by = story.account(entry, "by", "coordination")
    return measure, place, by, story.past(entry, "day", story.begins)


def _cell(measure: Measure, place: Municipality) -> RolloutCell:
    return RolloutCell.objects.get(measure=measure, municipality=place)
