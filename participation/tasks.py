"""Celery tasks of participation."""

from celery import shared_task

from participation.services.news import tell_authors


@shared_task(name="participation.tell_authors", expires=3000)
def tell_authors_of_ideas() -> None:
    tell_authors()
