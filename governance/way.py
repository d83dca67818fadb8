"""The way of a paper as one reader sees it: stations with their state, and the votes that were taken there.

A station says nothing of an agenda item, a meeting or a resolution that its reader may not see: it then looks
like one that has not been reached.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise
from typing import Any

from django.db.models import Prefetch

from governance.models import AgendaItem, Consultation, Meeting, Paper, Resolution


class State(StrEnum):
    DONE = "done"
    NEXT = "next"
    OPEN = "open"


@dataclass
class Station:
    """One stop of the way.

    Attributes:
        item: where the committee dealt or will deal with the paper, if the reader may see it.
        resolutions: what was resolved there, as far as the reader may see it.
        can_move_up, can_move_down: whether it may change places; the one that decides stays last.
    """

    consultation: Consultation
    item: AgendaItem | None
    resolutions: list[Resolution]
    state: State
    can_move_up: bool = False
    can_move_down: bool = False

    @property
    def can_be_scheduled(self) -> bool:
        return self.consultation.item_id is None


def way_of(paper: Paper, user: Any) -> list[Station]:
    """The stations that the reader may know, in their order."""
    return ways_of([paper], user).get(paper.pk, [])


def ways_of(papers: Iterable[Paper], user: Any) -> dict[int, list[Station]]:
    """The ways of several papers by their keys. Costs a fixed number of queries."""
    resolutions = Resolution.objects.visible_to(user).with_control()
    items = (
        AgendaItem.objects.visible_to(user)
        .select_related("meeting__committee")
        .prefetch_related(Prefetch("resolutions", resolutions, to_attr="visible_resolutions"))
    )
    consultations = (
        Consultation.objects.visible_to(user)
        .filter(paper__in=papers)
        .select_related("committee", "paper")
        .prefetch_related(Prefetch("item", items, to_attr="visible_item"))
    )
    ways: dict[int, list[Station]] = {}
    for consultation in consultations:
        way = ways.setdefault(consultation.paper_id, [])
        way.append(_station(consultation, way))
    for earlier, later in chain.from_iterable(pairwise(way) for way in ways.values()):
        earlier.can_move_down = later.can_move_up = not later.consultation.decides
    return ways


def _station(consultation: Consultation, before: list[Station]) -> Station:
    item: AgendaItem | None = consultation.visible_item  # type: ignore[attr-defined]
    if item and item.paper_id != consultation.paper_id:
        item = None  # the item was given to another paper since
    resolutions: list[Resolution] = item.visible_resolutions if item else []  # type: ignore[attr-defined]
    is_next = all(station.state is State.DONE for station in before)
    waiting = State.NEXT if is_next else State.OPEN
    state = State.DONE if item and _is_done(item, resolutions) else waiting
    return Station(consultation, item, resolutions, state)


def _is_done(item: AgendaItem, resolutions: list[Resolution]) -> bool:
    """The committee has dealt with it, and not only postponed it."""
    if resolutions:
        return any(row.outcome != Resolution.Outcome.POSTPONED for row in resolutions)
    return item.meeting.status in Meeting.TOOK_PLACE
