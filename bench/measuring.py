"""One benchmark's line, and how the ratio of two costs is measured."""

import gc
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median

Action = Callable[[], object]


def nothing() -> None:
    pass


@dataclass(frozen=True)
class Figure:
    """A measured value; without a goal it only informs."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def is_short(self) -> bool:
        return self.goal is not None and self.value > self.goal

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"<= {self._shown(self.goal)}"
        verdict = "" if self.goal is None else "short" if self.is_short else "ok"
        return f"{self.name:<50}{self._shown(self.value):>9}  {goal:<11}  {verdict}".rstrip()

    def _shown(self, value: float) -> str:
        return f"{value:.2f} x" if self.unit == "x" else f"{value:.0f} {self.unit}"


@dataclass(frozen=True)
class Side:
    """What is timed, `times` in a row; `before` puts everything in place for it and is not timed."""

    action: Action
    before: Action = nothing
    times: int = 1

    def seconds(self) -> float:
        self.before()
        start = time.perf_counter()
        for _ in range(self.times):
            self.action()
        return (time.perf_counter() - start) / self.times


def ratio(one: Side, other: Side, *, rounds: int) -> float:
    """How many times the cost of `other` does `one` cost: the median of as many rounds, after one to warm up.

    A round times both, one right after the other and in turns first, so that a neighbour's load on the
    machine or a slow drift meets both alike.
    """
    gc.collect()
    ratios = []
    for number in range(rounds + 1):
        pair = (one, other) if number % 2 else (other, one)
        seconds = {side: side.seconds() for side in pair}
        ratios.append(seconds[one] / seconds[other])
    return median(ratios[1:])


def peak_memory(module: str, database: str) -> int:
    """The bytes that a process needs at most which does the module's `whole_work` and nothing else.

    The portal's code and libraries are included.
    """
    code = (
        "import django, sys; django.setup(); "
        "from bench.measuring import report_peak; report_peak(*sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, module, database]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def report_peak(module: str, database: str) -> None:
    """Do the work and print the peak. `ru_maxrss` would count the parent's memory too."""
    from django.db import connection

    connection.settings_dict["NAME"] = database
    import_module(module).whole_work()
    status = Path("/proc/self/status").read_text()
    print(int(status.split("VmHWM:")[1].split()[0]) * 1024)
