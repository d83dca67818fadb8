"""Tables of indicators: where each stands, its definition, all its values."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from monitoring.compile.tables.table import Column, Table
from monitoring.compile.values import day, percent, quantity
from monitoring.snapshot.schema import Indicator, Snapshot

INDICATORS: Final = (
    Column("Kürzel", 18),
    Column("Indikator", 44, 36),
    Column("Ebene", 12),
    Column("gehört zu", 40),
    Column("Einheit", 14, 16),
    Column("Ausgangswert", 14, 16, "Basis"),
    Column("vom", 12),
    Column("Ist", 14, 16),
    Column("am", 12, 16),
    Column("Ziel", 14, 16),
    Column("bis", 12, 16),
    Column("Zielerreichung", 14, 14, "erreicht"),
    Column("auf Kurs", 18, 20),
    Column("Entwicklung", 14),
    Column("Erhebung überfällig", 14),
    Column("Beispieldaten", 14),
)
DEFINITIONS: Final = (
    Column("Kürzel", 18),
    Column("Indikator", 44, 34),
    Column("Definition", 60, 46),
    Column("Einheit", 14),
    Column("Richtung", 16),
    Column("Rhythmus", 16, 20),
    Column("Quelle", 30, 26),
    Column("Gesamtwert", 24),
    Column("Zuordnung", 30, 20),
)
VALUES: Final = (
    Column("Kürzel", 18),
    Column("Indikator", 44, 40),
    Column("Angabe", 14, 18),
    Column("Kommune", 30, 28),
    Column("Tag", 12, 18),
    Column("Wert", 14, 18),
    Column("Einheit", 14, 18),
    Column("Anmerkung", 50, 28),
)


def indicator_tables(snapshot: Snapshot) -> Iterator[Table]:
    indicators = snapshot["indicators"]
    yield Table(
        "indicators", "indikatoren", "Indikatoren", INDICATORS, [_row(item) for item in indicators], frozen=2
    )
    yield Table(
        "data_sheet",
        "datenblatt",
        "Datenblatt",
        DEFINITIONS,
        [_definition_row(item) for item in indicators],
        frozen=2,
    )
    yield Table(
        "data_sheet",
        "indikatorwerte",
        "Indikatorwerte",
        VALUES,
        [row for item in indicators for row in _value_rows(item)],
        frozen=2,
        is_grouped=True,
    )


def _row(item: Indicator) -> Sequence[Any]:
    baseline, target = item["baseline"], item["target"]
    return (
        item["key"],
        item["name"],
        item["level"]["label"],
        item["subject"],
        item["unit"],
        baseline and quantity(baseline["value"]),
        baseline and day(baseline["on"]),
        quantity(item["value"]),
        day(item["on"]),
        target and quantity(target["value"]),
        target and day(target["on"]),
        percent(item["attainment"]),
        item["on_target"]["label"],
        item["trend"]["label"],
        item["is_overdue"],
        item["is_example"],
    )


def _definition_row(item: Indicator) -> Sequence[Any]:
    return (
        item["key"],
        item["name"],
        item["definition"],
        item["unit"],
        item["direction"]["label"],
        item["rhythm"],
        item["source"],
        item["combination"],
        "; ".join(item["tags"]) or None,
    )


def _value_rows(item: Indicator) -> Iterator[Sequence[Any]]:
    who, unit = (item["key"], item["name"]), item["unit"]
    baseline = item["baseline"]
    if baseline is not None:
        yield (
            *who,
            "Ausgangswert",
            None,
            day(baseline["on"]),
            quantity(baseline["value"]),
            unit,
            baseline["note"],
        )
    for point in item["points"]:
        yield (*who, "Ist", None, day(point["on"]), quantity(point["value"]), unit, point["note"])
    for target in item["targets"]:
        yield (*who, "Ziel", None, day(target["on"]), quantity(target["value"]), unit, None)
    for place in item["places"]:
        yield (*who, "Ist", place["name"], day(place["on"]), quantity(place["value"]), unit, None)
