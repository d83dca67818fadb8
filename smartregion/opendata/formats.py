"""A dataset as a file: CSV, JSON, GeoJSON, and a workbook with its data dictionary and rules."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.export.notes import EXAMPLE_NOTICE, Notes
from measures.views.export import sheets_of
from network.models import Region
from smartregion.base.spreadsheet import CSV_TYPE, XLSX_TYPE, LongList, csv_lines
from smartregion.opendata import licence
from smartregion.opendata.columns import Column, Words, as_json, in_csv
from smartregion.opendata.geometry import geometries
from smartregion.opendata.resource import ANYBODY, Resource, absolute

PIECE: Final = 500
"""Rows that are handed over at once."""


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        file_type: its code in the EU's list of file types.
        write: makes the file, in pieces or as an open file.
    """

    ending: str
    label: Words
    content_type: str
    file_type: str
    write: Callable[[Resource], Any]

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0]


def dictionary(columns: Any) -> list[dict[str, Any]]:
    """The data dictionary for machines."""
    return [
        {"key": column.key, "label": str(column.label), **column.schema(), **_codes(column)}
        for column in columns
    ]


def _codes(column: Column) -> dict[str, Any]:
    return {"labels": dict(column.codes)} if column.choices else {}


def about(resource: Resource) -> dict[str, Any]:
    """What a file says of itself."""
    region = Region.objects.get()
    told = {
        "title": str(resource.title),
        "description": str(resource.description),
        "page": absolute(resource.get_absolute_url()),
        "publisher": region.coordination_office,
        "modified": resource.modified.isoformat() if resource.modified else None,
        "licence": licence.NAME,
        "licence_url": licence.TEXT_URL,
        "attribution": licence.source_note(region, with_outlines=bool(resource.place_column)),
        "rules": {str(term): str(rule) for term, rule in resource.rules},
    }
    if resource.has_examples():
        told["example_notice"] = region.example_notice or str(EXAMPLE_NOTICE)
    return told


def _csv(resource: Resource) -> Iterator[bytes]:
    rows = ([in_csv(value) for value in record.values()] for record in resource.every())
    return csv_lines([column.key for column in resource.columns], rows)


def _json(resource: Resource) -> Iterator[bytes]:
    head = {"dataset": about(resource), "columns": dictionary(resource.columns)}
    return _pieces(head, "data", map(as_json, resource.every()))


def _geojson(resource: Resource) -> Iterator[bytes]:
    head = {"type": "FeatureCollection", "dataset": about(resource)}
    return _pieces(head, "features", features(resource, resource.every()))


def features(resource: Resource, records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows as features, each with the outline of its municipality, those of the region without."""
    outlines = geometries()
    for record in records:
        yield {
            "type": "Feature",
            "id": record[resource.key],
            "geometry": outlines.get(record[resource.place_column]),
            "properties": as_json(record),
        }


def _pieces(head: dict[str, Any], name: str, rows: Iterator[Any]) -> Iterator[bytes]:
    """A JSON object whose last member is a list of any length, some hundred rows at once."""
    text = f'{_text(head)[:-1]}, "{name}": ['
    for number, row in enumerate(rows):
        text += f"{',' if number else ''}\n{_text(row)}"
        if number % PIECE == PIECE - 1:
            yield text.encode()
            text = ""
    yield f"{text}\n]}}\n".encode()


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)


def _workbook(resource: Resource) -> IO[bytes]:
    """An open file, which the response closes; it has no name and vanishes with it."""
    target = TemporaryFile()  # noqa: SIM115 - the response closes it
    region = Region.objects.get()
    with sheets_of("xlsx", target) as sheets:
        columns = [(str(column.label), column.width) for column in resource.columns]
        listed = LongList(sheets, str(_("Daten")), columns, frozen_columns=1)
        for record in resource.every():
            listed.write([column.in_sheet(record[column.key]) for column in resource.columns])
        sheets.add(str(_("Datenfelder")), DICTIONARY, map(_entry, resource.columns))
        Notes(
            user=ANYBODY,
            page=absolute(resource.get_absolute_url()),
            imprint=absolute(reverse("imprint")),
            chosen=_("keiner"),
            rows=listed.close(),
            with_examples=resource.has_examples(),
            rules=[(str(term), str(rule)) for term, rule in resource.rules],
            terms=[
                (_("Lizenz"), f"{licence.NAME} ({licence.TEXT_URL})"),
                (_("Bitte nennen Sie als Quelle"), licence.source_note(region)),
            ],
        ).add_to(sheets)
    target.seek(0)
    return target


DICTIONARY: Final = (
    ("Spalte", 30),
    ("Name in CSV und JSON", 24),
    ("Art", 18),
    ("Bedeutung", 70),
    ("Werte", 70),
)


def _entry(column: Column) -> list[str]:
    codes = "; ".join(f"{code}: {label}" for code, label in column.codes)
    return [str(column.label), column.key, column.kind_label, str(column.text), codes]


CSV = Format("csv", gettext_lazy("CSV"), CSV_TYPE, "CSV", _csv)
JSON = Format("json", gettext_lazy("JSON"), "application/json", "JSON", _json)
GEOJSON = Format("geojson", gettext_lazy("GeoJSON"), "application/geo+json", "GEOJSON", _geojson)
XLSX = Format("xlsx", gettext_lazy("Excel (XLSX)"), XLSX_TYPE, "XLSX", _workbook)
FORMATS: Final = (CSV, JSON, GEOJSON, XLSX)


def formats_of(resource: Resource) -> list[Format]:
    return [row for row in FORMATS if row is not GEOJSON or resource.place_column]
