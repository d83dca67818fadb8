"""What was seen, counted by fault."""

from collections.abc import Sequence
from math import comb

from drill.rounds import Round

COLUMNS = "{:<22}{:>6}{:>6}{:>6}{:>8}{:>11}{:>8}{:>12}{:>12}"
HEADS = ("fault", "n", "hit", "ok", "broken", "published", "failed", "longest s", "95 % below")


def table(rounds: Sequence[Round]) -> list[str]:
    """One line per fault and one for all.

    `hit` are faults that came while work was under way; `failed` are jobs that ended as failed with their
    cause, which a retry published unless it is counted as broken. The last column is the upper bound for the
    share of faults that break something.
    """
    names = list(dict.fromkeys(each.fault.name for each in rounds))
    by_name = {name: [each for each in rounds if each.fault.name == name] for name in names}
    lines = [COLUMNS.format(*HEADS)]
    return lines + [_line(name, found) for name, found in {**by_name, "all": list(rounds)}.items()]


def _line(name: str, rounds: Sequence[Round]) -> str:
    broken = sum(bool(each.broken) for each in rounds)
    failed = sum(len(each.failed) for each in rounds)
    longest = max((each.seconds for each in rounds), default=0)
    published = sum(each.published for each in rounds)
    bound = upper_bound(broken, len(rounds))
    return COLUMNS.format(
        name,
        len(rounds),
        sum(each.is_hit for each in rounds),
        len(rounds) - broken,
        broken,
        published,
        failed,
        f"{longest:.1f}",
        f"{100 * bound:.1f} %",
    )


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
