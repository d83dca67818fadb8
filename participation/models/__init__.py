"""The public's part: what people without an account send, ask for and take part in."""

from participation.models.mails import VisitorMail
from participation.models.questions import Question

__all__ = ["Question", "VisitorMail"]
