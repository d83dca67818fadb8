"""A version of the portal in a folder of its own, whose programs this environment's Python runs."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from smartregion.bootstrap import ROOT, VAR, Failure
from smartregion.stack.portal import GUNICORN, is_healthy
from smartregion.stack.supervisor import Child, Supervisor

FIRST: Final = "74c9aafc"
"""Of 26.11.2026, 21:53 UTC. No release is tagged yet: this is the oldest version in which each app has its
migrations and each of them stands in today's version byte by byte (`changed_migrations` asks that before)."""
WEB: Final = "--workers 2 smartregion.wsgi:application"
PATIENCE: Final = 120
SEAL: Final = """
import sys
import django
django.setup()
from drill import reports
from smartregion.base import jobs
for number in {numbers}:
    report = reports.request(number)
    jobs.run(report.job_id)
    reports.publish(report.pk)
    if problems := list(reports.damage(report.pk)):
        sys.exit(str(problems))
"""
"""By the version's own program: some reports are compiled, released and approved, and then looked at."""


@dataclass
class Release:
    """`owner` is the address under which migrations run, `address` that of web."""

    name: str
    folder: Path
    owner: str
    address: str
    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)

    def manage(self, *words: str) -> str:
        """A command of manage.py as the owner of the tables; returns what it said."""
        return self._run("manage.py", *words)

    def python(self, code: str) -> str:
        return self._run("-c", code)

    def module(self, name: str) -> str:
        return self._run("-m", name)

    def seal_reports(self, numbers: list[int]) -> None:
        self.python(SEAL.format(numbers=numbers))

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={**os.environ, **self.as_owner()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failure(f"{self.name}: {' '.join(words)[:120]}\n{done.stdout[-3000:]}")
        return done.stdout

    def serve(self, supervisor: Supervisor, web: socket.socket) -> None:
        words = [sys.executable, "-m", *GUNICORN.split(), "--bind", f"fd://{web.fileno()}", *WEB.split()]
        child = supervisor.start(
            f"web-{self.name}",
            f"web-{self.name}",
            words,
            environment=self._variables("web"),
            sockets=[web.fileno()],
            folder=self.folder,
        )
        self.children.append(child)
        port = web.getsockname()[1]
        supervisor.wait_until(
            lambda: is_healthy(port), PATIENCE, f"{self.name} does not serve, see {child.log}"
        )

    def stop(self, supervisor: Supervisor) -> None:
        for child in self.children:
            child.process.terminate()
            child.process.wait(PATIENCE)
            supervisor.forget(child)
        self.children.clear()

    def as_owner(self) -> dict[str, str]:
        owner = {} if self.owner == self.address else {"SMARTREGION_OWNER_DATABASE_URL": self.owner}
        return {**self._variables("commands"), **owner}

    def _variables(self, purpose: str) -> dict[str, str]:
        """The name tells the watcher of locks who waits."""
        return {**self.environment, "DATABASE_URL": self.address, "PGAPPNAME": f"{self.name} {purpose}"}


def changed_migrations(revision: str) -> list[str]:
    """Migrations of that version that are no longer there as they were."""
    listed = _git("ls-tree", "-r", "--name-only", revision).decode().splitlines()
    names = [name for name in listed if "/migrations/0" in name]
    return [
        name
        for name in names
        if not (ROOT / name).is_file() or (ROOT / name).read_bytes() != _git("show", f"{revision}:{name}")
    ]


def checked_out(revision: str, folder: Path) -> Path:
    """That version's files, with what it shares with this one: packages of the front end, secret key."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "var").mkdir(parents=True)
    packed = _git("archive", "--format=tar", revision)
    subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
    with suppress(FileExistsError):
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "var" / "secret_key").write_text((VAR / "secret_key").read_text())
    return folder


def _git(*words: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failure(f"The drill of an upgrade needs the project's git history: {error}") from error
