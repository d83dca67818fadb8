"""Tables of the roll-out: the matrix, its single values, the municipalities."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from monitoring.compile.tables.table import Column, ManyRows, Table
from monitoring.compile.values import day, percent
from monitoring.snapshot.schema import Cell, Snapshot

FIGURES: Final = (
    Column("betroffen", 11, 12),
    Column("im Regelbetrieb", 11, 12),
    Column("Reichweite", 11, 12),
)
CELLS: Final = (
    Column("Nr.", 8),
    Column("Kommune", 34),
    Column("Stufe", 22),
    Column("Seit", 12),
    Column("Bestätigt am", 13),
    Column("Veraltet", 10),
)
PLACES: Final = (
    Column("Schlüssel", 12),
    Column("Kommune", 34),
    Column("Kürzel", 10),
    Column("Einwohner", 12),
)


def roll_out_tables(snapshot: Snapshot) -> Iterator[Table]:
    roll_out = snapshot["roll_out"]
    places, count = roll_out["municipalities"], len(roll_out["rows"])
    matrix = ManyRows(count, lambda: _matrix_rows(snapshot))
    yield Table("roll_out", "roll-out", "Roll-out", _matrix_columns(snapshot), matrix, frozen=2)
    yield Table(
        "roll_out",
        "roll-out-einzelwerte",
        "Roll-out Einzelwerte",
        CELLS,
        ManyRows(len(places) * len(roll_out["rows"]), lambda: _cell_rows(snapshot)),
        frozen=2,
    )
    yield Table(
        "roll_out",
        "kommunen",
        "Kommunen",
        PLACES,
        [(place["key"], place["name"], place["abbr"], place["residents"]) for place in places],
    )


def _cell_rows(snapshot: Snapshot) -> Iterator[Sequence[Any]]:
    labels = {stage["code"]: stage["label"] for stage in snapshot["scales"]["stages"]}
    names = [place["name"] for place in snapshot["roll_out"]["municipalities"]]
    for row in snapshot["roll_out"]["rows"]:
        for name, cell in zip(names, row["cells"], strict=True):
            since, confirmed = day(cell["since"]), day(cell["confirmed_at"])
            yield (row["measure_no"], name, labels[cell["stage"]], since, confirmed, cell["stale"])


def stage_words(cell: Cell, labels: dict[str, str]) -> str:
    return labels[cell["stage"]] + (" (veraltet)" if cell["stale"] else "")


def stage_counts(snapshot: Snapshot) -> list[list[int]]:
    """For each measure, how many municipalities are in each stage of the scale."""
    codes = [stage["code"] for stage in snapshot["scales"]["stages"]]
    counted = (Counter(cell["stage"] for cell in row["cells"]) for row in snapshot["roll_out"]["rows"])
    return [[count[code] for code in codes] for count in counted]


def _matrix_columns(snapshot: Snapshot) -> tuple[Column, ...]:
    names = (Column(place["name"], 15) for place in snapshot["roll_out"]["municipalities"])
    return (Column("Nr.", 8, 10), Column("Maßnahme", 44, 40), *names, *FIGURES)


def _matrix_rows(snapshot: Snapshot) -> Iterator[list[Any]]:
    labels = {stage["code"]: stage["label"] for stage in snapshot["scales"]["stages"]}
    for row in snapshot["roll_out"]["rows"]:
        yield [
            row["measure_no"],
            row["measure_title"],
            *(stage_words(cell, labels) for cell in row["cells"]),
            row["affected"],
            row["live"],
            percent(row["reached_percent"]),
        ]
