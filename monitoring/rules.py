"""Who drafts and releases reports, who approves them, and who reads those of the Lenkungskreis."""

from typing import Any

import rules

from governance.models import Committee, Seat
from measures.models import TeamMember
from measures.rules import is_archived, is_in_team
from monitoring.models import Indicator, IndicatorValue
from network.rules import (
    has_any_role,
    is_administrator,
    is_coordinator,
    is_municipality_editor,
    is_steering_member,
)


@rules.predicate
def chairs_lenkungskreis(user: Any) -> bool:
    """The chair or, in the chair's place, the deputy chair."""
    if not user.is_authenticated:
        return False
    return Seat.objects.current().chairing(Committee.Kind.STEERING).filter(user=user).exists()


@rules.predicate
def is_in_team_of_indicator(user: Any, indicator: Indicator | None) -> bool:
    return (
        indicator is not None and TeamMember.objects.filter(measure=indicator.measure_id, user=user).exists()
    )


@rules.predicate
def is_collected_in_municipalities(user: Any, indicator: Indicator | None) -> bool:
    return indicator is not None and indicator.per_municipality


@rules.predicate
def is_in_team_of_value(user: Any, value: IndicatorValue | None) -> bool:
    return value is not None and is_in_team_of_indicator(user, value.indicator)


@rules.predicate
def is_own_value(user: Any, value: IndicatorValue | None) -> bool:
    return (
        value is not None
        and value.municipality_id is not None
        and value.municipality_id == user.municipality_id
    )


@rules.predicate
def is_in_some_team(user: Any) -> bool:
    return TeamMember.objects.filter(user=user).exists()


rules.add_perm("monitoring.manage_indicators", is_coordinator)
rules.add_perm(
    "monitoring.enter_values",
    is_coordinator
    | (has_any_role & is_in_team_of_indicator)
    | (is_municipality_editor & is_collected_in_municipalities),
)
rules.add_perm(
    "monitoring.change_value",
    is_coordinator | (has_any_role & is_in_team_of_value) | (is_municipality_editor & is_own_value),
)
rules.add_perm(
    "monitoring.enter_some_values", is_coordinator | is_municipality_editor | (has_any_role & is_in_some_team)
)
rules.add_perm("monitoring.make_tokens", is_coordinator | is_municipality_editor)
rules.add_perm("monitoring.request_report", is_coordinator)
rules.add_perm("monitoring.approve_report", chairs_lenkungskreis)
rules.add_perm("monitoring.give_back_report", is_coordinator | chairs_lenkungskreis)
rules.add_perm("monitoring.read_journal", is_coordinator | chairs_lenkungskreis)
rules.add_perm("monitoring.declare_erratum", is_coordinator)
rules.add_perm("monitoring.approve_erratum", chairs_lenkungskreis)
rules.add_perm("monitoring.withdraw_erratum", is_coordinator | chairs_lenkungskreis)
rules.add_perm("monitoring.keep_templates", is_coordinator)
rules.add_perm("monitoring.keep_schedules", is_coordinator)
rules.add_perm("monitoring.read_schedules", is_coordinator | chairs_lenkungskreis)
rules.add_perm("monitoring.guard_reports", is_administrator)
rules.add_perm("monitoring.follow_reports", is_steering_member)
rules.add_perm("monitoring.read_internal_reports", is_coordinator | is_steering_member | is_administrator)
rules.add_perm("monitoring.manage_evaluation", is_coordinator)
rules.add_perm("monitoring.answer_evaluation", ~is_archived & (is_coordinator | (has_any_role & is_in_team)))
