"""What of the committees is open to all, with its times: the ground on which objects and lists are built.

A row is told only if both agree that everybody may read it: `visible_to` for the rows as they stand, and the
history, from which the times come. Each table is asked once, whatever is listed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models

from governance.models import (
    AgendaItem,
    Committee,
    Consultation,
    Meeting,
    Minutes,
    Paper,
    PaperFile,
    Resolution,
    Seat,
    Term,
)
from governance.oparl.life import History, Life
from network.models import Municipality, Region

ANYBODY = AnonymousUser()
COUNTY = "1"
Model = type[models.Model]


def _of_committee(model: Any) -> Any:
    return model.objects.filter(committee__in=Committee.objects.visible_to(ANYBODY))


def _consultations() -> Any:
    """Stations whose paper and committee may be read; which agenda took one up is another question."""
    return _of_committee(Consultation).filter(paper__in=Paper.objects.visible_to(ANYBODY))


VISIBLE: dict[Model, Callable[[], Any]] = {
    Committee: lambda: Committee.objects.visible_to(ANYBODY),
    Term: lambda: _of_committee(Term).select_related("committee"),
    Seat: lambda: _of_committee(Seat).select_related("committee"),
    Meeting: lambda: Meeting.objects.visible_to(ANYBODY).select_related("committee"),
    AgendaItem: lambda: AgendaItem.objects.visible_to(ANYBODY).select_related("meeting__committee"),
    Minutes: lambda: (
        Minutes.objects.visible_to(ANYBODY).sealed_for_all().select_related("meeting__committee")
    ),
    Resolution: lambda: Resolution.objects.visible_to(ANYBODY),
    Paper: lambda: Paper.objects.visible_to(ANYBODY).select_related("committee"),
    PaperFile: lambda: (
        PaperFile.objects.visible_to(ANYBODY).without_content().select_related("paper__committee")
    ),
    Consultation: lambda: _consultations().select_related("paper__committee", "item"),
}


@dataclass(frozen=True)
class Part:
    """Rows that are told within, or named by, another one: they belong to it by this column."""

    model: Model
    column: str


PARTS: dict[Model, tuple[Part, ...]] = {
    Committee: (Part(Seat, "committee_id"), Part(Committee, "parent_id")),
    Meeting: (Part(AgendaItem, "meeting_id"), Part(Minutes, "meeting_id")),
    AgendaItem: (Part(Resolution, "item_id"), Part(Consultation, "item_id")),
    Paper: (
        Part(PaperFile, "paper_id"),
        Part(Consultation, "paper_id"),
        Part(Paper, "answers_id"),
    ),
}
ABOVE = {Committee: "parent_id", Paper: "answers_id"}
"""A row of the same model that is named, if it may be read."""


class Catalogue:
    """One request's view of all that is, or was, open to all."""

    def __init__(self) -> None:
        self.history = History()
        self._lives: dict[Model, dict[int, Life]] = {}
        self._touched: dict[tuple[Model, int], Life] = {}
        self._children: dict[Part, dict[int, list[int]]] = {}
        self._rows: dict[tuple[Model, int], Any] = {}

    def lives(self, model: Model) -> dict[int, Life]:
        """Every row that was ever open, by its key, with its own times only."""
        if model not in self._lives:
            visible = set(VISIBLE[model]().values_list("pk", flat=True))
            self._lives[model] = {}
            for pk in self.history.events(model):
                if life := self.history.life((model, pk)):
                    life.deleted = life.deleted or pk not in visible
                    self._lives[model][pk] = life
        return self._lives[model]

    def life(self, model: Model, pk: int) -> Life | None:
        """The row's times, with those of all that is told within it or named by it."""
        own = self.lives(model).get(pk)
        if own is None:
            return None
        if (model, pk) not in self._touched:
            life = Life(own.created, own.modified, own.deleted)
            for part in PARTS.get(model, ()):
                for child in self.all_children(part, pk):
                    life.touch(self._life_of_part(model, part, child))
            if above := self._above(model, pk):
                life.touch(self.lives(model).get(above))
            self._touched[model, pk] = life
        return self._touched[model, pk]

    def _life_of_part(self, model: Model, part: Part, child: int) -> Life | None:
        """Rows of one model may name each other; only their own times count then."""
        return self.lives(model).get(child) if part.model is model else self.life(part.model, child)

    def _above(self, model: Model, pk: int) -> int | None:
        return self.history.last(model, pk)[ABOVE[model]] if model in ABOVE else None

    def is_open(self, model: Model, pk: int | None) -> bool:
        life = self.lives(model).get(pk) if pk else None
        return life is not None and not life.deleted

    def all_children(self, part: Part, pk: int) -> list[int]:
        """The keys of its rows that are or were open, in the order in which they became so."""
        if part not in self._children:
            rows: dict[int, list[int]] = {}
            lives = self.lives(part.model)
            for child in sorted(lives, key=lambda child: (lives[child].created, child)):
                for owner in {event[part.column] for event in self.history.events(part.model)[child]}:
                    rows.setdefault(owner, []).append(child)
            self._children[part] = rows
        return self._children[part].get(pk, [])

    def children(self, model: Model, column: str, pk: int) -> list[int]:
        """The keys of its rows that are open now and belong to it now."""
        return [
            child
            for child in self.all_children(Part(model, column), pk)
            if self.is_open(model, child) and self.history.last(model, child)[column] == pk
        ]

    def load(self, model: Model, pks: Iterable[int]) -> None:
        """Read these rows, and what is told within them, with one query for each kind of row."""
        wanted = {pk for pk in pks if self.is_open(model, pk) and (model, pk) not in self._rows}
        if not wanted:
            return
        for row in VISIBLE[model]().filter(pk__in=wanted):
            self._rows[model, row.pk] = row
        for part in PARTS.get(model, ()):
            if part.model is not model:
                self.load(part.model, {child for pk in wanted for child in self.all_children(part, pk)})

    def has(self, model: Model, pk: int) -> bool:
        """Whether the row was still open when it was read."""
        return (model, pk) in self._rows

    def row(self, model: Model, pk: int) -> Any:
        return self._rows[model, pk]

    def rows(self, model: Model, column: str, pk: int) -> list[Any]:
        """The open rows that belong to it, which `load` has read; one closed meanwhile is left out."""
        found = (self._rows.get((model, child)) for child in self.children(model, column, pk))
        return [row for row in found if row]

    def body_of(self, committee: int) -> str:
        """The municipality's official key for its council, else the county."""
        municipality = self.history.last(Committee, committee)["municipality_id"]
        return self.municipalities[municipality].ags if municipality else COUNTY

    def committee_of(self, model: Model, pk: int) -> int:
        if model is Committee:
            return pk
        above = self.history.states((model, pk))[-1].above
        return next(key for higher, key in above if higher is Committee)

    @cached_property
    def municipalities(self) -> dict[int, Municipality]:
        """Those that have a council here."""
        lines = self.history.events(Committee).values()
        return Municipality.objects.in_bulk(
            {event["municipality_id"] for line in lines for event in line} - {None}
        )

    @cached_property
    def region(self) -> Region:
        return Region.objects.get()

    @cached_property
    def bodies(self) -> dict[str, Life]:
        """The county, and each municipality whose council is or was open."""
        region = self.history.life((Region, self.region.pk))
        found = {COUNTY: region} if region else {}
        for pk in self.lives(Committee):
            key = self.body_of(pk)
            if key != COUNTY:
                life = self.lives(Committee)[pk]
                known = found.setdefault(key, Life(life.created, life.created, True))
                known.created = min(known.created, life.created)
                known.modified = max(known.modified, life.modified if life.deleted else life.created)
                known.deleted = known.deleted and life.deleted
        for pk in self.lives(Term):
            body = found.get(self.body_of(self.committee_of(Term, pk)))
            if body:
                body.touch(self.life(Term, pk))
        return found
