"""Two snapshots side by side: what differs, as a pure function. Of any kind, scope and audience."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from measures.models import Measure as MeasureRow
from monitoring.compile.figures import key_figures
from monitoring.snapshot.schema import Coded, Indicator, Measure, MoneyFigures, RollOutRow, Snapshot

FINISHED: Final = {MeasureRow.Status.COMPLETED.value, MeasureRow.Status.DISCONTINUED.value}


@dataclass(frozen=True)
class Pair:
    """A value in both reports; `difference` is None where one of them has none, or where it would mislead."""

    label: str
    a: int | None
    b: int | None
    is_comparable: bool = True

    @property
    def difference(self) -> int | None:
        return self.b - self.a if self.is_comparable and self.a is not None and self.b is not None else None


@dataclass(frozen=True)
class Move:
    """What of a measure, or which municipalities, went from where to where."""

    label: str
    a: str
    b: str


@dataclass(frozen=True)
class Moved:
    """A measure that both reports have, with its moves."""

    name: str
    moves: list[Move]


@dataclass(frozen=True)
class IndicatorPair:
    """Values are the decimals of the snapshots; the attainment in percent."""

    name: str
    unit: str
    a: str | None
    b: str | None
    attainment: Pair

    @property
    def difference(self) -> str | None:
        if self.a is None or self.b is None:
            return None
        return f"{Decimal(self.b) - Decimal(self.a):f}"


@dataclass(frozen=True)
class Comparison:
    """`ended`: finished or stopped in b and not yet in a. `missing`: no longer in b at all."""

    figures: list[Pair]
    appeared: list[str]
    ended: list[str]
    missing: list[str]
    moved: list[Moved]
    roll_out: list[Moved]
    money: list[Pair] | None
    indicators: list[IndicatorPair]


def compare(a: Snapshot, b: Snapshot) -> Comparison:
    """What b says other than a. Measures go by their number, municipalities by their key."""
    old, new = _measures(a), _measures(b)
    both = [no for no in new if no in old]
    return Comparison(
        figures=_figures(a, b),
        appeared=[_name(measure) for no, (_field, measure) in new.items() if no not in old],
        ended=[
            f"{_name(new[no][1])}: {new[no][1]['status']['label']}"
            for no in both
            if _is_finished(new[no][1]) and not _is_finished(old[no][1])
        ],
        missing=[_name(measure) for no, (_field, measure) in old.items() if no not in new],
        moved=[Moved(_name(new[no][1]), moves) for no in both if (moves := list(_moves(old[no], new[no])))],
        roll_out=list(_roll_out(a, b)),
        money=_money(a, b),
        indicators=_indicators(a, b),
    )


def _measures(snapshot: Snapshot) -> dict[str, tuple[str, Measure]]:
    """By number each measure with the name of its field."""
    return {
        measure["no"]: (field["name"], measure)
        for field in snapshot["fields"]
        for measure in field["measures"]
    }


def _name(measure: Measure) -> str:
    return f"{measure['no']} {measure['title']}"


def _is_finished(measure: Measure) -> bool:
    return measure["status"]["code"] in FINISHED


def _figures(a: Snapshot, b: Snapshot) -> list[Pair]:
    values, same = {figure.label: figure.value for figure in key_figures(a)}, last_as_long(a, b)
    return [
        Pair(figure.label, values.get(figure.label), figure.value, same or not figure.is_of_period)
        for figure in key_figures(b)
    ]


def last_as_long(a: Snapshot, b: Snapshot) -> bool:
    """Whether both periods have as many months, so that what happened in them can be compared."""
    return _months(a) == _months(b)


def _months(snapshot: Snapshot) -> int:
    first, last = (date.fromisoformat(snapshot["report"][end]) for end in ("period_start", "period_end"))
    return (last.year - first.year) * 12 + last.month - first.month


def _moves(old: tuple[str, Measure], new: tuple[str, Measure]) -> Iterator[Move]:
    if old[0] != new[0]:
        yield Move(_("Handlungsfeld"), old[0], new[0])
    pairs: list[tuple[str, Coded, Coded]] = [
        (_("Phase"), old[1]["phase"], new[1]["phase"]),
        (_("Status"), old[1]["status"], new[1]["status"]),
        (_("Ampel"), old[1]["light_stated"], new[1]["light_stated"]),
    ]
    for label, was, is_now in pairs:
        if was["code"] != is_now["code"]:
            yield Move(label, was["label"], is_now["label"])


def _roll_out(a: Snapshot, b: Snapshot) -> Iterator[Moved]:
    old = {row["measure_no"]: _stages(a, row) for row in a["roll_out"]["rows"]}
    names = {place["key"]: place["name"] for place in b["roll_out"]["municipalities"]}
    before = {step["code"]: step["label"] for step in a["scales"]["stages"]}
    now = {step["code"]: step["label"] for step in b["scales"]["stages"]}
    for row in b["roll_out"]["rows"]:
        was = old.get(row["measure_no"], {})
        moved: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key, stage in _stages(b, row).items():
            if key in was and was[key] != stage:
                moved[before[was[key]], now[stage]].append(names[key])
        if moved:
            moves = [Move(", ".join(places), *stages) for stages, places in moved.items()]
            yield Moved(f"{row['measure_no']} {row['measure_title']}", moves)


def _stages(snapshot: Snapshot, row: RollOutRow) -> dict[str, str]:
    places = snapshot["roll_out"]["municipalities"]
    return {place["key"]: cell["stage"] for place, cell in zip(places, row["cells"], strict=True)}


def _money(a: Snapshot, b: Snapshot) -> list[Pair] | None:
    """The totals in cents; None unless both reports tell of money."""
    if a["money"] is None or b["money"] is None:
        return None
    old: MoneyFigures = a["money"]["total"]
    new: MoneyFigures = b["money"]["total"]
    return [
        Pair(_("geplant"), old["plan"], new["plan"]),
        Pair(_("gebunden"), old["committed"], new["committed"]),
        Pair(_("abgeflossen"), old["spent"], new["spent"]),
    ]


def _indicators(a: Snapshot, b: Snapshot) -> list[IndicatorPair]:
    """Those that both reports have."""
    old: dict[str, Indicator] = {each["key"]: each for each in a["indicators"]}
    return [
        IndicatorPair(
            each["name"],
            each["unit"],
            old[each["key"]]["value"],
            each["value"],
            Pair(_("erreicht"), old[each["key"]]["attainment"], each["attainment"]),
        )
        for each in b["indicators"]
        if each["key"] in old
    ]
