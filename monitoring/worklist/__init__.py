"""What monitoring asks of an account, one file per subject."""

from monitoring.worklist import evaluation, reports

__all__ = ["evaluation", "reports"]
