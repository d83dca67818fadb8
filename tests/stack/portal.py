"""A copy of the project with its own `var/`, and the real `make run` started in it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from smartregion.bootstrap import NODE_MODULES, ROOT, VAR, VENV

LEFT_BEHIND = (".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache", ".hypothesis")
SET_BY_US = (
    "DATABASE_URL",
    "SMARTREGION_OWNER_DATABASE_URL",
    "REDIS_URL",
    "SMARTREGION_STACK_NAME",
    "MAKELEVEL",
    "MAKEFLAGS",
    "MFLAGS",
    "PORT",
    "ARGS",
)
START_SECONDS = 300
started_in: list[float] = []
"""Seconds of every start so far."""


def eventually(condition: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def copy_project(target: Path) -> Path:
    """A second tree that shares packages with this one, so that only its data are new."""
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    for shared in (VENV, NODE_MODULES):
        (target / shared.name).symlink_to(shared)
    (target / "var").mkdir()
    for folder in VAR.iterdir():
        if folder.name in {"assets", "fonts", "static"}:
            shutil.copytree(folder, target / "var" / folder.name)
        elif folder.suffix == ".stamp":
            shutil.copy2(folder, target / "var" / folder.name)
    return target


class Portal:
    """One `make run`. `output` and `errors` are what a person would see."""

    def __init__(self, tree: Path, name: str = "first", **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in SET_BY_US}
        self.out, self.err = tree / f"{name}.out", tree / f"{name}.err"
        self.started = time.monotonic()
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=tree,
                env={**kept, "PORT": "0", **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.out.read_text()

    @property
    def error_lines(self) -> list[str]:
        """What the command itself said on stderr, without make's own remark about the exit code."""
        return [line for line in self.err.read_text().splitlines() if line and not line.startswith("make:")]

    @property
    def port(self) -> int:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.output)
        assert found, self.output + self.err.read_text()
        return int(found[1])

    def until_it_runs(self) -> "Portal":
        eventually(lambda: "Beenden:" in self.output or self.process.poll() is not None, START_SECONDS)
        assert "Beenden:" in self.output, self.output + self.err.read_text()
        started_in.append(time.monotonic() - self.started)
        return self

    def everything(self) -> list[psutil.Process]:
        """The supervisor and all that it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def supervisor(self) -> psutil.Process:
        return psutil.Process(self.process.pid).children()[0]

    def child(self, *words: str) -> psutil.Process:
        for process in self.supervisor().children():
            if all(word in " ".join(process.cmdline()) for word in words):
                return process
        raise AssertionError(f"{words} läuft nicht")

    def status_after(self, seconds: float) -> int:
        return self.process.wait(seconds)

    def kill(self) -> None:
        with suppress(psutil.NoSuchProcess):
            for process in self.everything():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(tree: Path, **environment: str) -> Iterator[Portal]:
    portal = Portal(tree, **environment)
    try:
        yield portal.until_it_runs()
    finally:
        portal.kill()


def survivors(processes: list[psutil.Process], seconds: float) -> list[str]:
    """Which of them still live after that time; a zombie has ended."""

    def alive() -> list[psutil.Process]:
        return [
            process
            for process in processes
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        ]

    eventually(lambda: not alive(), seconds)
    return [" ".join(process.cmdline()) for process in alive()]


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]
