"""Who keeps the committees' records, and who belongs to a committee. Reading follows `visible_to`."""

from typing import Any

import rules

from governance.models import Committee, FollowUp, Seat
from network.rules import is_coordinator


@rules.predicate
def belongs_to(user: Any, committee: Committee | None) -> bool:
    """A seat or a deputy's place: whoever has one reads the committee's internal matters."""
    if committee is None or not user.is_authenticated:
        return False
    return Seat.objects.current().filter(committee=committee, user=user).exists()


@rules.predicate
def belongs_to_its_committee(user: Any, follow_up: FollowUp | None) -> bool:
    return follow_up is not None and bool(belongs_to(user, follow_up.resolution.committee))


rules.add_perm("governance.change_committee", is_coordinator)
rules.add_perm("governance.follow_all_committees", is_coordinator)
rules.add_perm("governance.attend", belongs_to)
rules.add_perm("governance.see_attendance", is_coordinator | belongs_to)
rules.add_perm("governance.propose_topic", is_coordinator | belongs_to)
rules.add_perm("governance.read_internals", is_coordinator | belongs_to)
rules.add_perm("governance.report_follow_up", is_coordinator | belongs_to_its_committee)
