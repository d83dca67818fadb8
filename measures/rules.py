"""Who may change measures, write their status updates, and touch roll-out cells."""

from typing import Any

import rules

from measures.models import Impulse, Measure, RolloutCell, SavedView, StatusUpdate
from network.models import Municipality
from network.rules import has_any_role, is_coordinator, is_municipality_editor


@rules.predicate
def is_in_team(user: Any, measure: Measure | None) -> bool:
    return measure is not None and measure.team.filter(user=user).exists()


@rules.predicate
def is_own_unapproved_update(user: Any, update: StatusUpdate | None) -> bool:
    return update is not None and update.author_id == user.pk and not update.is_approved


@rules.predicate
def is_in_team_of_update(user: Any, update: StatusUpdate | None) -> bool:
    return update is not None and is_in_team(user, update.measure)


@rules.predicate
def is_own_open_impulse(user: Any, impulse: Impulse | None) -> bool:
    return impulse is not None and impulse.given_by_id == user.pk and impulse.is_open


@rules.predicate
def is_own_municipality(user: Any, municipality: Municipality | None) -> bool:
    return municipality is not None and user.municipality_id == municipality.pk


@rules.predicate
def is_own_cell(user: Any, cell: RolloutCell | None) -> bool:
    return cell is not None and user.municipality_id == cell.municipality_id


@rules.predicate
def is_archived(user: Any, measure: Measure | None) -> bool:
    return measure is not None and measure.archived_at is not None


@rules.predicate
def is_own_view(user: Any, view: SavedView | None) -> bool:
    return view is not None and view.owner_id == user.pk


rules.add_perm("measures.add_measure", is_coordinator)
rules.add_perm("measures.change_task", is_coordinator | (has_any_role & is_in_team))
rules.add_perm("measures.view_internals", has_any_role)
rules.add_perm("measures.view_drafts", is_coordinator)
rules.add_perm("measures.manage_criteria", is_coordinator)
rules.add_perm("measures.change_measure", is_coordinator & ~is_archived)
rules.add_perm("measures.restore_measure", is_coordinator & is_archived)
rules.add_perm("measures.change_view", is_own_view)
rules.add_perm("measures.share_view", is_coordinator)
rules.add_perm("measures.report_for_team", has_any_role)
rules.add_perm("measures.add_statusupdate", ~is_archived & (is_coordinator | (has_any_role & is_in_team)))
rules.add_perm(
    "measures.change_statusupdate",
    is_coordinator | (has_any_role & is_own_unapproved_update & is_in_team_of_update),
)
rules.add_perm("measures.publish_statusupdate", is_coordinator)
rules.add_perm("measures.change_minutes", ~is_archived & (is_coordinator | (has_any_role & is_in_team)))
rules.add_perm(
    "measures.add_impulse",
    ~is_archived & (is_coordinator | is_municipality_editor | (has_any_role & is_in_team)),
)
rules.add_perm("measures.change_impulse", is_coordinator | (has_any_role & is_own_open_impulse))
rules.add_perm("measures.decide_impulse", is_coordinator)
rules.add_perm("measures.manage_rounds", is_coordinator)
rules.add_perm("measures.manage_solutions", is_coordinator)
rules.add_perm("measures.import_tables", is_coordinator)
rules.add_perm("measures.view_history", has_any_role)
rules.add_perm("measures.change_every_cell", is_coordinator)
rules.add_perm("measures.change_cell", is_coordinator | (is_municipality_editor & is_own_cell))
rules.add_perm("measures.publish_experience", is_municipality_editor & is_own_cell)
rules.add_perm("measures.make_wish", is_municipality_editor & is_own_cell)
rules.add_perm("measures.handle_wishes", is_coordinator)
rules.add_perm("measures.confirm_cells", is_coordinator | (is_municipality_editor & is_own_municipality))
rules.add_perm("measures.view_money", has_any_role)
rules.add_perm("measures.change_money", is_coordinator)
rules.add_perm("measures.view_shares", is_coordinator | (is_municipality_editor & is_own_municipality))
