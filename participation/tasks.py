"""Celery tasks of participation: what the time asks of events."""

from celery import shared_task

from participation.services.registrations import forget_registrations, free_unconfirmed, request_feedback


@shared_task(name="participation.tend_events", expires=500)
def tend_events() -> None:
    free_unconfirmed()
    request_feedback()
    forget_registrations()
"""Celery tasks of participation."""

from celery import shared_task

from participation.services.news import tell_authors


@shared_task(name="participation.tell_authors", expires=3000)
def tell_authors_of_ideas() -> None:
    tell_authors()
