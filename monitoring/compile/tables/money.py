"""Tables of money."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from monitoring.compile.tables.table import Column, Table
from monitoring.compile.values import day, euros
from monitoring.snapshot.schema import MoneyFigures, Snapshot
from smartregion.base.spreadsheet import Year

AMOUNTS: Final = (Column("Plan", 16, 22), Column("gebunden", 16, 22), Column("abgeflossen", 16, 22))


def money_tables(snapshot: Snapshot) -> Iterator[Table]:
    """None at all where the audience gets no money."""
    money = snapshot["money"]
    if money is None:
        return
    years: list[tuple[Any, MoneyFigures]] = [(Year(year["year"]), year["figures"]) for year in money["years"]]
    yield _table(
        "mittel",
        "Mittel",
        (Column("Jahr", 12, 66),),
        [*_keyed(years), ("alle Jahre", *_amounts(money["total"]))],
    )
    fields = ((row["label"], row["figures"]) for row in money["fields"])
    yield _table(
        "mittel-je-handlungsfeld",
        "Mittel je Handlungsfeld",
        (Column("Handlungsfeld", 40, 66),),
        _keyed(fields),
    )
    yield _table(
        "mittel-je-massnahme",
        "Mittel je Maßnahme",
        (Column("Nr.", 8, 10), Column("Maßnahme", 44, 56)),
        [(row["key"], row["label"], *_amounts(row["figures"])) for row in money["measures"]],
    )
    yield Table(
        "money",
        "mittelherkunft",
        "Mittelherkunft",
        (Column("Herkunft", 50, 80), Column("Plan", 16, 20)),
        [(source["label"], euros(source["plan"])) for source in money["sources"]],
    )
    yield Table(
        "money",
        "zuwendungen",
        "Zuwendungen",
        (
            Column("Förderprogramm", 50, 50),
            Column("Maßnahme", 12, 14),
            Column("Bewilligt bis", 14, 18),
            Column("Betrag", 16, 20),
        ),
        [
            (grant["programme"], grant["measure_no"], day(grant["ends_on"]), euros(grant["amount"]))
            for grant in money["grants"]
        ],
    )


def _table(key: str, name: str, columns: tuple[Column, ...], rows: Iterable[tuple[Any, ...]]) -> Table:
    return Table("money", key, name, (*columns, *AMOUNTS), list(rows), frozen=len(columns))


def _keyed(rows: Iterable[tuple[Any, MoneyFigures]]) -> Iterator[tuple[Any, ...]]:
    return ((label, *_amounts(figures)) for label, figures in rows)


def _amounts(figures: MoneyFigures) -> tuple[Any, ...]:
    return euros(figures["plan"]), euros(figures["committed"]), euros(figures["spent"])
