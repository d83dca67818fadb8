"""A real Celery worker as a process of its own, on the tests' database, that can be stopped and killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from smartregion.stack.portal import WORKER
from tests import databases

NAME = "worker-under-test"
LEASE_SECONDS = 2
PATIENCE = 60
START = "import sys; from celery.__main__ import main; sys.exit(main())"


class Worker:
    """`prelude` is Python that runs in the worker before it starts, to take a guard away."""

    def __init__(self, folder: Path, *, queue: int, prelude: str = "") -> None:
        folder.mkdir()
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.log = folder / "log"
        self.queue = urlsplit(settings.REDIS_URL)._replace(path=f"/{queue}").geturl()
        with redis.Redis.from_url(self.queue) as client:
            client.flushdb()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", prelude + START, "--app", "smartregion.celery", *WORKER.split()],
                cwd=settings.BASE_DIR,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **databases.settings_of(str(connection.settings_dict["NAME"])),
            "REDIS_URL": self.queue,
            "PGAPPNAME": NAME,
            "TMPDIR": str(self.temporary),
            "SMARTREGION_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        }

    def signal(self, number: signal.Signals) -> None:
        """To the worker and its child alike."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait()

    def files_left(self) -> list[Path]:
        """What it left among its temporary files; Celery's pool makes an empty folder there."""
        return [path for path in self.temporary.rglob("*") if not path.is_dir()]

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")


def conninfo() -> str:
    values = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo(**{name: values[key] for name, key in names.items() if values[key]})


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Whoever reads or writes the table stands still as long as this lasts."""
    with psycopg.connect(conninfo()) as lock:
        lock.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def until(condition: Callable[[], Any], what: str) -> None:
    """Ask again until the condition holds.

    Raises:
        TimeoutError: it did not within a minute.
    """
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        pause.wait(0.05)


def backends(waiting_for: str | None = None) -> int:
    """How many connections the workers hold; or how many of those wait for the lock of the table."""
    query, values = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [NAME]
    if waiting_for:
        query += " AND pid IN (SELECT pid FROM pg_locks WHERE relation = %s::regclass AND NOT granted)"
        values.append(waiting_for)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])
