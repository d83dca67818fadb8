"""The report as typed tables: XLSX, ODS, CSV and DOCX print the same rows, so that their figures are equal."""

from collections.abc import Iterator

from monitoring.compile.tables.general import general_tables, method_table
from monitoring.compile.tables.indicators import indicator_tables
from monitoring.compile.tables.measures import measure_tables
from monitoring.compile.tables.money import money_tables
from monitoring.compile.tables.rollout import roll_out_tables
from monitoring.compile.tables.steering import steering_tables
from monitoring.compile.tables.table import MOST_PRINTED, Column, Printed, Table
from monitoring.snapshot.schema import Snapshot

__all__ = ["MOST_PRINTED", "Column", "Printed", "Table", "tables_of"]


def tables_of(snapshot: Snapshot, sha256: str) -> list[Table]:
    """The tables of the report's sections in their order, and of no other."""
    places = {section["key"]: place for place, section in enumerate(snapshot["report"]["sections"])}
    shown = (table for table in _all_tables(snapshot, sha256) if not table.section or table.section in places)
    return sorted(shown, key=lambda table: places.get(table.section, -1))


def _all_tables(snapshot: Snapshot, sha256: str) -> Iterator[Table]:
    yield from general_tables(snapshot, sha256)
    yield from measure_tables(snapshot)
    yield from money_tables(snapshot)
    yield from roll_out_tables(snapshot)
    yield from indicator_tables(snapshot)
    yield from steering_tables(snapshot)
    yield method_table(snapshot)
