"""Signs of life for people: beat, the workers, and each scheduled task say when they were last there."""

import logging
from typing import Any

from celery import Task, bootsteps
from celery.signals import beat_init, before_task_publish, task_success
from django.db import DatabaseError, connection

log = logging.getLogger(__name__)
SIGN_SECONDS = 15.0


class WorkerSign(bootsteps.StartStopStep):
    """Gives the worker's sign from its main process, which works while its child is busy with a job.

    A step, because the timer forgets everything whenever the connection to the queue was lost.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        from smartregion.base.models import Sign

        give(Sign.WORKER)
        self.repeated = consumer.timer.call_repeatedly(SIGN_SECONDS, look_after, (consumer,))

    def stop(self, consumer: Any) -> None:
        self.repeated.cancel()


def look_after(consumer: Any) -> None:
    """Give the worker's sign; a worker that would wait for ever connects to the queue anew.

    Raises:
        ConnectionError: which Celery answers with that.
    """
    from smartregion.base.models import Sign

    give(Sign.WORKER)
    if waits_for_nothing(consumer):
        raise ConnectionError("The queue never heard of the end of a task and gives no other one.")


def waits_for_nothing(consumer: Any) -> bool:
    """Whether a task has ended but still counts as under way, so that no further one is asked for.

    Celery only logs an acknowledgement that was lost with its connection, as on a node that was cut off.
    """
    from celery.worker.state import reserved_requests  # nothing of it is needed by web

    return not reserved_requests and not consumer.task_consumer.channel.qos.can_consume()


def give(name: str) -> None:
    """A sign that cannot be given is only missed: what it tells of goes on."""
    from smartregion.base.models import Sign

    try:
        Sign.give(name)
    except DatabaseError:
        log.warning("The sign of %s could not be given", name)


@beat_init.connect
def on_beat(**_: Any) -> None:
    before_task_publish.connect(on_tick, weak=False)


def on_tick(**_: Any) -> None:
    from smartregion.base.models import Sign

    give(Sign.BEAT)
    connection.close()


@task_success.connect
def on_success(sender: Task[Any, Any], **_: Any) -> None:
    if any(entry["task"] == sender.name for entry in sender.app.conf.beat_schedule.values()):
        give(sender.name)
