"""The portal as people find it: gunicorn, a Celery worker, a database of its own with the shipped data."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from urllib.parse import urlsplit

import psycopg
from django.utils.timezone import localdate

from monitoring.models import ReportSchedule
from monitoring.periods import Period
from smartregion.stack.instance import throw_away
from smartregion.stack.portal import CELERY, GUNICORN, HOST, WORKER, is_healthy
from smartregion.stack.supervisor import Supervisor
from tests import databases

START_SECONDS = 90
Settings = dict[str, str]
OWN_QUEUE = 4 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Each process of a run that is spread over all cores has a portal of its own."""
PLANS = "SELECT kind, audience, rhythm, first_period_start, approved_as FROM monitoring_reportschedule"
COMPILED = "SELECT kind, audience, period_start FROM monitoring_report WHERE compiled_at IS NOT NULL"


def due_periods(rhythm: str, start: date) -> list[Period]:
    return ReportSchedule(rhythm=rhythm, first_period_start=start).due_periods(localdate())


class Portal:
    """Its `address` for a browser, and its `database` for a test that has to look behind the page.

    The worker compiles the reports that are due as soon as it starts. The state after that is kept for all
    portals of the run, and `reset` goes back to it: so each test begins with the same data, whatever another
    one has changed.
    """

    def __init__(self, supervisor: Supervisor, web: socket.socket, queue: int, settings: Settings) -> None:
        self.supervisor, self.web = supervisor, web
        self.port = web.getsockname()[1]
        self.address = f"http://{HOST}:{self.port}"
        self.name = f"{databases.PREFIX}e2e{queue}_{os.getpid()}"
        self.database = databases.address_of(self.name)
        redis = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{queue}").geturl()
        services = {**databases.settings_of(self.name), "REDIS_URL": redis}
        self.environment = {**services, "SMARTREGION_DEMO": "1", **settings}

    def start(self) -> None:
        databases.make_once(databases.SHIPPED, self._make_shipped)
        if not self.supervisor.children:
            databases.administer(databases.COPY, self.name, databases.SHIPPED)
            self._start_processes()

    def _make_shipped(self, draft: str) -> None:
        databases.make_example()
        databases.administer(databases.COPY, self.name, databases.EXAMPLE)
        self._start_processes()
        databases.copy_used(self.name, draft)

    def reset(self) -> None:
        databases.drop(self.name)
        databases.administer(databases.COPY, self.name, databases.SHIPPED)

    def stop(self) -> None:
        self.supervisor.stop()
        databases.drop(self.name)

    def _start_processes(self) -> None:
        bind = ["--bind", f"fd://{self.web.fileno()}", "smartregion.wsgi:application"]
        self._start("web", *GUNICORN.split(), *bind)
        self._start("worker", *CELERY.split(), *WORKER.split())
        late = f"The portal does not come to rest, see {self.supervisor.instance.log}"
        self.supervisor.wait_until(self._is_at_rest, START_SECONDS, late)

    def _start(self, name: str, *words: str) -> None:
        argv = [sys.executable, "-m", *words]
        self.supervisor.start(name, name, argv, environment=self.environment, sockets=[self.web.fileno()])

    def _is_at_rest(self) -> bool:
        """It answers, and what is due is compiled, of a plan that waits for people the first report."""
        with psycopg.connect(self.database) as database:
            due = {
                (kind, audience, period.start)
                for kind, audience, rhythm, start, approved in database.execute(PLANS)
                for period in due_periods(rhythm, start)[: None if approved else 1]
            }
            return due <= set(database.execute(COMPILED)) and is_healthy(self.port)


@contextmanager
def running_portal(*, queue: int = OWN_QUEUE, settings: Settings | None = None) -> Iterator[Portal]:
    """Args:
    queue: number of the Redis database, which no other worker may share.
    settings: further variables of the environment.
    """
    with closing(socket.create_server((HOST, 0))) as web, throw_away("test-e2e") as instance:
        portal = Portal(Supervisor(instance), web, queue, settings or {})
        try:
            portal.start()
            yield portal
        finally:
            portal.stop()
