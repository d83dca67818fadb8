"""The public's part: what people without an account send, ask for and take part in."""

from participation.models.ideas import Idea, IdeaAuthor, Support, pseudonym
from participation.models.mails import VisitorMail
from participation.models.surveys import Question, Reply, Sheet, Survey

__all__ = [
    "Idea",
    "IdeaAuthor",
    "Question",
    "Reply",
    "Sheet",
    "Support",
    "Survey",
    "VisitorMail",
    "pseudonym",
]
