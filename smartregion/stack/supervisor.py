"""Starts processes, notices the first that dies and takes all of them down again within seconds."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from smartregion.bootstrap import ROOT, Failure
from smartregion.stack.instance import Instance

STOP_SECONDS = 4.0
POLL_SECONDS = 0.05
SERVICES = ("PostgreSQL", "Redis")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The unprivileged user under which a root-started server runs; PostgreSQL refuses to run as root."""

    uid: int
    gid: int


def as_account(account: Account | None) -> dict[str, Any]:
    """The arguments of `subprocess` that start a process under that account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


@dataclass
class Child:
    label: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def gone(self) -> bool:
        return self.process.poll() is not None

    def signal_group(self, number: signal.Signals) -> None:
        """Reach the child and what it has started; each child leads its own process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def with_parent(number: signal.Signals) -> Callable[[], None]:
    """Run in a new child: it gets `number` when the supervisor ends, even by kill -9 (Linux only)."""
    supervisor = os.getpid()

    def prepare() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, number)
            if os.getppid() != supervisor:
                os.kill(os.getpid(), signal.SIGKILL)

    return prepare


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


class Supervisor:
    """A context manager over the children of one instance; leaving it stops them in reverse order."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.children: list[Child] = []
        self.afterwards = ExitStack()

    def __enter__(self) -> Self:
        if LIBC is not None and "MAKELEVEL" in os.environ:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, signal.SIG_IGN) for number in stopping}
        try:
            with self.afterwards:
                self.stop()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(
        self,
        name: str,
        label: str,
        argv: Sequence[str | Path],
        *,
        environment: dict[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        account: Account | None = None,
        text: str = "",
        sockets: Sequence[int] = (),
        folder: Path = ROOT,
    ) -> Child:
        """Start a process of the stack: `text` is its standard input, its output goes to `name`.log."""
        log = self.instance.open_log(name)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(word) for word in argv],
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=with_parent(stop_signal),  # noqa: PLW1509 - our one other thread takes no lock
                pass_fds=tuple(sockets),
                **as_account(account),
            )
        child = Child(label, process, log, stop_signal)
        self.children.append(child)
        if process.stdin:
            with suppress(BrokenPipeError), process.stdin as standard_input:
                standard_input.write(text.encode())
        return child

    def forget(self, child: Child) -> None:
        """Take down a child that did not come up, so that another can take its place."""
        child.signal_group(signal.SIGKILL)
        child.process.wait()
        self.children.remove(child)

    def check(self) -> None:
        """Raise `Failure` with a line about the first child that has ended by itself."""
        for child in self.children:
            if child.gone():
                how = ending(child.process.returncode)
                raise Failure(
                    f"{child.label} hat sich unerwartet beendet ({how}), alles wird angehalten. Die Ursache "
                    f"steht in {child.log.relative_to(ROOT)}; danach bitte erneut starten."
                )

    def wait_until(self, condition: Callable[[], bool], seconds: float, late: str) -> None:
        """Wait for `condition` while all children live; raise `Failure(late)` when the time is over."""

        def checked() -> bool:
            self.check()
            return condition()

        if not wait_for(checked, seconds):
            raise Failure(late)

    def watch(self) -> None:
        """Block until a child dies (`Failure`) or somebody stops us (`KeyboardInterrupt`)."""
        while True:
            self.check()
            time.sleep(4 * POLL_SECONDS)

    def stop(self) -> None:
        """Stop the portal's processes first, then the services they need; what does not obey is killed."""
        services = [child for child in self.children if child.label in SERVICES]
        for group in ([child for child in self.children if child not in services], services):
            for child in group:
                if not child.gone():
                    with suppress(ProcessLookupError):
                        child.process.send_signal(child.stop_signal)
            wait_for(lambda group=group: all(child.gone() for child in group), STOP_SECONDS)  # type: ignore[misc]
            for child in group:
                child.signal_group(signal.SIGKILL)
                child.process.wait()
        self.children.clear()


def ending(status: int) -> str:
    return f"Signal {-status}" if status < 0 else f"Code {status}"
