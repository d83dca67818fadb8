"""Who may keep the committees' records: the coordinator. Reading follows `visible_to`."""

import rules

from network.rules import is_coordinator

rules.add_perm("governance.change_committee", is_coordinator)
