"""Resolutions of the period, and what they have set somebody to do."""

from typing import Any

from django.db.models import TextChoices
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import FollowUp, Resolution
from monitoring.snapshot import schema
from monitoring.snapshot.measures import iso
from monitoring.snapshot.past import Row
from monitoring.snapshot.scales import coded
from monitoring.snapshot.world import World
from smartregion.base.text import german_key, plain_text

FOLLOW_UP = ("resolution_id", "what", "responsible", "due_on", "reported_on", "noted_in_id")


class State(TextChoices):
    """How far a follow-up is; only the committee notes it as done."""

    OPEN = "open", gettext_lazy("offen")
    OVERDUE = "overdue", gettext_lazy("überfällig")
    REPORTED = "reported", gettext_lazy("als umgesetzt gemeldet")
    NOTED = "noted", gettext_lazy("als erledigt festgestellt")


def resolutions_of(world: World) -> list[schema.Resolution]:
    """By day, then in the order of their numbers."""
    if "resolutions" not in world.parts:
        return []
    of_period = [row for row in _of_report(world) if world.period.start <= row.resolved_on <= world.as_of]
    return [
        _resolution(row, world)
        for row in sorted(of_period, key=lambda row: (row.resolved_on, row.number, row.pk))
    ]


def _of_report(world: World) -> list[Row]:
    """Of a part of the concept those that are about one of its measures."""
    rows = world.matters.resolutions.values()
    if not world.scope.is_narrow:
        return list(rows)
    return [row for row in rows if world.matters.measures_of[row.pk] & world.nos.keys()]


def _resolution(row: Row, world: World) -> schema.Resolution:
    about = world.matters.measures_of[row.pk] & world.nos.keys()
    return schema.Resolution(
        date=row.resolved_on.isoformat(),
        committee=world.matters.committees[row.committee_id].name,
        number=row.number,
        title=row.title,
        wording=plain_text(row.wording),
        outcome=coded(Resolution.Outcome(row.outcome)),
        votes=None
        if row.votes_for is None
        else schema.Votes(
            in_favour=row.votes_for,
            against=row.votes_against,
            abstentions=row.abstentions,
            label=_("mehrheitlich") if row.votes_against else _("einstimmig"),
        ),
        in_force=row.pk not in world.matters.superseded,
        superseded_by=world.matters.superseded.get(row.pk),
        measure_nos=sorted(world.nos[pk] for pk in about),
    )


def follow_ups_of(world: World) -> list[schema.FollowUp]:
    """Committee by committee, in each the most urgent first."""
    if "follow_ups" not in world.parts:
        return []
    resolutions = {row.pk: row for row in _of_report(world) if row.resolved_on <= world.as_of}
    known = [
        (row, resolutions[row.resolution_id])
        for row in world.past.rows(FollowUp, *FOLLOW_UP)
        if row.resolution_id in resolutions
    ]
    told = [(row, resolution) for row, resolution in known if _is_told(row, world)]
    return [
        _follow_up(row, resolution, world)
        for row, resolution in sorted(told, key=lambda pair: _urgency(pair[0], pair[1], world))
    ]


def _is_told(row: Row, world: World) -> bool:
    """Open, of a resolution in force; or noted in a meeting of the period that the audience may know."""
    if row.noted_in_id is None:
        return row.resolution_id not in world.matters.superseded
    meeting = world.matters.meetings.get(row.noted_in_id)
    return meeting is not None and localdate(meeting.starts_at) in world.period


def _urgency(row: Row, resolution: Row, world: World) -> tuple[Any, ...]:
    committee = world.matters.committees[resolution.committee_id]
    place = (committee.position, german_key(committee.name))
    return (*place, row.due_on is None, row.due_on or resolution.resolved_on, resolution.resolved_on, row.pk)


def _follow_up(row: Row, resolution: Row, world: World) -> schema.FollowUp:
    meeting = world.matters.meetings.get(row.noted_in_id)
    return schema.FollowUp(
        committee=world.matters.committees[resolution.committee_id].name,
        resolution_number=resolution.number,
        what=row.what,
        responsible=row.responsible or None,
        due_on=iso(row.due_on),
        reported_on=iso(row.reported_on),
        noted_on=localdate(meeting.starts_at).isoformat() if meeting else None,
        state=coded(_state(row, world)),
    )


def _state(row: Row, world: World) -> State:
    if row.noted_in_id is not None:
        return State.NOTED
    if row.reported_on is not None:
        return State.REPORTED
    return State.OVERDUE if row.due_on and row.due_on < world.on else State.OPEN
