"""Counted figures, each with its rule and, where they may be named, with the rows that it counts."""

from collections import Counter
from collections.abc import Iterable

from monitoring.snapshot import schema
from smartregion.base.text import german_key


def figure(label: str, value: int, rule: str) -> schema.Figure:
    """A number of people, or of what is counted without being named."""
    return schema.Figure(label=label, value=value, rule=rule, rows=[])


def counted(label: str, rows: Iterable[str], rule: str) -> schema.Figure:
    """The number of rows, each told by its name."""
    tally = Counter(rows)
    names = sorted(tally, key=lambda name: (german_key(name), name))
    return schema.Figure(
        label=label,
        value=tally.total(),
        rule=rule,
        rows=[schema.FigureRow(label=name, count=tally[name]) for name in names],
    )
