"""One benchmark's line, and how the ratio of two costs is measured."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
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
