"""The fields with their measures, and what comes next in them."""

from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy

from measures.assessment import assess
from measures.models import Measure, MeasureGuideline, TeamMember
from monitoring.periods import Period
from monitoring.snapshot import schema
from monitoring.snapshot.past import Row
from monitoring.snapshot.scales import coded
from monitoring.snapshot.world import World
from network.models import Sector
from smartregion.base.text import german_key, plain_text

FINISHED: Final = {Measure.Status.COMPLETED, Measure.Status.DISCONTINUED}
OTHER_PLACE: Final = gettext_lazy("andere Kommune")


class Result(TextChoices):
    """What the period says of a milestone."""

    MET = "met", gettext_lazy("erreicht")
    LATE = "late", gettext_lazy("verspätet erreicht")
    MISSED = "missed", gettext_lazy("nicht erreicht")


class State(TextChoices):
    """How a milestone stands."""

    REACHED = "reached", gettext_lazy("erreicht")
    LATE = "late", gettext_lazy("verspätet erreicht")
    OPEN = "open", gettext_lazy("offen")
    OVERDUE = "overdue", gettext_lazy("überfällig")


def fields_of(world: World) -> list[schema.Field]:
    profiles = _Profiles(world) if "profiles" in world.parts else None
    return [
        schema.Field(
            slug=field.slug,
            name=field.name,
            order=field.position,
            measures=[_measure(row, world, profiles) for row in world.measures if row.field_id == field.pk],
        )
        for field in world.fields
    ]


def portal_url() -> str | None:
    """The portal's public address: the first host it is served under. In demo mode it has none."""
    return next(iter(settings.CSRF_TRUSTED_ORIGINS), None)


def _measure(row: Row, world: World, profiles: "_Profiles | None") -> schema.Measure:
    milestones = world.milestones.get(row.pk, [])
    updates = world.updates.get(row.pk, [])
    last_update_on = updates[-1].on if updates else None
    assessment = assess(row.status, milestones, last_update_on, world.on, row.update_rhythm)
    portal, is_finished = portal_url(), row.status in FINISHED
    return schema.Measure(
        no=row.no,
        title=row.title,
        url=portal + reverse("measure", args=[row.slug]) if portal else None,
        lead=world.organisations[row.lead_id].short_name,
        phase=coded(Measure.Phase(row.phase)),
        status=coded(Measure.Status(row.status)),
        status_reason=said(row.status_reason),
        light_stated=coded(Measure.Light(row.light)),
        light_reason=said(row.light_reason),
        light_computed=coded(assessment.light),
        light_computed_reasons=assessment.reasons,
        needed_decision=said(row.needed_decision),
        summary=plain_text(row.summary),
        goal=said(row.goal) if profiles else None,
        benefit=said(row.benefit) if profiles else None,
        target_group=(row.target_group or None) if profiles else None,
        contact=(row.contact or None) if profiles else None,
        starts_on=iso(row.starts_on),
        ends_on=iso(row.ends_on),
        guidelines=profiles.guidelines(row) if profiles else [],
        team=profiles.team(row) if profiles else [],
        milestones=[_milestone(item, world.on) for item in milestones] if profiles else [],
        is_starter=row.is_starter,
        is_example=row.is_example,
        progress_percent=_progress(milestones, world.on),
        next_milestone=None if is_finished else _next_milestone(milestones, world.on),
        milestones_overdue=0 if is_finished else sum(_is_overdue(item, world.on) for item in milestones),
        milestones_in_period=[item for milestone in milestones for item in _in_period(milestone, world)],
        last_update=schema.Update(date=updates[-1].on.isoformat(), text=plain_text(updates[-1].text))
        if updates
        else None,
    )


def said(text: str) -> str | None:
    """A text of people in plain words; None where there is none."""
    return (plain_text(text) or None) if text else None


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


class _Profiles:
    """What a Steckbrief says beside the rest: guidelines and team."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.titles = {row.pk: (row.position, row.title) for row in world.guidelines}
        self.links: dict[int, list[int]] = {}
        for link in world.past.rows(MeasureGuideline, "measure_id", "guideline_id"):
            self.links.setdefault(link.measure_id, []).append(link.guideline_id)
        self.seats: dict[int, list[Row]] = {}
        for seat in world.past.rows(
            TeamMember, "measure_id", "organisation_id", "sector", "function", "role"
        ):
            self.seats.setdefault(seat.measure_id, []).append(seat)
        self.others = {row.organisation_id for row in world.all_places} - {
            row.organisation_id for row in world.places
        }

    def guidelines(self, measure: Row) -> list[str]:
        served = (self.titles[pk] for pk in self.links.get(measure.pk, []) if pk in self.titles)
        return [title for _position, title in sorted(served)]

    def team(self, measure: Row) -> list[schema.TeamSeat]:
        """Sector by sector, in each the lead first."""
        roles = list(TeamMember.TeamRole)
        sectors = list(Sector)

        def order(seat: Row) -> tuple[int, int, tuple[str, str], int]:
            role = roles.index(TeamMember.TeamRole(seat.role))
            return sectors.index(Sector(seat.sector)), role, german_key(seat.function), seat.pk

        return [
            schema.TeamSeat(
                organisation=self._organisation(seat.organisation_id),
                function=seat.function,
                sector=coded(Sector(seat.sector)),
            )
            for seat in sorted(self.seats.get(measure.pk, []), key=order)
        ]

    def _organisation(self, pk: int) -> str:
        """A report on one municipality names no other."""
        return str(OTHER_PLACE) if pk in self.others else self.world.organisations[pk].name


def due_on(milestone: Row) -> date:
    due: date = milestone.forecast_date or milestone.planned_date
    return due


def _is_open(milestone: Row, on: date) -> bool:
    return milestone.actual_date is None or milestone.actual_date > on


def _is_overdue(milestone: Row, on: date) -> bool:
    return _is_open(milestone, on) and due_on(milestone) < on


def _milestone(milestone: Row, on: date) -> schema.MeasureMilestone:
    is_open = _is_open(milestone, on)
    if is_open:
        state = State.OVERDUE if _is_overdue(milestone, on) else State.OPEN
    else:
        state = State.LATE if milestone.actual_date > milestone.planned_date else State.REACHED
    return schema.MeasureMilestone(
        title=milestone.title,
        planned_date=milestone.planned_date.isoformat(),
        forecast_date=iso(milestone.forecast_date),
        actual_date=None if is_open else milestone.actual_date.isoformat(),
        weight=milestone.weight,
        state=coded(state),
    )


def _progress(milestones: list[Row], on: date) -> int | None:
    """Share of the weight that is done in percent, halves rounded up; None without milestones."""
    total = sum(milestone.weight for milestone in milestones)
    done = sum(milestone.weight for milestone in milestones if not _is_open(milestone, on))
    return (200 * done + total) // (2 * total) if total else None


def _next_milestone(milestones: list[Row], on: date) -> schema.PlannedMilestone | None:
    coming = min((item for item in milestones if _is_open(item, on)), key=due_on, default=None)
    if coming is None:
        return None
    return schema.PlannedMilestone(title=coming.title, planned_date=due_on(coming).isoformat())


def _in_period(milestone: Row, world: World) -> list[schema.PeriodMilestone]:
    """What the period says of the milestone, if anything: reached in it, or planned for it and missed."""
    reached = None if _is_open(milestone, world.on) else milestone.actual_date
    if reached is not None and reached in world.period:
        result = Result.LATE if reached > milestone.planned_date else Result.MET
    elif reached is None and milestone.planned_date in world.period and milestone.planned_date < world.on:
        result = Result.MISSED
    else:
        return []
    return [
        schema.PeriodMilestone(
            title=milestone.title,
            planned_date=milestone.planned_date.isoformat(),
            actual_date=iso(reached),
            result=coded(result),
        )
    ]


def outlook_of(world: World) -> schema.Outlook:
    """What is due after the Stichtag until the end of the following period."""
    following: Period = world.period.following
    if "outlook" not in world.parts:
        return schema.Outlook(period_label=following.label, milestones=[])
    coming = [
        (due_on(milestone), measure, milestone)
        for measure in world.measures
        if measure.status not in FINISHED
        for milestone in world.milestones.get(measure.pk, [])
        if _is_open(milestone, world.on) and world.on <= due_on(milestone) <= following.end
    ]
    return schema.Outlook(
        period_label=following.label,
        milestones=[
            schema.OutlookMilestone(
                title=milestone.title,
                planned_date=due.isoformat(),
                measure_no=measure.no,
                measure_title=measure.title,
            )
            for due, measure, milestone in sorted(coming, key=lambda item: (item[0], item[1].no, item[2].pk))
        ],
    )
