"""What was seen, counted by fault."""

from collections.abc import Sequence

from drill.outcome import upper_bound
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
