"""When a row could be read by everybody, by the history's events (docs/decisions/0011).

A row is open while its own last event says so and so does that of every row above it (its committee, its
meeting). What happened while it was not open is never told: not its changes, not even when they were.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from measures.models import Visibility
from network.models import Municipality, Region
from smartregion.base.history import event_model

Key = tuple[type[models.Model], int]


@dataclass(frozen=True)
class State:
    """A row as of an event: whether it was open itself, and the rows above that must be open too."""

    at: datetime
    is_open: bool
    above: tuple[Key, ...]
    told: tuple[Any, ...]
    named: tuple[Key, ...] = ()
    """A row that is named only while it and all above it are open; this one is open without it."""


@dataclass
class Life:
    """When a row was first open to all, when it last changed while it was, and whether it still is."""

    created: datetime
    modified: datetime
    deleted: bool = False

    def touch(self, other: "Life | None") -> None:
        """What is shown as a part of this changed, came or went."""
        if other and not self.deleted:
            self.modified = max(self.modified, other.created, other.modified)


@dataclass(frozen=True)
class Kind:
    """What of a model's events is told or leads to what is told, and who may read the row by it."""

    told: tuple[str, ...]
    is_open: Callable[[dict[str, Any]], bool]
    above: Callable[["History", dict[str, Any]], tuple[Key, ...]]
    among: Callable[[], models.QuerySet[Any]] | None = None
    """The rows that can be told at all; without it every row of the model."""
    naming: tuple[str, ...] = ()
    named: Callable[["History", dict[str, Any]], tuple[Key, ...]] = lambda history, event: ()


def _public(event: dict[str, Any]) -> bool:
    return bool(event["visibility"] == Visibility.PUBLIC)


def _always(event: dict[str, Any]) -> bool:
    return True


def _nothing(history: "History", event: dict[str, Any]) -> tuple[Key, ...]:
    return ()


def _committee(history: "History", event: dict[str, Any]) -> tuple[Key, ...]:
    return ((Committee, event["committee_id"]),)


def _item(history: "History", event: dict[str, Any]) -> tuple[Key, ...]:
    return history.with_above(Meeting, event["meeting_id"])


def _file(history: "History", event: dict[str, Any]) -> tuple[Key, ...]:
    return history.with_above(Paper, event["paper_id"])


def _consultation(history: "History", event: dict[str, Any]) -> tuple[Key, ...]:
    return (*_file(history, event), *_committee(history, event))


def _item_of_station(history: "History", event: dict[str, Any]) -> tuple[Key, ...]:
    return history.with_above(AgendaItem, event["item_id"]) if event["item_id"] else ()


KINDS: dict[type[models.Model], Kind] = {
    Region: Kind(("name", "portal_title", "key", "coordination_office", "website"), _always, _nothing),
    Municipality: Kind(("name", "official_name", "ags", "ars", "website"), _always, _nothing),
    Committee: Kind(("name", "slug", "kind", "municipality_id", "parent_id"), _public, _nothing),
    Term: Kind(("committee_id", "name", "starts_on", "ends_on"), _always, _committee),
    Seat: Kind(
        (
            *("committee_id", "function", "is_chair", "is_deputy_chair", "deputy_for_id"),
            *("votes", "starts_on", "ends_on"),
        ),
        _always,
        _committee,
    ),
    Meeting: Kind(
        ("committee_id", "title", "starts_at", "ends_at", "place", "status"),
        _public,
        _committee,
    ),
    AgendaItem: Kind(("meeting_id", "number", "title"), _public, _item),
    Minutes: Kind(
        ("meeting_id", "sealed_at"),
        lambda event: event["sealed_at"] is not None,
        _item,
        among=Minutes.objects.sealed_for_all,
    ),
    Resolution: Kind(("committee_id", "item_id", "outcome"), _public, _committee),
    Paper: Kind(("committee_id", "answers_id", "kind", "number", "title", "dated"), _public, _committee),
    PaperFile: Kind(
        ("paper_id", "removed_at", "title", "name", "kind", "size"),
        lambda event: _public(event) and event["removed_at"] is None,
        _file,
    ),
    Consultation: Kind(
        ("paper_id", "committee_id", "role", "position"),
        _always,
        _consultation,
        naming=("item_id",),
        named=_item_of_station,
    ),
}
WITH_VISIBILITY = {Committee, Meeting, AgendaItem, Resolution, Paper, PaperFile}


class History:
    """The events of the rows that decide who may read what; each table is read once, when it is asked for."""

    def __init__(self) -> None:
        self._events: dict[type[models.Model], dict[int, list[dict[str, Any]]]] = {}
        self._states: dict[Key, list[State]] = {}

    def events(self, model: type[models.Model]) -> dict[int, list[dict[str, Any]]]:
        """The events of each row of the model, oldest first."""
        if model not in self._events:
            rows: dict[int, list[dict[str, Any]]] = {}
            found = event_model(model)._base_manager.order_by("pgh_created_at", "pgh_id")
            kind = KINDS[model]
            columns = [*kind.told, *kind.naming, *(["visibility"] if model in WITH_VISIBILITY else [])]
            if kind.among:
                found = found.filter(pgh_obj_id__in=kind.among().values("pk"))
            for event in found.values("pgh_obj_id", "pgh_created_at", "pgh_label", *columns):
                rows.setdefault(event["pgh_obj_id"], []).append(event)
            self._events[model] = rows
        return self._events[model]

    def with_above(self, model: type[models.Model], pk: int) -> tuple[Key, ...]:
        """The row and all above it, as its last event names them: no row ever changes what it belongs to."""
        states = self.states((model, pk))
        return ((model, pk), *(states[-1].above if states else ()))

    def states(self, key: Key) -> list[State]:
        if key not in self._states:
            model, pk = key
            kind = KINDS[model]
            self._states[key] = [
                State(
                    event["pgh_created_at"],
                    event["pgh_label"] != "delete" and kind.is_open(event),
                    kind.above(self, event),
                    tuple(event[name] for name in kind.told),
                    kind.named(self, event),
                )
                for event in self.events(model).get(pk, [])
            ]
        return self._states[key]

    def life(self, key: Key) -> Life | None:
        """None for a row that was never open to all."""
        return _fold(self.states(key), self.states)

    def last(self, model: type[models.Model], pk: int) -> dict[str, Any]:
        """What the row's last event says."""
        return self.events(model)[pk][-1]


def _fold(own: list[State], states: Callable[[Key], list[State]]) -> Life | None:
    others = {key: states(key) for state in own for key in (*state.above, *state.named)}
    moments = {state.at for state in own}.union(*({state.at for state in line} for line in others.values()))

    def are_open(keys: tuple[Key, ...], moment: datetime) -> bool:
        return all((other := _at(others[key], moment)) and other.is_open for key in keys)

    life, before = None, None
    for moment in sorted(moments):
        state, told = _at(own, moment), None
        if state and state.is_open and are_open(state.above, moment):
            told = (state.told, state.named if are_open(state.named, moment) else ())
        if told and life is None:
            life = Life(moment, moment)
        if life:
            if told != before:
                life.modified = moment
            life.deleted = told is None
        before = told
    return life


def _at(line: list[State], moment: datetime) -> State | None:
    """The row as of that moment, or None before its first event."""
    place = bisect_right(line, moment, key=lambda state: state.at)
    return line[place - 1] if place else None
