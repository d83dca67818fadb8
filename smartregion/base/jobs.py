"""The life of a job: enqueue, claim, report progress, finish. A worker that lost its job changes nothing.

A handler is a function of the job that does its work and returns a `finish` function, which is called in
the same transaction that marks the job as done: either both happened, or neither. As long as the handler
works a heartbeat prolongs the lease, so that a long step is not taken for a dead worker; what guards against
two workers is the fence, not the lease. A handler that hangs is ended by the task's time limit.
"""

import errno
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as QueueAway
from psycopg.errors import DiskFull

from smartregion.base.fields import LONG
from smartregion.base.job_kinds import KINDS, Finish, Handler, Kind, Subject, Subjects, nobodys
from smartregion.base.models import Job, JobAttempt
from smartregion.base.past_rows import settle
from smartregion.base.text import without_addresses

__all__ = ["Finish", "Subject", "consistent_read", "enqueue", "handler", "progress", "requeue", "run"]

log = logging.getLogger(__name__)
Outcome = JobAttempt.Outcome
MARK_EVERY = 5
"""Percent; a job of many small steps keeps no more marks than an estimate needs."""


class JobLost(Exception):
    """Another worker took the job over after this one's lease had run out."""


class JobError(Exception):
    """The work cannot be done, and trying again would not help. Its German message is shown to people."""


def handler(kind: str, *, title: Any, subjects: Subjects = nobodys) -> Callable[[Handler], Handler]:
    """Decorator: this function does the jobs of that kind, which people know by the German title."""

    def add(work: Handler) -> Handler:
        KINDS[kind] = Kind(title, work, subjects)
        return work

    return add


def enqueue(kind: str, *, steps: int) -> Job:
    """Write the job's row; once it is committed a worker is woken up. If that fails the tick does it."""
    job = Job.objects.create(kind=kind, steps=steps)
    transaction.on_commit(lambda: wake(job.pk))
    return job


def requeue(job: Job) -> None:
    """Give a failed job a fresh start; a job that did not fail stays as it is."""
    Job.objects.filter(pk=job.pk, status=Job.Status.FAILED).update(
        status=Job.Status.QUEUED, attempts=0, error="", step=0, step_label="", finished_at=None
    )
    transaction.on_commit(lambda: wake(job.pk))


def wake(job_id: int) -> None:
    """Tell a worker of the job. Where the queue is away the row is enough: the tick will find it."""
    try:
        current_app.send_task("base.run_job", args=[job_id])
    except QueueAway:
        log.warning("Queue is away; job %s waits for the tick", job_id)


def claim(job_id: int) -> Job | None:
    """Take the job for this worker, or None if it is not to be had (taken, ended, or out of attempts)."""
    with transaction.atomic():
        job = Job.objects.claimable().select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return None
        if job.status == Job.Status.RUNNING:
            _end_attempt(job, Outcome.LOST)
        if job.attempts >= Job.MAX_ATTEMPTS:
            _fail(job, _("Der Auftrag wurde dreimal abgebrochen und nicht wieder aufgenommen."))
            return None
        job.status = Job.Status.RUNNING
        job.attempts += 1
        job.fence += 1
        job.step, job.step_label, job.marks = 0, "", {}
        job.started_at = now()
        job.lease_until = Job.next_lease()
        job.save()
        JobAttempt.objects.create(job=job, fence=job.fence, started_at=job.started_at)
        return job


def progress(job: Job, step: int, label: str) -> None:
    """Show how far the job is, and hold it for another lease.

    Raises:
        JobLost: the job belongs to another worker by now.
    """
    _mark(job, step)
    held = Job.objects.held(job).update(
        step=step, step_label=label, marks=job.marks, lease_until=Job.next_lease()
    )
    if not held:
        raise JobLost(job.pk)


def _mark(job: Job, step: int) -> None:
    """Keep when the share was reached; the first time counts."""
    percent = 100 * step // job.steps
    if job.started_at:
        seconds = round((now() - job.started_at).total_seconds(), 2)
        job.marks.setdefault(str(percent - percent % MARK_EVERY), seconds)


def run(job_id: int) -> None:
    """Claim and do one job. Ends quietly where there is nothing to do or the job was lost."""
    job = claim(job_id)
    if job is None:
        return
    try:
        with _heartbeat(job):
            finish = KINDS[job.kind].work(job)
        with transaction.atomic():
            _end(job)
            finish()
    except JobLost:
        log.warning("Job %s was taken over by another worker", job_id)
    except JobError as error:
        _fail(job, str(error), error)
    except Exception as error:
        log.exception("Job %s failed in attempt %s", job_id, job.attempts)
        _fail_or_retry(job, error)


def _end(job: Job) -> None:
    """Mark the job as done; from here on its row is locked until the transaction ends."""
    ended = Job.objects.held(job).update(
        status=Job.Status.DONE, step=job.steps, lease_until=None, finished_at=now()
    )
    if not ended:
        raise JobLost(job.pk)
    _end_attempt(job, Outcome.DONE)


def _end_attempt(job: Job, outcome: str, error: Exception | None = None) -> None:
    trace = "".join(traceback.format_exception(error)) if error else ""
    technical = without_addresses(trace).replace("\0", "")[-LONG:]
    JobAttempt.objects.filter(job=job, fence=job.fence).update(
        outcome=outcome, ended_at=now(), technical=technical
    )


@contextmanager
def consistent_read() -> Iterator[datetime]:
    """One outermost transaction that reads a single state of the database and cannot write.

    Yields the moment from which on it may lack a change. What it reads of moments up to then stays so: see
    `settle`.
    """
    moment = settle()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield moment


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Prolong the lease, from a thread with its own connection, until the block ends or the job is lost."""
    ended = threading.Event()

    def beat() -> None:
        is_held = True
        while is_held and not ended.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                is_held = bool(Job.objects.held(job).update(lease_until=Job.next_lease()))
            except DatabaseError:
                log.exception("The lease of job %s could not be prolonged this time", job.pk)
                connection.close()
        connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat of job {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@transaction.atomic
def _fail(job: Job, message: str, error: Exception | None = None) -> None:
    failed = Job.objects.held(job).update(
        status=Job.Status.FAILED, error=message, lease_until=None, finished_at=now()
    )
    if failed and error:
        _end_attempt(job, Outcome.ERROR, error)
    if failed:
        log.error("Job %s (%s) failed: %s", job.pk, job.kind, message)


def _fail_or_retry(job: Job, error: Exception) -> None:
    """Put the job back for the next tick, so that a short disturbance has passed by then."""
    if job.attempts >= Job.MAX_ATTEMPTS:
        _fail(job, _in_words(error), error)
        return
    with transaction.atomic():
        if Job.objects.held(job).update(status=Job.Status.QUEUED, lease_until=None):
            _end_attempt(job, Outcome.ERROR, error)


def _in_words(error: Exception) -> str:
    """What a person can do something about is named; the rest is for whoever reads the technical text."""
    causes = (error, error.__cause__, *error.args)  # a library may wrap the operating system's error
    if any(isinstance(each, DiskFull) or getattr(each, "errno", None) == errno.ENOSPC for each in causes):
        return _("Auf dem Server ist kein Speicherplatz mehr frei.")
    if isinstance(error, OperationalError):
        return _("Die Datenbank hat nicht wie erwartet geantwortet.")
    if isinstance(error, SMTPException | ConnectionError):
        return _("Der Mailserver war nicht erreichbar oder hat die Mails nicht angenommen.")
    message = _("Unerwarteter Fehler (%(error)s). Bitte die Administration verständigen.")
    return message % {"error": type(error).__name__}
