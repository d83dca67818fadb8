"""The public's part: what people without an account send, ask for and take part in."""

from participation.models.access import AccessRequest
from participation.models.mailings import Mailing
from participation.models.event_parts import EventFile, Feedback, Session
from participation.models.events import Audience, Event, EventSeries
from participation.models.mails import VisitorMail
from participation.models.registrations import Registration

__all__ = ["AccessRequest", "Mailing", "VisitorMail"]
__all__ = [
    "Audience",
    "Event",
    "EventFile",
    "EventSeries",
    "Feedback",
    "Registration",
    "Session",
    "VisitorMail",
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
from participation.models.subscriptions import (
    Subscriber,
    Subscription,
    SubscriptionRequest,
    WeeklyDigest,
)

__all__ = [
    "Subscriber",
    "Subscription",
    "SubscriptionRequest",
    "VisitorMail",
    "WeeklyDigest",
]
