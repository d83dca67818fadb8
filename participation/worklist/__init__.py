"""What the public's part asks of an account, one file per subject."""

from participation.worklist import events, ideas, questions

__all__ = ["events", "ideas", "questions"]
