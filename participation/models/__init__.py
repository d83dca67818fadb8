"""The public's part: what people without an account send, ask for and take part in."""

from participation.models.mails import VisitorMail
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
