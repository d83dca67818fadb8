"""Celery tasks of participation: what the time asks of events, ideas and subscriptions."""

from celery import shared_task
from django.utils.timezone import localdate

from participation.models import AskedMail, SentForm, SubscriptionRequest, VisitorMail
from participation.services.news import tell_authors
from participation.services.registrations import (
    count_participants,
    forget_registrations,
    free_unconfirmed,
    request_feedback,
)
from participation.weekly import request_weekly_digests


@shared_task(name="participation.tend_events", expires=500)
def tend_events() -> None:
    free_unconfirmed()
    request_feedback()
    count_participants()
    forget_registrations()


@shared_task(name="participation.tell_authors", expires=3000)
def tell_authors_of_ideas() -> None:
    tell_authors()


@shared_task(name="participation.request_weekly_digests", expires=3000)
def request_digests_of_the_week() -> int:
    return request_weekly_digests(localdate())


@shared_task(name="participation.forget_requests")
def forget_requests() -> None:
    """What nobody confirmed, mails that could not be delivered, and what was counted long enough."""
    SubscriptionRequest.objects.outdated().delete()
    VisitorMail.objects.outdated().delete()
    AskedMail.objects.outdated().delete()
    SentForm.objects.outdated().delete()
