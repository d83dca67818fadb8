"""Beat, worker and scheduled tasks as real processes: each leaves the sign by which people know of it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from smartregion.base.models import Sign
from tests.monitoring.worker import START, Worker, backends, until

pytestmark = pytest.mark.django_db(transaction=True)


class TickingWorker(Worker):
    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "SMARTREGION_JOB_TICK_SECONDS": "1"}

    def start_beat(self) -> "subprocess.Popen[bytes]":
        schedule = ["beat", "--schedule", str(self.temporary / "schedule")]
        words = [sys.executable, "-c", START, "--app", "smartregion.celery", *schedule]
        return subprocess.Popen(
            words, cwd=settings.BASE_DIR, env=self._environment(), stderr=subprocess.DEVNULL
        )


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[TickingWorker]:
    started = TickingWorker(tmp_path / "worker", queue=9)
    yield started
    started.kill()
    until(lambda: not backends(), "the worker's connections end")


def seen() -> set[str]:
    return set(Sign.objects.values_list("name", flat=True))


def test_worker_beat_and_a_scheduled_task_give_their_signs(worker: TickingWorker) -> None:
    until(lambda: Sign.WORKER in seen(), "the worker gives its sign")
    assert Sign.BEAT not in seen()

    beat = worker.start_beat()
    try:
        until(lambda: {Sign.BEAT, "base.wake_waiting_jobs"} <= seen(), "beat and its first task give theirs")
    finally:
        beat.kill()
        beat.wait()
