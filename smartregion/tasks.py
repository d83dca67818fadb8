"""Celery tasks of the site: ask for the reminders of the day."""

from celery import shared_task
from django.utils.timezone import localdate

from network.digest_mails import request_digests


@shared_task(name="site.request_digests", expires=3000)
def request_digests_of_today() -> int:
    return request_digests(localdate())
