"""The site: settings, URLs, Celery app, home page and the supervisor of `make run`.

The Celery app is loaded with the site, so that every process that wakes a worker up knows the queue.
"""

from smartregion.celery import app as celery_app

__all__ = ["celery_app"]
