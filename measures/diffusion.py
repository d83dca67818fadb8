"""How a measure spread: the number of municipalities in regular operation over time, as a line of steps."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.models import RolloutCell
from smartregion.base import written

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 30
MOST_TICKS: Final = 5
DIFFUSION_RULE: Final = gettext_lazy(
    "Gezählt wird jede Kommune, die heute „im Regelbetrieb“ ist, ab dem Tag, der bei ihr unter „seit“ steht. "
    "Wer den Betrieb wieder beendet hat, zählt auch für die Zeit davor nicht."
)


@dataclass(frozen=True)
class Step:
    """A day on which municipalities went live, and how many are live from then on."""

    on: date
    names: list[str]
    total: int


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Curve:
    """The drawing in the units of its SVG, and the same in words and as rows."""

    steps: list[Step]
    line: str
    area: str
    years: list[Tick]
    counts: list[Tick]
    description: str


def curve_of(cells: Iterable[RolloutCell], *, affected: int, today: date) -> Curve | None:
    """None where nobody is in regular operation. The axis ends with all affected municipalities."""
    steps = _steps(cells)
    if not steps:
        return None
    first = date(steps[0].on.year, 1, 1)
    days = max((today - first).days, 1)
    top = max(affected, steps[-1].total)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / days, 1)

    def y(number: int) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * number / top, 1)

    line = (
        f"M{x(first)} {y(0)}" + "".join(f"H{x(step.on)}V{y(step.total)}" for step in steps) + f"H{x(today)}"
    )
    return Curve(
        steps=steps,
        line=line,
        area=f"{line}V{y(0)}z",
        years=_years(first, today, x),
        counts=[Tick(y(number), str(number)) for number in _even(range(top + 1))],
        description=_in_words(steps),
    )


def _steps(cells: Iterable[RolloutCell]) -> list[Step]:
    live = [
        (cell.since, cell.municipality.name)
        for cell in cells
        if cell.stage == RolloutCell.Stage.LIVE and cell.since
    ]
    steps, total = [], 0
    for on, group in groupby(sorted(live, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        names = [name for _on, name in group]
        total += len(names)
        steps.append(Step(on, names, total))
    return steps


def _years(first: date, today: date, x: Callable[[date], float]) -> list[Tick]:
    return [Tick(x(date(year, 1, 1)), str(year)) for year in _even(range(first.year, today.year + 1))]


def _even(numbers: Sequence[int]) -> list[int]:
    """Some of them in equal steps, the first one among them."""
    return list(numbers[:: -(-len(numbers) // MOST_TICKS)])


def _in_words(steps: Sequence[Step]) -> str:
    texts = [
        ngettext("ab %(day)s %(number)d Kommune", "ab %(day)s %(number)d Kommunen", step.total)
        % {"day": written.day(step.on), "number": step.total}
        for step in steps
    ]
    return _("Im Regelbetrieb: %s.") % "; ".join(texts)
