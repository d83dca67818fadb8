"""Who may keep the committees' records: the coordinator. Reading follows `visible_to`."""

from typing import Any

import rules

from network.rules import is_coordinator


@rules.predicate
def sits_in_its_committee(user: Any, follow_up: Any) -> bool:
    if not (follow_up and user.is_authenticated):
        return False
    return bool(follow_up.resolution.committee.seats.current().filter(user=user).exists())


rules.add_perm("governance.change_committee", is_coordinator)
rules.add_perm("governance.report_follow_up", is_coordinator | sits_in_its_committee)
