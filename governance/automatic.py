"""Automatic items of an agenda: they gather their matter themselves, each from its own app.

An app registers a kind in its `agenda.py`; the pages of a meeting ask for its entries, each time anew: as
things stand now, or as they stood when a meeting began that was held. So nothing is copied, and each reader
finds only what is visible to them.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.timezone import now

from governance.models import AgendaItem, Meeting
from measures.models import Visibility
from smartregion.base.history import event_model


class Automatic:
    """One kind of item. `template` shows the `entries` of its item."""

    kind: AgendaItem.Kind
    title: Any
    template: str

    def applies(self, meeting: Meeting) -> bool:
        """Whether the meeting has to deal with anything of the kind, whoever may see it."""
        raise NotImplementedError

    def entries(self, meeting: Meeting, reader: Any) -> list[Any]:
        """What the reader finds below the item; costs a fixed number of queries."""
        raise NotImplementedError

    def in_words(self, entry: Any) -> str:
        """An entry as one line of a printed agenda."""
        return str(entry)


_kinds: dict[str, Automatic] = {}


def register(automatic: type[Automatic]) -> type[Automatic]:
    """Class decorator: agendas have this kind from now on."""
    _kinds[automatic.kind] = automatic()
    return automatic


def kinds() -> list[Automatic]:
    """In the order in which a new agenda has them."""
    return [_kinds[kind] for kind in AgendaItem.Kind.values if kind in _kinds]


def of(item: AgendaItem) -> Automatic | None:
    return _kinds.get(item.kind)


def new_item(automatic: Automatic, meeting: Meeting) -> AgendaItem:
    """Public where the meeting is, and where the public would find something below it."""
    is_public = meeting.visibility == Visibility.PUBLIC and automatic.entries(meeting, AnonymousUser())
    return AgendaItem(
        meeting=meeting,
        kind=automatic.kind,
        title=str(automatic.title),
        visibility=Visibility.PUBLIC if is_public else Visibility.INTERNAL,
    )


def moment_of(meeting: Meeting) -> datetime:
    """As of when its automatic items list things."""
    return meeting.starts_at if meeting.status in Meeting.TOOK_PLACE else now()


def as_of(model: type[models.Model], moment: datetime) -> models.QuerySet[Any]:
    """The model's rows as they stood at the moment: the last event of each."""
    events = event_model(model)._base_manager
    until = events.filter(pgh_created_at__lte=moment)
    last = until.order_by("pgh_obj_id", "-pgh_created_at", "-pgh_id").distinct("pgh_obj_id")
    return events.filter(pk__in=last.values("pk")).exclude(pgh_label="delete")
