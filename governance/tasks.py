"""Celery tasks of steering."""

from celery import shared_task

from governance.services.mirror import request_due_runs


@shared_task(name="governance.request_mirrors", expires=3000)
def request_mirrors() -> None:
    request_due_runs()
