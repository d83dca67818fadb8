"""What the page of a development team shows: seats by sector, and what became of inputs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from measures.models import Impulse, Measure, TeamMember
from network.models import Sector
from smartregion.base.history import events_of


def seats_by_sector(team: QuerySet[TeamMember]) -> list[tuple[Sector, list[TeamMember]]]:
    """All sectors, those without a seat too: a gap in the team shall be seen. The lead comes first."""
    order = list(TeamMember.TeamRole)
    seats = sorted(
        team.select_related("organisation", "user"),
        key=lambda seat: (order.index(TeamMember.TeamRole(seat.role)), seat.function),
    )
    return [(sector, [seat for seat in seats if seat.sector == sector]) for sector in Sector]


@dataclass(frozen=True)
class Decision:
    """One step of an input's fate."""

    fate: str
    reason: str
    at: datetime
    by: str


def impulses_of(measure: Measure) -> list[tuple[Impulse, list[Decision]]]:
    """The measure's inputs, newest first, each with its decisions, newest first. Three queries."""
    impulses = list(measure.impulses.select_related("given_by", "task", "milestone"))
    events = list(events_of(Impulse, measure_id=measure.pk))
    people = get_user_model()._base_manager.in_bulk(
        {event.pgh_context.metadata.get("user") for event in events if event.pgh_context} - {None}
    )
    by_impulse = defaultdict(list)
    for event in events:
        by_impulse[event.pgh_obj_id].append(event)
    decisions = defaultdict(list)
    for key, history in by_impulse.items():
        for after, before in pairwise(history):
            if (after.fate, after.fate_reason) != (before.fate, before.fate_reason):
                user = after.pgh_context and people.get(after.pgh_context.metadata.get("user"))
                decisions[key].append(
                    Decision(
                        fate=str(Impulse.Fate(after.fate).label),
                        reason=after.fate_reason,
                        at=after.pgh_created_at,
                        by=str(user or _("Systemdienst")),
                    )
                )
    return [(impulse, decisions[impulse.pk]) for impulse in impulses]
