"""What the public's part asks of an account, one file per subject."""

from participation.worklist import questions

__all__ = ["questions"]
