"""Celery tasks of monitoring."""

from celery import shared_task
from django.utils.timezone import localdate

from monitoring.services import request_due_reports


@shared_task(name="monitoring.request_due_reports")
def request_due() -> None:
    request_due_reports(on=localdate())
