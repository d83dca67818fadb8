"""What monitoring asks of an account, one file per subject."""

from monitoring.worklist import evaluation, indicators, reports

__all__ = ["evaluation", "indicators", "reports"]
