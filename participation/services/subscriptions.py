"""Verbs of subscriptions. No answer tells whether an address was known; only its owner's mail does."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from participation.following import SEARCH, choices_for
from participation.links import link_to
from participation.mails import Letter, send_asked
from participation.models import Subscriber, Subscription, SubscriptionRequest, hold_address
from smartregion.base.public_news import Topic

CONFIRM, CHANGE, END = "confirm", "change", "end"
"""What a link in a mail may do."""


@transaction.atomic
def request_subscription(*, email: str, topics: Iterable[Topic]) -> None:
    """Ask the owner of the address; the same is done whether it is known or not.

    An address that was asked often enough gets no further mail. Words that somebody follows stand in none:
    they would be a stranger's message.
    """
    email = email.lower()
    hold_address(email)
    SubscriptionRequest.objects.outdated().delete()
    if SubscriptionRequest.objects.filter(email=email).count() >= SubscriptionRequest.MOST:
        return
    request = SubscriptionRequest.objects.create(email=email, wanted=[list(topic) for topic in topics])
    found = choices_for(request.topics)
    context = {
        "labels": [choice.label for topic, choice in found.items() if topic.kind != SEARCH],
        "has_words": any(topic.kind == SEARCH for topic in found),
        "confirm": link_to("subscription_confirm", request, CONFIRM),
    }
    subject = _("Bitte bestätigen Sie Ihr Abonnement")
    send_asked(Letter(email, subject, "participation/mails/subscription.txt", context))


@transaction.atomic
def confirm_subscription(*, request: SubscriptionRequest) -> Subscriber:
    """Add the topics to what the address follows. Confirming once more adds nothing."""
    request = SubscriptionRequest.objects.select_for_update().get(pk=request.pk)
    subscriber, _is_new = Subscriber.objects.update_or_create(
        email=request.email, defaults={"language": request.language}
    )
    if request.confirmed_at is None:
        _add(subscriber, request.topics)
        request.confirmed_at = now()
        request.save(update_fields=["confirmed_at"])
    return subscriber


@transaction.atomic
def choose_topics(*, subscriber: Subscriber, topics: Iterable[Topic]) -> None:
    """Follow just these; what is hidden at the moment could not be chosen and is still followed."""
    chosen = set(topics)
    offered = choices_for(subscriber.topics)
    for row in subscriber.subscriptions.all():
        if Topic(row.kind, row.key) in offered.keys() - chosen:
            row.delete()
    _add(subscriber, chosen)


def _add(subscriber: Subscriber, topics: Iterable[Topic]) -> None:
    rows = [Subscription(subscriber=subscriber, kind=kind, key=key) for kind, key in sorted(topics)]
    Subscription.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def end_subscription(*, subscriber: Subscriber) -> None:
    """Forget the address."""
    SubscriptionRequest.objects.filter(email=subscriber.email).delete()
    subscriber.delete()
