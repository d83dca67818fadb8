"""What monitoring asks of an account, one file per subject."""

from monitoring.worklist import reports

__all__ = ["reports"]
