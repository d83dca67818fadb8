"""What monitoring asks of an account, one file per subject."""

from monitoring.worklist import evaluation, indicators, reports, schedules

__all__ = ["evaluation", "indicators", "reports", "schedules"]
