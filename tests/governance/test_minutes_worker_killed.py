"""A worker dies in the middle of sealing minutes: they are sealed once, in four files, nothing is left."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from governance.models import Minutes, MinutesFile
from smartregion.base.models import Job
from tests.factories import make_committee, make_region
from tests.governance.rows import approve, make_item, make_meeting
from tests.monitoring.worker import Worker, backends, locked, until
from tests.scale import by_turns

pytestmark = pytest.mark.django_db(transaction=True)
READING, SEALING = "governance_agendaitem", "governance_minutesfile"
StartWorker = Callable[..., Worker]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    workers: list[Worker] = []

    def start(**values: Any) -> Worker:
        number = len(workers)
        workers.append(Worker(tmp_path / f"worker{number}", queue=12 + number, **values))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
    until(lambda: not backends(), "the workers' connections end")


@pytest.fixture
def minutes() -> Minutes:
    make_region()
    meeting = make_meeting(make_committee(), status="held")
    make_item(meeting, minutes="Es wird beraten.")
    return approve(meeting)


@pytest.mark.parametrize("table", by_turns([READING, SEALING], of=2))
def test_minutes_whose_worker_is_killed_are_sealed_once_after_the_restart(
    minutes: Minutes, start_worker: StartWorker, table: str
) -> None:
    with locked(table):
        first = start_worker()
        until(lambda: backends(waiting_for=table), "the worker stands still in the middle of its work")
        first.kill()
    until(lambda: not backends(), "the killed worker's connections end")
    assert (Job.objects.get().status, MinutesFile.objects.count()) == ("running", 0)
    assert not Minutes.objects.get().is_sealed
    until(lambda: Job.objects.claimable().exists(), "the lease runs out")

    second = start_worker()
    until(lambda: not Job.objects.get().is_open, "the minutes are sealed")

    job = Job.objects.get()
    assert (job.status, job.attempts, job.fence) == ("done", 2, 2)
    assert Minutes.objects.get().is_sealed
    assert sorted(MinutesFile.objects.values_list("edition", "format")) == [
        ("internal", "docx"),
        ("internal", "pdf"),
        ("public", "docx"),
        ("public", "pdf"),
    ]
    assert [worker.files_left() for worker in (first, second)] == [[], []]
