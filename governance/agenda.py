"""What steering puts on agendas by itself: minutes, open decisions, measures in trouble, wishes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.automatic import Automatic, as_of, moment_of, register
from governance.models import AgendaItem, Committee, FollowUp, Meeting, Minutes, ResolutionMeasure
from measures.models import Measure, RolloutCell, Wish
from measures.models.measure import visibilities_for
from smartregion.base import written
from smartregion.base.history import event_model
from smartregion.base.text import german_key

STEERING = {Committee.Kind.STEERING, Committee.Kind.MAYORS}
"""The kinds of committees that steer the measures, and so deal with red ones, wishes and reports."""


def shown_decisions(meeting: Meeting, reader: Any) -> list[FollowUp]:
    """What the committee has to check in the meeting, as far as the reader may see it."""
    visible = FollowUp.objects.visible_to(reader).with_resolution()
    return list(visible.to_be_checked_in(meeting))


@dataclass(frozen=True)
class Presented:
    """A meeting whose minutes lie before its members; without them for readers who must wait for them."""

    meeting: Meeting
    minutes: Minutes | None


@register
class Approval(Automatic):
    kind = AgendaItem.Kind.MINUTES
    title = _("Genehmigung der Niederschrift")
    template = "governance/_agenda_minutes.html"

    def applies(self, meeting: Meeting) -> bool:
        return _presented(meeting).exists()

    def entries(self, meeting: Meeting, reader: Any) -> list[Any]:
        meetings = Meeting.objects.visible_to(reader).filter(pk__in=_presented(meeting).values("pgh_obj_id"))
        visible = Minutes.objects.visible_to(reader).filter(meeting__in=meetings)
        minutes = {row.meeting_id: row for row in visible.select_related("meeting__committee")}
        found = meetings.select_related("committee").order_by("-starts_at")
        return [Presented(earlier, minutes.get(earlier.pk)) for earlier in found]

    def in_words(self, entry: Any) -> str:
        return str(_("%(title)s am %(day)s")) % {
            "title": entry.meeting.title,
            "day": written.day(entry.meeting.day),
        }


@register
class Control(Automatic):
    kind = AgendaItem.Kind.CONTROL
    title = _("Umsetzung früherer Beschlüsse")
    template = "governance/_follow_ups.html"

    def applies(self, meeting: Meeting) -> bool:
        return FollowUp.objects.to_be_checked_in(meeting).exists()

    def entries(self, meeting: Meeting, reader: Any) -> list[Any]:
        return shown_decisions(meeting, reader)


@dataclass(frozen=True)
class Red:
    """A measure whose stated Ampel is red, with its reason, since when it is, and what is to be decided."""

    measure: Measure
    reason: str
    since: datetime
    needed_decision: str


@register
class RedMeasures(Automatic):
    kind = AgendaItem.Kind.RED_MEASURES
    title = _("Maßnahmen mit roter Ampel")
    template = "governance/_agenda_red.html"

    def applies(self, meeting: Meeting) -> bool:
        return meeting.committee.kind in STEERING and _red(moment_of(meeting)).exists()

    def entries(self, meeting: Meeting, reader: Any) -> list[Any]:
        """Of measures that the reader may see, now and then: a reason from before may be an internal one."""
        moment = moment_of(meeting)
        measures = _measures(reader, moment).in_bulk()
        seen = _red(moment).filter(pgh_obj_id__in=measures, visibility__in=visibilities_for(reader))
        red = list(seen.order_by("no"))
        since = _since(moment, [event.pgh_obj_id for event in red])
        return [
            Red(
                measure=measures[event.pgh_obj_id],
                reason=event.light_reason,
                since=since[event.pgh_obj_id],
                needed_decision=event.needed_decision,
            )
            for event in red
        ]


@dataclass(frozen=True)
class Wished:
    """A measure that municipalities wish for; `names` are those whose wish the reader may read."""

    measure: Measure
    number: int
    names: list[str]


@register
class Wishes(Automatic):
    kind = AgendaItem.Kind.WISHES
    title = _("Wünsche der Kommunen")
    template = "governance/_agenda_wishes.html"

    def applies(self, meeting: Meeting) -> bool:
        return meeting.committee.kind in STEERING and bool(_wished(meeting))

    def entries(self, meeting: Meeting, reader: Any) -> list[Any]:
        """For the committee, which is to deal with them; nobody else learns that there are any."""
        if not reader.has_perm("governance.read_internals", meeting.committee):
            return []
        wished = _wished(meeting)
        found = _measures(reader, moment_of(meeting)).filter(pk__in=wished)
        readable = Wish.objects.visible_to(reader).filter(pk__in=chain.from_iterable(wished.values()))
        names = defaultdict(list)
        for measure, name in readable.values_list("cell__measure", "cell__municipality__name"):
            names[measure].append(name)
        return [
            Wished(measure, len(wished[measure.pk]), sorted(names[measure.pk], key=german_key))
            for measure in found
        ]

    def in_words(self, entry: Any) -> str:
        names = f" ({', '.join(entry.names)})" if entry.names else ""
        words = {"measure": entry.measure, "number": entry.number, "names": names}
        return str(_("%(measure)s: Wünsche %(number)d%(names)s") % words)


def measures_on(meeting: Meeting) -> set[int]:
    """The keys of measures that the agenda deals with: by its automatic items and by what was resolved."""
    kinds = set(meeting.items.values_list("kind", flat=True))
    about = Q(resolution__item__meeting=meeting)
    if AgendaItem.Kind.CONTROL in kinds:
        checked = FollowUp.objects.to_be_checked_in(meeting).order_by()
        about |= Q(resolution__in=checked.values("resolution"))
    found = set(ResolutionMeasure.objects.filter(about).values_list("measure", flat=True))
    if AgendaItem.Kind.RED_MEASURES in kinds:
        found |= set(_red(moment_of(meeting)).values_list("pgh_obj_id", flat=True))
    return found | set(_wished(meeting) if AgendaItem.Kind.WISHES in kinds else ())


def _presented(meeting: Meeting) -> QuerySet[Any]:
    """Earlier meetings of the committee whose minutes were presented and not yet approved."""
    earlier = as_of(Meeting, moment_of(meeting)).filter(starts_at__lt=meeting.starts_at)
    return earlier.filter(committee_id=meeting.committee_id, status=Meeting.Status.MINUTES_READY)


def _measures(reader: Any, moment: datetime) -> Any:
    """Those that the reader may see and that were not archived at the moment."""
    current = Q(archived_at=None) | Q(archived_at__gt=moment)
    return Measure.objects.reachable_by(reader).filter(current)


def _red(moment: datetime) -> QuerySet[Any]:
    return as_of(Measure, moment).filter(light=Measure.Light.RED, archived_at=None)


def _since(moment: datetime, measures: list[int]) -> dict[int, datetime]:
    """When each of these red measures became so."""
    since: dict[int, datetime] = {}
    events = event_model(Measure)._base_manager.filter(pgh_obj_id__in=measures, pgh_created_at__lte=moment)
    ordered = events.order_by("pgh_created_at", "pgh_id")
    for pk, light, at in ordered.values_list("pgh_obj_id", "light", "pgh_created_at"):
        if light == Measure.Light.RED:
            since.setdefault(pk, at)
        else:
            since.pop(pk, None)
    return since


def _wished(meeting: Meeting) -> dict[int, list[int]]:
    """The open wishes for each measure that enough municipalities wish for."""
    open_ones = as_of(Wish, moment_of(meeting)).filter(state=Wish.State.OPEN)
    cells = dict(open_ones.values_list("pgh_obj_id", "cell_id"))
    measures = dict(RolloutCell.objects.filter(pk__in=cells.values()).values_list("pk", "measure_id"))
    wished = defaultdict(list)
    for wish, cell in cells.items():
        if cell in measures:
            wished[measures[cell]].append(wish)
    threshold = meeting.committee.wish_threshold
    return {measure: wishes for measure, wishes in wished.items() if len(wishes) >= threshold}
