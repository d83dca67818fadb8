"""The portal as people find it: gunicorn, a Celery worker, a database of its own with the shipped data."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import psycopg
from django.utils.timezone import localdate
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from monitoring.models import ReportSchedule
from smartregion.bootstrap import ROOT
from smartregion.stack.instance import throw_away
from smartregion.stack.portal import ALONE, CELERY, GUNICORN, HOST, is_healthy
from smartregion.stack.supervisor import Supervisor

START_SECONDS = 90
WORKER = f"worker --pool prefork --concurrency 1 --loglevel INFO {ALONE}"
Settings = dict[str, str]
OWN_QUEUE = 4 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Each process of a run that is spread over all cores has a portal of its own."""
PLANS = "SELECT kind, audience, rhythm, first_period_start FROM monitoring_reportschedule"
COMPILED = "SELECT kind, audience, period_start FROM monitoring_report WHERE compiled_at IS NOT NULL"


class Portal:
    """Its `address` for a browser, and its `database` for a test that has to look behind the page.

    The worker compiles the reports that are due as soon as it starts. The state after that is kept, and
    `reset` goes back to it: so each test begins with the same data, whatever another one has changed.
    """

    def __init__(self, supervisor: Supervisor, web: socket.socket, queue: int, settings: Settings) -> None:
        self.supervisor, self.web = supervisor, web
        self.port = web.getsockname()[1]
        self.address = f"http://{HOST}:{self.port}"
        self.name = f"{conninfo_to_dict(os.environ['DATABASE_URL'])['dbname']}_e2e{queue}_{os.getpid()}"
        self.kept = f"{self.name}_kept"
        self.database = make_conninfo(os.environ["DATABASE_URL"], dbname=self.name)
        redis = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{queue}").geturl()
        services = {"DATABASE_URL": self.database, "REDIS_URL": redis}
        self.environment = {**services, "SMARTREGION_DEMO": "1", **settings}

    def start(self) -> None:
        self._administer("CREATE DATABASE {}", self.name)
        words = [sys.executable, "-m", "smartregion.stack.prepare", "migrate", "load_data"]
        subprocess.run(words, cwd=ROOT, env={**os.environ, **self.environment}, check=True)
        bind = ["--bind", f"fd://{self.web.fileno()}", "smartregion.wsgi:application"]
        self._start("web", *GUNICORN.split(), *bind)
        self._start("worker", *CELERY.split(), *WORKER.split())
        late = f"The portal does not come to rest, see {self.supervisor.instance.log}"
        self.supervisor.wait_until(self._is_at_rest, START_SECONDS, late)
        self._copy(self.name, self.kept)

    def reset(self) -> None:
        self._administer("DROP DATABASE {} WITH (FORCE)", self.name)
        self._copy(self.kept, self.name)

    def stop(self) -> None:
        self.supervisor.stop()
        for name in (self.name, self.kept):
            self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _start(self, name: str, *words: str) -> None:
        argv = [sys.executable, "-m", *words]
        self.supervisor.start(name, name, argv, environment=self.environment, sockets=[self.web.fileno()])

    def _is_at_rest(self) -> bool:
        """It answers, and every report that is due is compiled."""
        with psycopg.connect(self.database) as database:
            due = {
                (kind, audience, period.start)
                for kind, audience, rhythm, start in database.execute(PLANS)
                for period in ReportSchedule(rhythm=rhythm, first_period_start=start).due_periods(localdate())
            }
            return due <= set(database.execute(COMPILED)) and is_healthy(self.port)

    def _copy(self, source: str, target: str) -> None:
        """A database can only be copied while nobody is connected to it."""
        with self._server() as server:
            server.execute(_named("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", source))
            server.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = %s AND usename = current_user",
                [source],
            )
        self._administer("CREATE DATABASE {} TEMPLATE {}", target, source)
        self._administer("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", source)

    def _administer(self, statement: str, *names: str) -> None:
        with self._server() as server:
            server.execute(_named(statement, *names))

    def _server(self) -> psycopg.Connection:
        return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


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
