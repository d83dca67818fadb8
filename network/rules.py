"""The roles as predicates, for the rules of every app; and who may manage accounts."""

from typing import Any

import rules

from network.models import Role


def _has_role(role: Role) -> rules.Predicate:
    return rules.predicate(
        lambda user: user.is_authenticated and user.is_active and user.role == role, name=f"is_{role}"
    )


is_coordinator = _has_role(Role.COORDINATION)
is_municipality_editor = _has_role(Role.MUNICIPALITY)
is_steering_member = _has_role(Role.STEERING)
is_team_member = _has_role(Role.TEAM)
is_administrator = _has_role(Role.ADMINISTRATION)

has_any_role = (
    is_coordinator | is_municipality_editor | is_steering_member | is_team_member | is_administrator
)


@rules.predicate
def gives_no_power(user: Any, role: Role | None) -> bool:
    """The coordinator brings in those who work with them, and nobody of their own rank or above."""
    return role in {Role.MUNICIPALITY, Role.STEERING, Role.TEAM}


rules.add_perm("network", is_administrator)
rules.add_perm("network.administer", is_administrator)
rules.add_perm("network.view_user", is_administrator)
rules.add_perm("network.invite", is_coordinator | is_administrator)
rules.add_perm("network.invite_as", is_administrator | (is_coordinator & gives_no_power))
rules.add_perm("network.care", is_coordinator)
rules.add_perm("base.view_job", is_coordinator | is_administrator)
rules.add_perm("base.retry_job", is_administrator)
rules.add_perm("base.change_legaltext", is_coordinator | is_administrator)
