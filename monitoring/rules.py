"""Who drafts and releases reports, who approves them, and who reads those of the Lenkungskreis."""

from typing import Any

import rules

from governance.models import Committee, Seat
from network.rules import is_administrator, is_coordinator, is_steering_member


@rules.predicate
def chairs_lenkungskreis(user: Any) -> bool:
    """The chair or, in the chair's place, the deputy chair."""
    if not user.is_authenticated:
        return False
    return Seat.objects.current().chairing(Committee.Kind.STEERING).filter(user=user).exists()


rules.add_perm("monitoring.request_report", is_coordinator)
rules.add_perm("monitoring.approve_report", chairs_lenkungskreis)
rules.add_perm("monitoring.give_back_report", is_coordinator | chairs_lenkungskreis)
rules.add_perm("monitoring.read_journal", is_coordinator | chairs_lenkungskreis)
rules.add_perm("monitoring.declare_erratum", is_coordinator)
rules.add_perm("monitoring.approve_erratum", chairs_lenkungskreis)
rules.add_perm("monitoring.withdraw_erratum", is_coordinator | chairs_lenkungskreis)
rules.add_perm("monitoring.keep_templates", is_coordinator)
rules.add_perm("monitoring.guard_reports", is_administrator)
rules.add_perm("monitoring.follow_reports", is_steering_member)
rules.add_perm("monitoring.read_internal_reports", is_coordinator | is_steering_member | is_administrator)
