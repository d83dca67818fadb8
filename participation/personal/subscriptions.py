"""Addresses of people who follow subjects of the portal by mail, and of those who only asked for it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from participation.following import choices_for
from participation.models import Subscriber, SubscriptionRequest
from smartregion.base.personal import DataType, register
from smartregion.base.public_news import Topic


def _labels(topics: list[Topic]) -> list[str]:
    return [choice.label for choice in choices_for(topics).values()]


def _subscriber(row: Any) -> dict[Any, Any]:
    return {_("E-Mail"): row.email, _("bestätigt am"): row.confirmed_at, _("Themen"): _labels(row.topics)}


def _request(row: Any) -> dict[Any, Any]:
    return {_("E-Mail"): row.email, _("angefragt am"): row.created_at, _("Themen"): _labels(row.topics)}


register(
    DataType(
        key="subscribers",
        title=_("Abonnements"),
        purpose=_("Neuigkeiten der Woche zu den gewählten Themen senden."),
        basis=_("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)"),
        kept=_("bis zur Abbestellung"),
        stored=Subscriber.objects.all,
        about=lambda person: Subscriber.objects.filter(email__iexact=person.email),
        told=_subscriber,
        of_visitors=True,
    )
)
register(
    DataType(
        key="subscription-requests",
        title=_("Anfragen von Abonnements"),
        purpose=_("Das Abonnement durch die Inhaberin oder den Inhaber der Adresse bestätigen lassen."),
        basis=_("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)"),
        kept=_("2 Tage"),
        stored=SubscriptionRequest.objects.all,
        about=lambda person: SubscriptionRequest.objects.filter(email__iexact=person.email),
        told=_request,
        outdated=SubscriptionRequest.objects.outdated,
        of_visitors=True,
    )
)
