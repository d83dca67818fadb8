"""Copying a measure as the beginning of a new one."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from measures.models import Measure, Milestone, TeamMember, Visibility
from measures.services.measures import create_measure
from smartregion.base.history import recorded

TAKEN_ALONG = [
    *["field", "lead", "summary", "goal", "benefit", "target_group", "contact", "is_example"],
    "update_rhythm",
]


def copy_measure(
    *,
    source: Measure,
    no: str,
    title: str,
    starts_on: date | None,
    by: Any,
    with_milestones: bool,
    with_team: bool,
    with_guidelines: bool,
) -> Measure:
    """Store a draft with the source's profile. Phase, status, Ampel, updates and roll-out begin anew."""
    shift = _shift(source, starts_on)
    copy = Measure(
        no=no,
        title=title,
        starts_on=starts_on,
        ends_on=source.ends_on and source.ends_on + shift,
        visibility=Visibility.DRAFT,
        **{name: getattr(source, name) for name in TAKEN_ALONG},
    )
    with recorded(by=by, reason=_("Kopie von %s") % source.no):
        guidelines = source.guidelines.all() if with_guidelines else ()
        create_measure(measure=copy, by=by, guidelines=guidelines)
        if with_milestones:
            _copy_milestones(source, copy, shift)
        if with_team:
            _copy_team(source, copy)
    return copy


def _shift(source: Measure, starts_on: date | None) -> timedelta:
    """From the source's beginning, or its first milestone, to the new one; none without a day."""
    began = source.starts_on or source.milestones.values_list("planned_date", flat=True).first()
    return starts_on - began if starts_on and began else timedelta()


def _copy_milestones(source: Measure, copy: Measure, shift: timedelta) -> None:
    Milestone.objects.bulk_create(
        Milestone(
            measure=copy,
            title=each.title,
            weight=each.weight,
            position=each.position,
            planned_date=each.planned_date + shift,
        )
        for each in source.milestones.all()
    )


def _copy_team(source: Measure, copy: Measure) -> None:
    TeamMember.objects.bulk_create(
        TeamMember(
            measure=copy,
            organisation_id=each.organisation_id,
            sector=each.sector,
            function=each.function,
            role=each.role,
            user_id=each.user_id,
        )
        for each in source.team.all()
    )
