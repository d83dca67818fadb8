"""What monitoring asks of an account, one file per subject."""

from monitoring.worklist import indicators, reports

__all__ = ["indicators", "reports"]
