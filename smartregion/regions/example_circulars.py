"""Reads the example's circular decisions: drafted, opened, voted on by seats, and closed at the deadline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from governance.models import Ballot, Circular, Entitlement
from governance.services.circulars import cast_ballot, close_circular, open_circular
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story

DRAFTED_BEFORE: Final = 3
TEXTS: Final = ["title", "wording", "reasoning", "visibility"]


@dataclass
class Told:
    """One circular in the making; its steps happen when the story is run."""

    story: Story
    row: Circular
    votes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def vote(self, function: str, values: dict[str, Any], day: int) -> Callable[[], Any]:
        def cast() -> None:
            right = Entitlement.objects.select_related("circular").get(circular=self.row, function=function)
            cast_ballot(right=right, **values, at=self.story.moment(day))

        return cast

    def open(self, day: int) -> Callable[[], Any]:
        return lambda: open_circular(
            circular=self.row, version=1, by=self.story.accounts["coordination"], at=self.story.moment(day)
        )

    def close(self) -> Callable[[], Any]:
        return lambda: close_circular(circular=self.row, by=None, at=self.row.closes_at)


def read_circulars(story: Story, file: Entry) -> None:
    for entry in file.entries("circulars"):
        told = Told(story, Circular(**entry.values(Circular, TEXTS), is_example=True))
        told.row.committee = entry.named("committee", story.committees)
        opened, closes = story.past(entry, "opened", story.begins), entry.take("closes", int)
        told.row.closes_at = story.moment(closes)
        story.step(opened - DRAFTED_BEFORE, told.row.save, reason="Umlauf entworfen")
        story.step(opened, told.open(opened))
        for part in entry.entries("votes"):
            values = part.values(Ballot, ["choice", "comment"])
            day = story.past(part, "day", opened)
            story.step(day, told.vote(part.take("seat", str), values, day), by="")
            part.finish()
        if closes < 0:
            story.step(closes, told.close(), by="")
        entry.finish()
