"""An agenda as a reader finds it: in parts, each item with its paper, its resolutions and its entries."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from governance import automatic
from governance.models import AgendaItem, Meeting, Paper, Resolution
from measures.models import Measure, Visibility


@dataclass(frozen=True)
class Part:
    """The public or the non-public part; a part in which the reader finds nothing does not exist."""

    key: str
    label: str
    items: list[Any]


def agenda_for(meeting: Meeting, reader: Any, *, public_only: bool = False) -> list[Any]:
    """The items that the reader may see, in order, each with `visible_resolutions`, `entries`, `template`.

    Args:
        public_only: nothing but what everybody may read, for a room with guests.
    """
    items = AgendaItem.objects.visible_to(reader).filter(meeting=meeting)
    if public_only:
        items, reader = items.filter(visibility=Visibility.PUBLIC), AnonymousUser()
    measures = Prefetch("measures", Measure.objects.reachable_by(reader), to_attr="visible_measures")
    resolutions = Resolution.objects.visible_to(reader).with_control()
    found = list(
        items.select_related("meeting__committee").prefetch_related(
            Prefetch("paper", Paper.objects.visible_to(reader).select_related("committee")),
            Prefetch("resolutions", resolutions.prefetch_related(measures), to_attr="visible_resolutions"),
        )
    )
    for item in found:
        _gather(item, reader)
    return sorted(found, key=lambda item: (item.visibility != Visibility.PUBLIC, item.number))


def in_parts(items: list[Any]) -> list[Part]:
    public = [item for item in items if item.visibility == Visibility.PUBLIC]
    others = [item for item in items if item.visibility != Visibility.PUBLIC]
    parts = [
        Part("oeffentlich", _("Öffentlicher Teil"), public),
        Part("nichtoeffentlich", _("Nichtöffentlicher Teil"), others),
    ]
    return [part for part in parts if part.items]


def _gather(item: Any, reader: Any) -> None:
    """A meeting that was called off deals with nothing."""
    kind = automatic.of(item)
    item.template = kind.template if kind else ""
    deals = kind and item.meeting.status != Meeting.Status.CANCELLED
    item.entries = kind.entries(item.meeting, reader) if kind and deals else []
