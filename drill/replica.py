"""A portal whose visitors' pages are read from a streaming replica: PostgreSQL twice, Redis, web."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from drill.machine import Machine
from smartregion.bootstrap import ROOT, Failure
from smartregion.stack import postgres
from smartregion.stack.supervisor import wait_for

STREAMING = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}
SECONDS = 8
"""How far the replica may be behind here."""


class WithReplica(Machine):
    parameters = (
        *Machine.parameters,
        *(word for item in STREAMING.items() for word in ("-c", "=".join(item))),
    )

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._copy, self._copy_socket = (self.disk.folder / name for name in ("copy", "socket"))
        self._copy_socket.mkdir(mode=0o700)
        if self._server.account:
            os.chown(self._copy_socket, self._server.account.uid, self._server.account.gid)
        host = f"?host={quote(str(self._copy_socket), safe='')}"
        self.environment |= {
            "DATABASE_URL": self._address(postgres.APP_ROLE),
            "SMARTREGION_REPLICA_URL": f"postgresql:///{postgres.DATABASE}{host}&user={postgres.APP_ROLE}",
            "SMARTREGION_REPLICA_SECONDS": str(SECONDS),
        }

    def _address(self, user: str) -> str:
        return f"postgresql:///{postgres.DATABASE}?host={quote(str(self._socket), safe='')}&user={user}"

    def start_services(self) -> None:
        """With the example data, and a replica that has them too."""
        super().start_services()
        postgres.make_app_role(self._address("postgres"))
        words = [sys.executable, "-m", "smartregion.stack.prepare", "migrate", "load_data"]
        owner = {"SMARTREGION_OWNER_DATABASE_URL": self._address(postgres.DATABASE)}
        subprocess.run(words, cwd=ROOT, env={**os.environ, **self.environment, **owner}, check=True)
        self._make_copy()
        self.start_replica()

    def _make_copy(self) -> None:
        words: list[str | Path] = [
            self._server.program / "bin" / "pg_basebackup",
            f"--pgdata={self._copy}",
            f"--host={self._socket}",
            *("--username=postgres", "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf"),
        ]
        done = self._server.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise Failure(done.stderr.decode())

    def start_replica(self) -> None:
        words: list[str | Path] = [
            self._server.program / "bin" / "postgres",
            "-D",
            self._copy,
            *self._server.parameters(self._copy_socket),
            *self.parameters,
        ]
        postgres.stop_leftover(self._copy)
        self._start("replica", words, stop_signal=signal.SIGINT, account=self._server.account)
        self._wait("replica", lambda: bool(self.replica_answers()))

    def replica_answers(self) -> bool:
        try:
            with self.replica():
                return True
        except psycopg.OperationalError:
            return False

    def database(self, user: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(self._address(user), autocommit=True)

    def replica(self, user: str = "postgres") -> psycopg.Connection[Any]:
        address = f"host={self._copy_socket} dbname={postgres.DATABASE} user={user}"
        return psycopg.connect(address, autocommit=True)

    def write(self, statement: str, *values: object) -> None:
        with self.database() as database:
            database.execute(sql.SQL(statement), values)

    def catch_up(self) -> None:
        """Until the replica has replayed all that the database has written by now."""
        with self.database() as database, self.replica() as replica:
            (end,) = database.execute("SELECT pg_current_wal_lsn()").fetchone() or ("",)
            has_all = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
            if not wait_for(lambda: bool((replica.execute(has_all, [end]).fetchone() or [0])[0]), 60):
                raise Failure("The replica does not catch up")

    def pause(self, *, paused: bool) -> None:
        """As if the line to the replica stood still: it goes on answering, and learns nothing new."""
        with self.replica() as replica:
            replica.execute("SELECT pg_wal_replay_pause()" if paused else "SELECT pg_wal_replay_resume()")
