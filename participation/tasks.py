"""Celery tasks of participation."""

from celery import shared_task
from django.utils.timezone import localdate

from participation.models import SubscriptionRequest, VisitorMail
from participation.weekly import request_weekly_digests


@shared_task(name="participation.request_weekly_digests", expires=3000)
def request_digests_of_the_week() -> int:
    return request_weekly_digests(localdate())


@shared_task(name="participation.forget_requests")
def forget_requests() -> None:
    """What nobody confirmed, and mails that could not be delivered."""
    SubscriptionRequest.objects.outdated().delete()
    VisitorMail.objects.outdated().delete()
