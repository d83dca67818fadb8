"""A worker dies or stands still in the middle of a compile: the report is published once, nothing is left."""

import signal
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitoring.models import Report, ReportFile
from monitoring.periods import Period
from monitoring.services.reports import request_report
from smartregion.base.models import Job
from tests.factories import make_measure
from tests.monitoring.schedule_rows import make_approved
from tests.monitoring.worker import Worker, backends, locked, until
from tests.scale import by_turns

pytestmark = pytest.mark.django_db(transaction=True)
FORMATS = set(ReportFile.Format.values)
READING, SEALING = "measures_measureevent", "monitoring_reportfile"
WITHOUT_FENCE = """
import django; django.setup()
from smartregion.base.models import JobQuerySet
JobQuerySet.held = lambda self, job: self.filter(pk=job.pk)
"""
StartWorker = Callable[..., Worker]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    workers: list[Worker] = []

    def start(**values: Any) -> Worker:
        number = len(workers)
        workers.append(Worker(tmp_path / f"worker{number}", queue=14 + number, **values))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
    until(lambda: not backends(), "the workers' connections end")


@pytest.fixture
def report(municipalities, date_events) -> Report:
    make_measure()
    date_events(2024, 5, 1)
    period = Period(date(2024, 4, 1), date(2024, 6, 30))
    return request_report(kind="status", audience="public", period=period)


def has_ended() -> bool:
    return not Job.objects.get().is_open


def has_lost_its_lease() -> bool:
    return Job.objects.claimable().exists()


@pytest.mark.parametrize("table", by_turns([READING, SEALING], of=2))
def test_a_report_whose_worker_is_killed_is_published_once_after_the_restart(
    report: Report, start_worker: StartWorker, table: str
) -> None:
    with locked(table):
        first = start_worker()
        until(lambda: backends(waiting_for=table), "the worker stands still in the middle of its work")
        first.kill()
    until(lambda: not backends(), "the killed worker's connections end")
    assert (Job.objects.get().status, Report.objects.compiled().count(), ReportFile.objects.count()) == (
        "running",
        0,
        0,
    )
    until(has_lost_its_lease, "the lease runs out")

    second = start_worker()
    until(has_ended, "the report is compiled")

    job = Job.objects.get()
    assert (job.status, job.attempts, job.fence) == ("done", 2, 2)
    assert Report.objects.compiled().get() == report
    assert {file.format for file in report.files.all()} == FORMATS
    assert [worker.files_left() for worker in (first, second)] == [[], []]


@pytest.mark.parametrize(("prelude", "unchanged"), [("", True), (WITHOUT_FENCE, False)])
def test_a_worker_that_wakes_up_after_its_job_was_taken_over_changes_nothing(
    report: Report, start_worker: StartWorker, prelude: str, unchanged: bool
) -> None:
    """The second case is the negative control: without the fence the sleeper touches a finished job."""
    with locked(READING):
        sleeper = start_worker(prelude=prelude)
        until(lambda: backends(waiting_for=READING), "the worker stands still in the middle of its work")
        sleeper.signal(signal.SIGSTOP)
        until(has_lost_its_lease, "the lease runs out")
    start_worker()
    until(has_ended, "the second worker compiles the report")
    before = state()

    sleeper.signal(signal.SIGCONT)
    until(
        lambda: sleeper.said("was taken over by another worker") or sleeper.said("failed in attempt 1"),
        "it ends",
    )

    assert sleeper.said("was taken over by another worker") == unchanged
    if not unchanged:
        until(lambda: state() != before, "the sleeper spoils the job")
    assert (state() == before) == unchanged
    assert ReportFile.objects.count() == len(FORMATS)


def test_a_worker_that_starts_asks_for_what_fell_due_while_there_was_none(
    municipalities, date_events, start_worker: StartWorker
) -> None:
    date_events(2024, 5, 1)
    make_approved(rhythm="year", first_period_start=date(2023, 7, 1))

    start_worker()

    until(lambda: Report.objects.sealed().exists(), "the report that was due is sealed")
    assert Report.objects.earliest("as_of").period == Period(date(2023, 7, 1), date(2024, 6, 30))


def state() -> tuple[Any, ...]:
    return (
        list(Job.objects.values()),
        list(Report.objects.values()),
        list(ReportFile.objects.values("pk", "sha256")),
    )
