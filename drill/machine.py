"""The processes of a portal that waits for harm: PostgreSQL, Redis, a worker and beat, each restartable."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import psutil
import redis as client

from drill.disk import Disk
from smartregion.bootstrap import Failure
from smartregion.stack import postgres, redis
from smartregion.stack.instance import throw_away
from smartregion.stack.portal import GUNICORN, WORKER, is_healthy
from smartregion.stack.supervisor import Child, Supervisor, wait_for
from tests.mail_server import MailServer, mail_server

DISK_MEGABYTES = 1_500
"""A whole drill stores more than 400; the rest is what a fault fills."""
LEASE_SECONDS = TICK_SECONDS = 1
PATIENCE = 120
START = "import sys; from celery.__main__ import main; sys.exit(main())"
# A commit must outlive a killed server, as in production; that the machine itself loses power is not tried.
DURABLE = ("-c", "synchronous_commit=on", "-c", "max_wal_size=64MB", "-c", "restart_after_crash=on")
NOTHING: Mapping[str, str] = {}
Kind = TypeVar("Kind", bound="Machine")


class Machine:
    prelude = ""
    """Python that runs in each worker before it starts, to take a guard away."""
    host = redis.LOOPBACK
    """Where Redis listens."""
    parameters: Sequence[str] = DURABLE
    """What PostgreSQL is told beside what every embedded one is."""

    def __init__(self, supervisor: Supervisor, server: postgres.Server, disk: Disk, sink: MailServer) -> None:
        self.supervisor = supervisor
        self.disk = disk
        self.sink = sink
        self.children: dict[str, Child] = {}
        self._server = server
        self._server.data = disk.folder / "postgres"
        self._temporary = disk.folder / "tmp"
        self._temporary.mkdir(mode=0o777, exist_ok=True)
        self._queue = redis.Queue.somewhere(self.host)
        self._started = 0
        fits = server.data_path_fits()
        self._socket = server.data if fits else postgres.temporary_folder(supervisor, server.account)
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "smartregion.settings",
            "SMARTREGION_DEMO": "1",
            "SMARTREGION_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "SMARTREGION_JOB_TICK_SECONDS": str(TICK_SECONDS),
            "SMARTREGION_SMTP_HOST": "127.0.0.1",
            "SMARTREGION_SMTP_PORT": str(sink.port),
            "DATABASE_URL": f"postgresql:///{postgres.DATABASE}?host={quote(str(self._socket), safe='')}"
            f"&user={postgres.DATABASE}",
            "SMARTREGION_OWNER_DATABASE_URL": "",
            "REDIS_URL": self._queue.url,
        }

    def start_services(self) -> None:
        self._server.provide()
        self.start_postgres()
        self.start_redis()

    def start_postgres(self) -> None:
        binary = self._server.program / "bin" / "postgres"
        words: list[str | Path] = [
            binary,
            "-D",
            self._server.data,
            *self._server.parameters(self._socket),
            *self.parameters,
        ]
        postgres.stop_leftover(self._server.data)
        self._start("postgres", words, stop_signal=signal.SIGINT, account=self._server.account)
        self._wait("postgres", self._server.is_ready)

    def start_redis(self) -> None:
        self._start("redis", [redis.program(), "-"], text=self._queue.configuration)
        self._wait("redis", self._queue.answers)

    def start_web(self, web: socket.socket) -> None:
        """Serve on this socket with one process for each of two cores."""
        bind = ["--workers", "2", "--bind", f"fd://{web.fileno()}", "smartregion.wsgi:application"]
        words = [sys.executable, "-m", *GUNICORN.split(), *bind]
        self._start("web", words, sockets=[web.fileno()])
        self._wait("web", lambda: is_healthy(web.getsockname()[1]))

    def start_worker(self, *, nice: int = 0) -> None:
        words = [sys.executable, "-c", self.prelude + START, "--app", "smartregion.celery", *WORKER.split()]
        self._start("worker", ["nice", "-n", str(nice), *words])

    def start_beat(self) -> None:
        schedule = ["--schedule", str(self.supervisor.instance.folder / "beat-schedule")]
        words = [sys.executable, "-c", START, "--app", "smartregion.celery", "beat", *schedule]
        self._start("beat", words)

    def _start(
        self,
        name: str,
        words: Sequence[str | Path],
        environment: Mapping[str, str] = NOTHING,
        **options: object,
    ) -> None:
        self._started += 1
        self.children[name] = self.supervisor.start(
            f"{name}-{self._started}",
            name,
            words,
            environment={"TMPDIR": str(self._temporary), **environment},
            **options,  # type: ignore[arg-type]
        )

    def _wait(self, name: str, is_ready: Callable[[], bool]) -> None:
        child = self.children[name]
        if not wait_for(lambda: child.gone() or is_ready(), PATIENCE) or child.gone():
            raise Failure(f"{name} does not come up, see {child.log}")

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a process with its whole group, as it is."""
        child = self.children.pop(name)
        if number is not signal.SIGKILL:
            child.process.send_signal(number)
            wait_for(child.gone, PATIENCE)
        self.supervisor.forget(child)

    def kill_pool_child(self) -> None:
        """The process in which the worker does its jobs; the worker itself lives on."""
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.children["worker"].process.pid).children():
                child.kill()

    def is_up(self, name: str) -> bool:
        return not self.children[name].gone()

    def empty_queue(self) -> None:
        with client.Redis.from_url(self._queue.url) as queue:
            queue.flushall()


def running() -> AbstractContextManager[Machine]:
    """A machine whose PostgreSQL and Redis run, empty; our own environment names them."""
    return running_as(Machine)


@contextmanager
def running_as(kind: Callable[[Supervisor, postgres.Server, Disk, MailServer], Kind]) -> Iterator[Kind]:
    with throw_away("drill") as instance:
        for log in instance.log.glob("*"):
            log.unlink()
        server = postgres.Server(instance)
        if not server.is_reachable():
            server.move_to_reachable_place()
        with _disk(server) as disk, mail_server() as sink, Supervisor(instance) as supervisor:
            machine = kind(supervisor, server, disk, sink)
            os.environ.update(machine.environment)
            machine.start_services()
            yield machine


@contextmanager
def _disk(server: postgres.Server) -> Iterator[Disk]:
    """Where PostgreSQL keeps its data and the worker its temporary files."""
    disk = Disk(server.data.with_name("disk"), megabytes=DISK_MEGABYTES)
    try:
        if server.account:
            os.chown(disk.folder, server.account.uid, server.account.gid)
        yield disk
    finally:
        disk.unmount()
