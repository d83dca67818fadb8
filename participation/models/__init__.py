"""The public's part: what people without an account send, ask for and take part in."""

from participation.models.access import AccessRequest
from participation.models.addresses import hold_address, pseudonym
from participation.models.event_parts import EventFile, Feedback, Session
from participation.models.events import Audience, Event, EventSeries
from participation.models.ideas import ForgottenIdea, Idea, IdeaAuthor, Support
from participation.models.mailings import Mailing
from participation.models.mails import AskedMail, VisitorMail
from participation.models.questions import Enquiry
from participation.models.registrations import Registration
from participation.models.sent_forms import SentForm
from participation.models.subscriptions import (
    Subscriber,
    Subscription,
    SubscriptionRequest,
    WeeklyDigest,
)
from participation.models.surveys import Question, Reply, Sheet, Survey

__all__ = [
    "AccessRequest",
    "AskedMail",
    "Audience",
    "Enquiry",
    "Event",
    "EventFile",
    "EventSeries",
    "Feedback",
    "ForgottenIdea",
    "Idea",
    "IdeaAuthor",
    "Mailing",
    "Question",
    "Registration",
    "Reply",
    "SentForm",
    "Session",
    "Sheet",
    "Subscriber",
    "Subscription",
    "SubscriptionRequest",
    "Support",
    "Survey",
    "VisitorMail",
    "WeeklyDigest",
    "hold_address",
    "pseudonym",
]
