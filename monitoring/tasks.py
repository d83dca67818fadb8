"""Celery tasks of monitoring."""

from celery import shared_task
from celery.signals import worker_ready
from django.utils.timezone import localdate

from monitoring.services.reports import request_due_reports
from monitoring.verify.job import request_verification


@shared_task(name="monitoring.request_due_reports")
def request_due() -> None:
    request_due_reports(on=localdate())


@shared_task(name="monitoring.verify_reports")
def verify() -> None:
    request_verification()


@worker_ready.connect
def on_start(**_: object) -> None:
    """What fell due while no worker was there is asked for at once, not only at the next full hour."""
    request_due.delay()
