"""What a report is about: which measures, fields and municipalities belong to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from measures.models import RolloutCell
from monitoring.models import Report, ReportKind
from monitoring.snapshot.cells import Cells
from monitoring.snapshot.past import Row

UNCONCERNED = {RolloutCell.Stage.UNKNOWN.value, RolloutCell.Stage.NOT_AFFECTED.value}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What belongs to the report.

    Attributes:
        label: its name on the cover as of the moment; "" for the whole concept. That of a template is part of
            the question, not of the past: it may be younger than the Stichtag.
        measures: the keys of its measures.
        fields: the keys of the fields that are its subject themselves, not only by their measures.
        chapters: the keys of the fields under which its measures stand.
        place: the key of the only municipality, None where there are all.
        is_whole: the concept itself is its subject.
    """

    label: str = ""
    measures: set[int]
    fields: set[int]
    chapters: set[int]
    place: int | None = None
    is_whole: bool = False

    @property
    def is_narrow(self) -> bool:
        """Only what is linked to its measures belongs to it."""
        return not self.is_whole or self.place is not None

    def has_place(self, row: Row) -> bool:
        return self.place is None or row.pk == self.place

    def has_chapter(self, row: Row) -> bool:
        return row.pk in self.chapters


def scope_of(
    report: Report,
    *,
    fields: Sequence[Row],
    places: Sequence[Row],
    measures: Sequence[Row],
    cells: Cells,
) -> Scope | None:
    """The report's scope among what its audience may see; None where its subject is not among it."""
    everything = {row.pk for row in fields}
    if report.kind == ReportKind.MUNICIPALITY:
        return _of_place(_found(places, report.municipality_id), everything, measures, cells)
    if report.kind == ReportKind.FIELD:
        field = _found(fields, report.field_id)
        return field and Scope(
            label=field.name,
            measures={row.pk for row in measures if row.field_id == field.pk},
            fields={field.pk},
            chapters={field.pk},
        )
    if report.kind == ReportKind.MEASURE:
        measure = _found(measures, report.measure_id)
        return measure and Scope(
            label=f"{measure.no} {measure.title}",
            measures={measure.pk},
            fields=set(),
            chapters={measure.field_id},
        )
    if report.kind == ReportKind.CUSTOM:
        return _chosen(report.scope_label, report.filters, fields, places, measures, cells)
    return Scope(measures={row.pk for row in measures}, fields=everything, chapters=everything, is_whole=True)


def _found(rows: Iterable[Row], pk: int | None) -> Row | None:
    return next((row for row in rows if row.pk == pk), None)


def _of_place(place: Row | None, fields: set[int], measures: Sequence[Row], cells: Cells) -> Scope | None:
    return place and Scope(
        label=place.name,
        measures={row.pk for row in measures if _concerns(row, place.pk, cells)},
        fields=fields,
        chapters=fields,
        place=place.pk,
        is_whole=True,
    )


def _concerns(measure: Row, place: int, cells: Cells) -> bool:
    """The municipality has said how it stands to the measure, and is affected by it."""
    cell = cells.get(measure.pk, {}).get(place)
    return cell is not None and cell["stage"] not in UNCONCERNED


def _chosen(  # noqa: PLR0917
    label: str,
    filters: dict[str, Any],
    fields: Sequence[Row],
    places: Sequence[Row],
    measures: Sequence[Row],
    cells: Cells,
) -> Scope:
    """What a template's filters choose, see `ReportTemplate`; a filter that is empty does not choose."""
    by_column = {
        "phase": filters.get("phases"),
        "status": filters.get("statuses"),
        "light": filters.get("lights"),
    }
    slugs = filters.get("fields")
    chapters = {row.pk for row in fields if not slugs or row.slug in slugs}
    place = next((row for row in places if row.slug == filters.get("municipality")), None)
    narrowed = filters.get("municipality") or filters.get("starters") or any(by_column.values())
    return Scope(
        label=label,
        measures={
            row.pk
            for row in measures
            if row.field_id in chapters
            and all(not codes or getattr(row, column) in codes for column, codes in by_column.items())
            and (not filters.get("starters") or row.is_starter)
            and (not filters.get("municipality") or (place and _concerns(row, place.pk, cells)))
        },
        fields=set() if narrowed else chapters,
        chapters=chapters,
        is_whole=not narrowed and not slugs,
    )
