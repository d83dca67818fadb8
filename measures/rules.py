"""Who may change measures, write their status updates, and touch roll-out cells."""

from typing import Any

import rules

from measures.models import Measure, RolloutCell
from network.models import Municipality
from network.rules import is_coordinator, is_municipality_editor, is_team_member


@rules.predicate
def is_in_team(user: Any, measure: Measure | None) -> bool:
    return measure is not None and measure.team.filter(user=user).exists()


@rules.predicate
def is_own_municipality(user: Any, municipality: Municipality | None) -> bool:
    return municipality is not None and user.municipality_id == municipality.pk


@rules.predicate
def is_own_cell(user: Any, cell: RolloutCell | None) -> bool:
    return cell is not None and user.municipality_id == cell.municipality_id


rules.add_perm("measures.add_measure", is_coordinator)
rules.add_perm("measures.change_measure", is_coordinator)
rules.add_perm("measures.add_statusupdate", is_coordinator | (is_team_member & is_in_team))
rules.add_perm("measures.change_every_cell", is_coordinator)
rules.add_perm("measures.change_cell", is_coordinator | (is_municipality_editor & is_own_cell))
rules.add_perm("measures.confirm_cells", is_coordinator | (is_municipality_editor & is_own_municipality))
