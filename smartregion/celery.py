"""The Celery app. PostgreSQL holds the truth about jobs; the queue only wakes a worker up."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init

from smartregion import environment as env
from smartregion.base.acting import act_as_system
from smartregion.signs import WorkerSign

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartregion.settings")

TICK_SECONDS = env.number("SMARTREGION_JOB_TICK_SECONDS", 30)

app = Celery("smartregion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(WorkerSign)
app.conf.beat_schedule = {
    "note-audit-head": {"task": "base.note_audit_head", "schedule": crontab(hour="0", minute="10")},
    "wake-waiting-jobs": {"task": "base.wake_waiting_jobs", "schedule": float(TICK_SECONDS)},
    "request-due-reports": {"task": "monitoring.request_due_reports", "schedule": crontab(minute="5")},
    "verify-reports": {"task": "monitoring.verify_reports", "schedule": crontab(hour="2", minute="40")},
    "close-due-circulars": {"task": "governance.close_due_circulars", "schedule": 60.0},
    # More than once, so that a portal that was down at seven makes up for it; an account gets one mail a day.
    "request-digests": {
        "task": "site.request_digests",
        "schedule": crontab(minute="0", hour="7-10", day_of_week="mon-fri"),
    },
    "tend-events": {"task": "participation.tend_events", "schedule": 600.0},
    "tell-authors-of-ideas": {
        "task": "participation.tell_authors",
        "schedule": crontab(hour="7", minute="15"),
    },
    # Until Tuesday, for the same reason; a subscriber gets one mail a week.
    "request-weekly-digests": {
        "task": "participation.request_weekly_digests",
        "schedule": crontab(minute="10", hour="6-18", day_of_week="mon,tue"),
    },
    "forget-requests": {"task": "participation.forget_requests", "schedule": crontab(minute="35")},
    "request-mirrors": {"task": "governance.request_mirrors", "schedule": crontab(hour="3", minute="40")},
    "forget-counts": {"task": "base.forget_counts", "schedule": crontab(minute="*/10")},
    "delete-outdated": {"task": "base.delete_outdated", "schedule": crontab(hour="4", minute="20")},
}


@worker_init.connect
def on_worker(**_signal: object) -> None:
    """Before the pool's processes are forked, which connect to the database by themselves."""
    env.refuse_to_serve_as_owner()
    act_as_system()
