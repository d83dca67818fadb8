"""Beat, worker and scheduled tasks as real processes: each leaves the sign by which people know of it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis
from django.conf import settings

from smartregion.base.models import Sign
from smartregion.celery import app
from smartregion.stack.supervisor import wait_for
from tests.monitoring.worker import PATIENCE, START, Worker, backends, until

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


StartWorker = Callable[..., TickingWorker]
AN_ACK_IS_LOST = """
from kombu.transport.redis import QoS
ack = QoS.ack
def lose(self, delivery_tag):
    QoS.ack = ack
    raise ConnectionError("lost")
QoS.ack = lose
from smartregion import signs
signs.SIGN_SECONDS = 1
"""
TOO_LARGE_AT_ONCE = """
from smartregion.celery import app
app.conf.worker_max_memory_per_child = 1
"""
WITH_REMOTE_CONTROL = """
from smartregion.celery import app
app.conf.worker_enable_remote_control = True
"""
WITHOUT_LOOKING = "signs.waits_for_nothing = lambda consumer: False\n"


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    started: list[TickingWorker] = []

    def start(prelude: str = "") -> TickingWorker:
        started.append(TickingWorker(tmp_path / "worker", queue=9, prelude=prelude))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
    until(lambda: not backends(), "the worker's connections end")


def seen() -> set[str]:
    return set(Sign.objects.values_list("name", flat=True))


def test_worker_beat_and_a_scheduled_task_give_their_signs(start_worker: StartWorker) -> None:
    worker = start_worker()
    until(lambda: Sign.WORKER in seen(), "the worker gives its sign")
    assert Sign.BEAT not in seen()

    beat = worker.start_beat()
    try:
        until(lambda: {Sign.BEAT, "base.wake_waiting_jobs"} <= seen(), "beat and its first task give theirs")
    finally:
        beat.kill()
        beat.wait()


@pytest.mark.parametrize(
    ("prelude", "goes_on"), [(AN_ACK_IS_LOST, True), (AN_ACK_IS_LOST + WITHOUT_LOOKING, False)]
)
def test_a_worker_whose_acknowledgement_was_lost_goes_on(
    start_worker: StartWorker, prelude: str, goes_on: bool
) -> None:
    """The second case is the negative control: Celery itself would wait for ever."""
    worker = start_worker(prelude)
    until(lambda: worker.said("Couldn't ack"), "the end of its first task is lost")
    with app.connection_for_write(worker.queue) as queue:
        app.send_task("base.forget_counts", connection=queue)

    assert wait_for(lambda: "base.forget_counts" in seen(), PATIENCE if goes_on else 5) == goes_on


@pytest.mark.parametrize(("prelude", "waits_for_tasks_only"), [("", True), (WITH_REMOTE_CONTROL, False)])
def test_a_worker_holds_no_connection_that_it_reads_without_limit(
    start_worker: StartWorker, prelude: str, waits_for_tasks_only: bool
) -> None:
    """A worker with one stood still after its node had been cut off (docs/reliability.md)."""
    worker = start_worker(prelude)
    until(lambda: worker.said("ready."), "the worker waits for tasks")
    with redis.Redis.from_url(worker.queue) as queue:
        assert (not queue.client_list(_type="pubsub")) == waits_for_tasks_only


def test_a_worker_whose_connections_end_goes_on(start_worker: StartWorker) -> None:
    worker = start_worker()
    until(lambda: worker.said("ready."), "the worker waits for tasks")
    with redis.Redis.from_url(worker.queue) as queue:
        assert queue.client_kill_filter(_type="normal", skipme=True)
    with app.connection_for_write(worker.queue) as queue:
        app.send_task("base.forget_counts", connection=queue)

    until(lambda: "base.forget_counts" in seen(), "the task has run")


@pytest.mark.parametrize(("prelude", "is_replaced"), [(TOO_LARGE_AT_ONCE, True), ("", False)])
def test_a_process_that_has_grown_is_followed_by_a_new_one_after_its_job(
    start_worker: StartWorker, prelude: str, is_replaced: bool
) -> None:
    worker = start_worker(prelude)
    until(lambda: Sign.WORKER in seen(), "the worker gives its sign")
    process = psutil.Process(worker.process.pid)
    (first,) = process.children()

    with app.connection_for_write(worker.queue) as queue:
        app.send_task("base.forget_counts", connection=queue)
    until(lambda: "base.forget_counts" in seen(), "the task has run")

    assert wait_for(lambda: first not in process.children(), PATIENCE if is_replaced else 2) == is_replaced
