"""What one drill showed, and the table of all."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from math import comb
from multiprocessing import active_children, get_context
from traceback import print_exc
from typing import Final

from smartregion.bootstrap import stop_on_signals

COLUMNS: Final = "{:<16}{:>8}  {:<34}{:>8}{:>12}{:>12}"


@dataclass(frozen=True)
class Options:
    short: bool
    seed: int
    fault: str = ""


@dataclass(frozen=True)
class Outcome:
    """`broken` names what broke; `of` says what was counted, `longest` is in seconds."""

    n: int
    of: str
    broken: list[str] = field(default_factory=list)
    longest: float = 0


def outcome_of(module: str, options: Options) -> Outcome:
    """In a process of its own, since each drill has services of its own and Django's settings name them."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        waiting = alone.submit(_run, module, options)
        try:
            return waiting.result()
        except KeyboardInterrupt:
            for child in active_children():
                child.terminate()
            raise


def _run(module: str, options: Options) -> Outcome:
    """A drill that ends early counts as one thing that broke: the others go on."""
    stop_on_signals()
    try:
        outcome: Outcome = import_module(module).run(options)
    except Exception as error:
        print_exc()
        return Outcome(1, "drill that ended early", [f"{type(error).__name__}: {error}"])
    return outcome


def table(outcomes: dict[str, Outcome]) -> list[str]:
    """The last column is the upper bound for the share of what was counted that breaks."""
    return [COLUMNS.format("drill", "n", "of", "broken", "longest s", "95 % below")] + [
        COLUMNS.format(
            name,
            each.n,
            each.of,
            len(each.broken),
            f"{each.longest:.1f}",
            f"{100 * upper_bound(len(each.broken), each.n):.1f} %",
        )
        for name, each in outcomes.items()
    ]


def told(outcomes: dict[str, Outcome]) -> Sequence[str]:
    return [f"BROKEN ({name}): {what}" for name, each in outcomes.items() for what in each.broken]


def upper_bound(failures: int, trials: int, *, confidence: float = 0.95) -> float:
    """The one-sided upper bound of Clopper and Pearson; about 3 / n where nothing failed."""
    if failures >= trials:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        at_most = sum(comb(trials, k) * middle**k * (1 - middle) ** (trials - k) for k in range(failures + 1))
        low, high = (middle, high) if at_most > 1 - confidence else (low, middle)
    return high
