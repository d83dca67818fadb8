"""The site: settings, URLs, Celery app, home page and the supervisor of `make run`."""
