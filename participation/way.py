"""The way of an idea: to a measure, to decisions, to the roll-out, as far as the reader may see it.

The days come from the records: when the idea was linked tells its history, when something was resolved or
rolled out tell resolution and cell.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import AgendaItem, Resolution, Topic
from measures.models import Measure, RolloutCell, RolloutFigures
from participation.models import Idea
from smartregion.base.history import events_of

SHOWN_CELLS: Final = 5


@dataclass(frozen=True)
class Event:
    """Something that happened on the way; `of` names the thing, which `url` leads to."""

    on: date | None
    text: str
    of: str = ""
    url: str = ""
    is_background: bool = False
    """It was so before the idea came, so it is no step of its way."""


@dataclass
class Station:
    """One of the four; it is reached when something has happened there since the idea came."""

    title: Any
    events: list[Event] = field(default_factory=list)
    measure: Measure | None = None
    figures: RolloutFigures | None = None

    @property
    def is_reached(self) -> bool:
        return any(not event.is_background for event in self.events)


def way_of(idea: Idea, user: Any) -> list[Station]:
    """The four stations in their order. A fixed number of queries."""
    measure = Measure.objects.reachable_by(user).filter(ideas=idea).first()
    return [
        Station(gettext_lazy("Idee"), _own_events(idea)),
        _measure_station(idea, measure),
        Station(gettext_lazy("Entscheidung"), _decisions(idea, measure, user)),
        _rollout_station(idea, measure, user),
    ]


def _own_events(idea: Idea) -> list[Event]:
    moments = [
        (idea.sent_at, _("eingereicht")),
        (idea.published_at, _("geprüft und veröffentlicht")),
        (idea.answered_at if idea.answer else None, _("von der Koordinierungsstelle beantwortet")),
    ]
    return [Event(_day(moment), text) for moment, text in moments if moment]


def _measure_station(idea: Idea, measure: Measure | None) -> Station:
    station = Station(gettext_lazy("Maßnahme"), measure=measure)
    if measure:
        linked_on = _day(linked_at(idea))
        station.events = [Event(linked_on, _("verbunden mit"), str(measure), measure.get_absolute_url())]
    return station


def linked_at(idea: Idea) -> datetime | None:
    """Since when the idea has been linked to its measure."""
    since = None
    events = events_of(Idea, pgh_obj_id=idea.pk).order_by("pgh_id")
    for measure, at in events.values_list("measure_id", "pgh_created_at"):
        if measure != idea.measure_id:
            since = None
        elif since is None:
            since = at
    return since


def _decisions(idea: Idea, measure: Measure | None, user: Any) -> list[Event]:
    events = [*_topic_events(idea, user), *_item_events(idea, user)]
    about = Q(item__topics=idea.topic_id) if idea.topic_id else Q(pk=None)
    if measure:
        about |= Q(measure_links__measure=measure)
    resolutions = Resolution.objects.visible_to(user).filter(about).distinct().select_related("committee")
    for row in resolutions.order_by("resolved_on", "pk"):
        words = {"committee": row.committee.name, "outcome": row.get_outcome_display()}
        is_earlier = _is_before(row.resolved_on, idea)
        text = (
            _("schon vor der Idee, %(committee)s: %(outcome)s")
            if is_earlier
            else "%(committee)s: %(outcome)s"
        )
        named = f"{row.number} {row.title}"
        events.append(Event(row.resolved_on, text % words, named, row.get_absolute_url(), is_earlier))
    return sorted(events, key=lambda event: event.on or date.min)


def _topic_events(idea: Idea, user: Any) -> list[Event]:
    topic = Topic.objects.visible_to(user).filter(ideas=idea).select_related("committee").first()
    if topic is None:
        return []
    proposed = events_of(Topic, pgh_obj_id=topic.pk).last()
    text = _("als Thema vorgeschlagen: %s") % topic.committee.name
    return [Event(_day(proposed and proposed.pgh_created_at), text, topic.title, topic.get_absolute_url())]


def _item_events(idea: Idea, user: Any) -> list[Event]:
    if idea.topic_id is None:
        return []
    items = AgendaItem.objects.visible_to(user).filter(topics=idea.topic_id)
    return [
        Event(item.meeting.day, _("auf der Tagesordnung"), item.meeting.title, item.get_absolute_url())
        for item in items.select_related("meeting__committee")
    ]


def _rollout_station(idea: Idea, measure: Measure | None, user: Any) -> Station:
    station = Station(gettext_lazy("Roll-out"))
    if measure is None:
        return station
    seen = RolloutCell.objects.visible_to(user).filter(measure=measure)
    cells = list(seen.select_related("municipality").defer("municipality__boundary"))
    station.figures = RolloutFigures.of((cell.stage, cell.municipality.residents) for cell in cells)
    live = [cell for cell in cells if cell.stage == RolloutCell.Stage.LIVE]
    for cell in sorted(live, key=lambda cell: cell.since or date.min)[-SHOWN_CELLS:]:
        place, is_earlier = cell.municipality, _is_before(cell.since, idea)
        text = _("schon vor der Idee im Regelbetrieb in") if is_earlier else _("im Regelbetrieb in")
        station.events.append(Event(cell.since, text, place.name, place.get_absolute_url(), is_earlier))
    return station


def _is_before(day: date | None, idea: Idea) -> bool:
    return day is not None and day < localtime(idea.sent_at).date()


def _day(moment: datetime | None) -> date | None:
    return localtime(moment).date() if moment else None
