"""Back to a chosen second (`python -m drill.point_in_time`): PostgreSQL's archive, with real servers.

The commands are those of docs/operations.md: a base backup, an archive of what is written since, and a second
server that is told to stop at a moment.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from drill.outcome import Options, Outcome
from smartregion.stack import postgres
from smartregion.stack.instance import throw_away
from smartregion.stack.supervisor import Child, Supervisor, wait_for

TIMES, SHORT_TIMES = 5, 1
PATIENCE = 60
PAUSE = 0.02
WRITE_FOR = timedelta(seconds=2.5)
ARCHIVING = {
    "wal_level": "replica",
    "max_wal_senders": "4",
    "archive_mode": "on",
    "track_commit_timestamp": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}
MADE = "CREATE TABLE written (number int PRIMARY KEY)"
COMMITTED = "SELECT number, pg_xact_commit_timestamp(xmin) FROM written ORDER BY number"
Row = tuple[int, datetime]


@dataclass(frozen=True)
class Return:
    moment: datetime
    before: list[Row]
    """All rows that were written, with the moments of their commits."""
    after: list[int]
    """The rows of the server that was told to stop at the moment."""

    @property
    def wanted(self) -> list[int]:
        return [number for number, committed_at in self.before if committed_at <= self.moment]


class Machine:
    """Two data folders, an archive and a base backup, below a folder that the server's account may enter."""

    def __init__(self, supervisor: Supervisor, folder: Path) -> None:
        self.supervisor = supervisor
        self.server = postgres.Server(supervisor.instance)
        self.server.prepare()
        self.folder = folder
        self.archive, self.base, self.socket = (folder / name for name in ("archive", "base", "socket"))
        for place in (folder, self.archive, self.socket):
            place.mkdir(mode=0o700, exist_ok=True)
            if self.server.account:
                os.chown(place, self.server.account.uid, self.server.account.gid)

    @contextmanager
    def running(self, name: str, data: Path, **more: str) -> Iterator[psycopg.Connection]:
        values = {
            **ARCHIVING,
            "archive_command": f"test ! -f {self.archive}/%f && cp %p {self.archive}/%f",
            **more,
        }
        chosen = [word for key, value in values.items() for word in ("-c", f"{key}={value}")]
        words: list[str | Path] = [
            self.server.program / "bin" / "postgres",
            "-D",
            data,
            *self.server.parameters(self.socket),
            *chosen,
        ]
        child = self.supervisor.start(
            name, name, words, stop_signal=signal.SIGINT, account=self.server.account
        )
        with psycopg.connect(self._reached(child), autocommit=True) as database:
            yield database
        child.process.send_signal(signal.SIGINT)
        child.process.wait(PATIENCE)

    def _reached(self, child: Child) -> str:
        address = f"host={self.socket} user=postgres dbname=postgres"

        def serves() -> bool:
            try:
                with psycopg.connect(address) as database:
                    return not (database.execute("SELECT pg_is_in_recovery()").fetchone() or [True])[0]
            except psycopg.OperationalError:
                return child.gone()

        if not wait_for(serves, PATIENCE) or child.gone():
            raise RuntimeError(f"PostgreSQL does not come up, see {child.log}")
        return address

    def make_base(self) -> None:
        words: list[str | Path] = [
            self.server.program / "bin" / "pg_basebackup",
            f"--pgdata={self.base}",
            "--checkpoint=fast",
        ]
        self._run(
            [*words, f"--host={self.socket}", "--username=postgres", "--wal-method=stream", "--no-sync"]
        )

    def tell_to_stop_at(self, moment: datetime) -> Path:
        """The base backup as a new data folder that reads the archive up to the moment and then opens."""
        data = self.folder / "returned"
        self._run(["cp", "-a", self.base, data])
        with (data / "postgresql.auto.conf").open("a") as file:
            file.write(f"restore_command = 'cp {self.archive}/%f %p'\n")
            file.write(f"recovery_target_time = '{moment.isoformat()}'\nrecovery_target_action = 'promote'\n")
        (data / "recovery.signal").touch()
        return data

    def _run(self, words: list[str | Path]) -> None:
        done = self.server.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())


def go_back() -> Return:
    """Rows are written around a base backup; then a second server returns to a whole second."""
    folder = Path(tempfile.mkdtemp(prefix="pitr-", dir="/tmp"))
    try:
        with throw_away("test-pitr") as instance, Supervisor(instance) as supervisor:
            machine = Machine(supervisor, folder)
            with machine.running("first", machine.server.data) as database:
                database.execute(MADE)
                _write(database, datetime.now().astimezone() + timedelta(seconds=0.2))
                machine.make_base()
                moment = _next_second(datetime.now().astimezone())
                _write(database, moment + WRITE_FOR)
                before: list[Row] = list(database.execute(COMMITTED).fetchall())
                database.execute("DELETE FROM written")
                database.execute("SELECT pg_switch_wal()")
            with machine.running("second", machine.tell_to_stop_at(moment), archive_mode="off") as database:
                after = [number for number, _committed_at in database.execute(COMMITTED).fetchall()]
        return Return(moment, before, after)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _next_second(now: datetime) -> datetime:
    return now.replace(microsecond=0) + timedelta(seconds=2)


def _write(database: psycopg.Connection, until: datetime) -> None:
    while datetime.now().astimezone() < until:
        database.execute("INSERT INTO written SELECT coalesce(max(number), 0) + 1 FROM written")
        time.sleep(PAUSE)


def run(options: Options) -> Outcome:
    """Several returns, each to another second."""
    broken, longest = [], 0.0
    times = SHORT_TIMES if options.short else TIMES
    for _ in range(times):
        begin = time.monotonic()
        back = go_back()
        longest = max(longest, time.monotonic() - begin)
        told = (
            f"{len(back.before)} rows were written and then deleted. Back at {back.moment:%H:%M:%S}: "
            f"{len(back.after)} rows, wanted {len(back.wanted)}."
        )
        print(told, flush=True)
        if back.after != back.wanted or not 0 < len(back.wanted) < len(back.before):
            broken.append(told)
    return Outcome(times, "returns to a second", broken, longest)


def main() -> int:
    return int(bool(run(Options(short=True, seed=0)).broken))


if __name__ == "__main__":
    sys.exit(main())
