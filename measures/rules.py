"""Who may change measures, write their status updates, and touch roll-out cells."""

from typing import Any

import rules

from measures.models import Measure, RolloutCell, StatusUpdate, Visibility
from network.models import Municipality
from network.rules import has_any_role, is_coordinator, is_municipality_editor, is_team_member


@rules.predicate
def is_in_team(user: Any, measure: Measure | None) -> bool:
    return measure is not None and measure.team.filter(user=user).exists()


@rules.predicate
def is_own_unpublished_update(user: Any, update: StatusUpdate | None) -> bool:
    return update is not None and update.author_id == user.pk and update.visibility == Visibility.INTERNAL


@rules.predicate
def is_in_team_of_update(user: Any, update: StatusUpdate | None) -> bool:
    return update is not None and is_in_team(user, update.measure)


@rules.predicate
def is_own_municipality(user: Any, municipality: Municipality | None) -> bool:
    return municipality is not None and user.municipality_id == municipality.pk


@rules.predicate
def is_own_cell(user: Any, cell: RolloutCell | None) -> bool:
    return cell is not None and user.municipality_id == cell.municipality_id


rules.add_perm("measures.add_measure", is_coordinator)
rules.add_perm("measures.change_measure", is_coordinator)
rules.add_perm("measures.report_for_team", is_team_member)
rules.add_perm("measures.add_statusupdate", is_coordinator | (is_team_member & is_in_team))
rules.add_perm(
    "measures.change_statusupdate",
    is_coordinator | (is_team_member & is_own_unpublished_update & is_in_team_of_update),
)
rules.add_perm("measures.publish_statusupdate", is_coordinator)
rules.add_perm("measures.manage_rounds", is_coordinator)
rules.add_perm("measures.manage_solutions", is_coordinator)
rules.add_perm("measures.view_history", has_any_role)
rules.add_perm("measures.change_every_cell", is_coordinator)
rules.add_perm("measures.change_cell", is_coordinator | (is_municipality_editor & is_own_cell))
rules.add_perm("measures.confirm_cells", is_coordinator | (is_municipality_editor & is_own_municipality))
