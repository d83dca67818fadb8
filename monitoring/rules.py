"""Who asks for reports and who reads those of the Lenkungskreis."""

import rules

from network.rules import is_administrator, is_coordinator, is_steering_member

rules.add_perm("monitoring.request_report", is_coordinator)
rules.add_perm("monitoring.follow_reports", is_steering_member)
rules.add_perm("monitoring.read_internal_reports", is_coordinator | is_steering_member | is_administrator)
