"""Celery tasks of the ground floor: run one job, wake those that wait, delete what was kept long enough."""

import logging
from typing import Final

from celery import shared_task
from celery.signals import worker_ready

from smartregion.base import audit, jobs, retention
from smartregion.base.models import Job

log = logging.getLogger(__name__)

LONGEST_JOB_SECONDS: Final = 600
"""A compile takes seconds. After this the worker's child is killed and the lease of its job runs out."""


class AuditLogDamaged(Exception):
    """The log is not as it was written, or no longer contains a head that was noted."""


@shared_task(name="base.run_job", time_limit=LONGEST_JOB_SECONDS)
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task(name="base.wake_waiting_jobs", expires=25)
def wake_waiting_jobs() -> None:
    """Wake what lost its worker or whose wake-up was lost. Doing a job twice is ruled out by its claim."""
    for job_id in Job.objects.claimable().order_by("pk").values_list("pk", flat=True):
        jobs.wake(job_id)


@shared_task(name="base.delete_outdated")
def delete_outdated() -> None:
    retention.delete_outdated()


@shared_task(name="base.forget_counts")
def forget_counts() -> None:
    """Rows of the cache that have expired: nobody asks for them any more, so nobody would delete them."""
    retention.forget_expired_counts()


@shared_task(name="base.note_audit_head")
def note_audit_head() -> None:
    """Leave the head of the audit log in a table, and in the log of the machine, which is elsewhere.

    Raises:
        AuditLogDamaged: so that the task's sign fails to come, which is the alarm (docs/operations.md).
    """
    found = audit.verify()
    if isinstance(found, audit.Damage):
        raise AuditLogDamaged(f"Audit log is damaged at {found.number}")
    audit.note_head(found)
    log.info("Audit log ends with %s", found)


@worker_ready.connect
def on_start(**_: object) -> None:
    """A worker that starts looks for work left behind at once, not only at the next tick."""
    wake_waiting_jobs.delay()
