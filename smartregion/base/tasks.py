"""Celery tasks of the ground floor: run one job, wake those that wait."""

from celery import shared_task
from celery.signals import worker_ready

from smartregion.base import jobs
from smartregion.base.models import Job


@shared_task(name="base.run_job")
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task(name="base.wake_waiting_jobs", expires=25)
def wake_waiting_jobs() -> None:
    """Run what lost its worker or whose wake-up was lost. Doing a job twice is ruled out by its claim."""
    for job_id in Job.objects.claimable().order_by("pk").values_list("pk", flat=True):
        jobs.run(job_id)


@worker_ready.connect
def on_start(**_: object) -> None:
    """A worker that starts looks for work left behind at once, not only at the next tick."""
    wake_waiting_jobs.delay()
