"""Celery tasks of steering: close the circulars that are due, ask for the comparison of mirrors."""

from celery import shared_task
from celery.signals import worker_ready

from governance.services.circulars import close_due_circulars
from governance.services.mirror import request_due_runs


@shared_task(name="governance.close_due_circulars", expires=50)
def close_due() -> None:
    close_due_circulars()


@shared_task(name="governance.request_mirrors", expires=3000)
def request_mirrors() -> None:
    request_due_runs()


@worker_ready.connect
def on_start(**_: object) -> None:
    """What fell due while no worker was there is closed at once, not only at the next minute."""
    close_due.delay()
