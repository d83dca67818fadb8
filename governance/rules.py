"""Who keeps the committees' records, and who belongs to a committee. Reading follows `visible_to`."""

from typing import Any

import rules

from governance.models import Committee
from network.rules import is_coordinator


@rules.predicate
def holds_seat(user: Any, committee: Committee | None) -> bool:
    return (
        committee is not None
        and user.is_authenticated
        and committee.seats.current().filter(user=user).exists()
    )


rules.add_perm("governance.change_committee", is_coordinator)
rules.add_perm("governance.propose_topic", is_coordinator | holds_seat)
rules.add_perm("governance.read_internals", is_coordinator | holds_seat)
