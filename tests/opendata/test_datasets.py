"""Datasets: every format says the same, each value fits its dictionary, nothing in a file can run."""

import csv
import io
import json
from datetime import date
from typing import Any

import jsonschema
import openpyxl
import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, RolloutCell
from monitoring.models import Indicator
from smartregion.opendata.columns import as_json, in_csv
from smartregion.opendata.formats import formats_of
from smartregion.opendata.resource import Resource, datasets, resources
from tests.factories import make_measure
from tests.opendata.rows import Rows, make_everything
from tests.past import happened_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_everything()


def read(address: str) -> bytes:
    response = Client().get(address)
    assert response.status_code == 200, address
    return b"".join(response) if response.streaming else response.content


def file_of(dataset: Resource, ending: str) -> bytes:
    return read(f"/open-data/{dataset.slug}.{ending}")


def test_the_datasets_are_these(rows: Rows) -> None:
    assert {row.slug: len(list(row.every())) for row in datasets().values()} == {
        "massnahmen": 2,
        "roll-out": 4,
        "kommunen": 2,
        "indikatoren": 1,
        "indikatorwerte": 2,
        "beschluesse": 1,
        "veranstaltungen": 1,
    }


def test_each_row_has_the_columns_of_its_dictionary_and_fits_them(rows: Rows) -> None:
    for resource in resources().values():
        schema = {
            "type": "object",
            "required": [column.key for column in resource.columns],
            "additionalProperties": False,
            "properties": {column.key: column.schema() for column in resource.columns},
        }
        for record in resource.every():
            assert list(record) == [column.key for column in resource.columns]
            jsonschema.validate(as_json(record), schema)


def test_all_formats_of_a_dataset_hold_the_same_rows(rows: Rows) -> None:
    for dataset in datasets().values():
        records = list(dataset.every())
        lines = list(csv.reader(io.StringIO(file_of(dataset, "csv").decode("utf-8-sig")), delimiter=";"))
        told = json.loads(file_of(dataset, "json"))

        assert lines[0] == [column.key for column in dataset.columns]
        assert lines[1:] == [list(map(as_line, record.values())) for record in records]
        assert told["data"] == [as_json(record) for record in records]
        assert [entry["key"] for entry in told["columns"]] == lines[0]
        if "geojson" in {row.ending for row in formats_of(dataset)}:
            features = json.loads(file_of(dataset, "geojson"))["features"]
            assert [feature["properties"] for feature in features] == told["data"]


def as_line(value: Any) -> str:
    from smartregion.base.spreadsheet import csv_value

    return "" if value is None else str(csv_value(in_csv(value)))


def test_the_workbook_is_typed_and_brings_dictionary_rules_and_licence(rows: Rows) -> None:
    book = openpyxl.load_workbook(io.BytesIO(file_of(datasets()["massnahmen"], "xlsx")))

    assert book.sheetnames == ["Daten", "Datenfelder", "Hinweise"]
    heading, first = list(book["Daten"].iter_rows(values_only=True))[:2]
    found = dict(zip(heading, first, strict=True))
    assert (found["Titel"], found["Phase"], found["Beispieldaten"]) == ("Netz", "Pilot", "ja")
    assert found["Beginn"].date() == date(2024, 1, 1)
    assert found["Fortschritt"] == 0
    notes = dict(list(book["Hinweise"].iter_rows(values_only=True))[1:])
    assert notes["Lizenz"].startswith("Datenlizenz Deutschland – Namensnennung – Version 2.0")
    assert "Beispieldaten" in notes
    assert "Lizenz und Nutzung" not in notes
    assert len(list(book["Datenfelder"].iter_rows())) == len(resources()["measures"].columns) + 1


def test_a_text_never_becomes_a_formula(rows: Rows) -> None:
    Measure.objects.filter(pk=rows.measure.pk).update(title='=HYPERLINK("https://x.example")')

    book = openpyxl.load_workbook(io.BytesIO(file_of(datasets()["massnahmen"], "xlsx")))
    line = file_of(datasets()["massnahmen"], "csv").decode("utf-8-sig").splitlines()[1]

    assert {cell.data_type for cell in book["Daten"]["C"]} == {"s"}
    assert "\"'=HYPERLINK" in line


def test_geojson_has_the_outline_the_point_or_nothing(rows: Rows) -> None:
    cells = json.loads(file_of(datasets()["roll-out"], "geojson"))["features"]
    make_value_of_region()
    values = json.loads(file_of(datasets()["indikatorwerte"], "geojson"))["features"]

    kinds = {feature["properties"]["municipality"]: feature["geometry"]["type"] for feature in cells}
    assert kinds == {"aadorf": "Polygon", "bedorf": "Point"}
    assert [feature["geometry"] for feature in values if feature["properties"]["ags"] is None] == [None]


def make_value_of_region() -> None:
    from tests.monitoring.indicator_rows import make_indicator, make_value

    make_value(make_indicator("Ganz"), value=1)


def test_examples_are_labelled_in_page_and_files_and_only_where_there_are_any(rows: Rows) -> None:
    assert "example_notice" in json.loads(file_of(datasets()["massnahmen"], "json"))["dataset"]
    assert "example_notice" not in json.loads(file_of(datasets()["beschluesse"], "json"))["dataset"]
    assert b'<span class="example">Beispieldaten</span>' in read("/open-data/massnahmen/")
    assert b'class="example"' not in read("/open-data/beschluesse/")


def test_a_page_shows_description_licence_rules_dictionary_and_preview(rows: Rows) -> None:
    for dataset in datasets().values():
        page = read(f"/open-data/{dataset.slug}/").decode()

        assert str(dataset.title) in page
        assert "Datenlizenz Deutschland – Namensnennung – Version 2.0" in page
        assert "Zählregeln" in page
        assert all(f"<code>{column.key}</code>" in page for column in dataset.columns)
        assert all(f'href="/open-data/{dataset.slug}.{row.ending}"' in page for row in formats_of(dataset))


def test_a_dataset_changed_on_the_day_on_which_something_that_it_tells_changed() -> None:
    with happened_on(date(2024, 3, 1)):
        rows = make_everything()
    cells = RolloutCell.objects.filter(measure=rows.measure)

    assert {row.modified for row in datasets().values()} == {date(2024, 3, 1)}

    cells.update(note="Nur für Konten", contact="Amt")
    make_measure("Verborgen", visibility="internal")
    assert {row.modified for row in datasets().values()} == {date(2024, 3, 1)}

    cells.update(since=date(2024, 2, 20))
    changed = {row.slug for row in datasets().values() if row.modified == localdate()}
    assert changed == {"roll-out"}


def test_nothing_public_leaves_empty_files_and_pages_that_say_so(rows: Rows) -> None:
    Measure.objects.update(visibility="internal")
    Indicator.objects.update(visibility="internal")

    assert json.loads(file_of(datasets()["massnahmen"], "json"))["data"] == []
    assert "Noch keine Zeilen" in read("/open-data/massnahmen/").decode()


def test_a_past_day_is_not_to_be_had(rows: Rows) -> None:
    addresses = ["/open-data/massnahmen.csv", "/open-data/catalog.ttl", "/api/v1/measures", "/ogc/v1/"]

    assert {Client().get(f"{path}?stand=2024-01-01").status_code for path in addresses} == {400}


@pytest.mark.parametrize("path", ["massnahmen.geojson", "gibt-es-nicht.csv", "gibt-es-nicht/"])
def test_what_there_is_not_is_missing(rows: Rows, path: str) -> None:
    assert Client().get(f"/open-data/{path}").status_code == 404


def test_a_larger_dataset_is_streamed_in_valid_pieces(rows: Rows) -> None:
    from smartregion.opendata import formats

    make_measure("Dritte")
    before, formats.PIECE = formats.PIECE, 2
    try:
        assert len(json.loads(file_of(datasets()["massnahmen"], "json"))["data"]) == 3
    finally:
        formats.PIECE = before
