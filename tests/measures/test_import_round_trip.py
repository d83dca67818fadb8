"""Export, edit elsewhere, import, apply, undo: exactly the edited values change, and all of it goes back."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now
from openpyxl import load_workbook

from measures.models import Measure, MeasureGuideline, RolloutCell
from network.models import Municipality, User
from smartregion.base.changes import changes_of
from smartregion.base.ods import OdsSheets
from smartregion.base.tables import read_tables
from tests.factories import (
    make_field,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
)
from tests.measures.uploads import download, step, upload

pytestmark = pytest.mark.django_db
Edit = Callable[[bytes, str, list[tuple[int, str, Any]]], bytes]


def fingerprint() -> str:
    """Of the contents of all rows that an import may touch.

    A version only counts the edits, and a stage's moment of change tells of the undoing too.
    """
    grown = {"version", "stage_changed_at"}
    digest = hashlib.sha256()
    for model in (Measure, RolloutCell, MeasureGuideline):
        names = [field.attname for field in model._meta.concrete_fields if field.name not in grown]
        for row in model.objects.order_by("pk").values_list(*names):
            digest.update(json.dumps(row, default=str).encode())
    return digest.hexdigest()


def saved_by_openpyxl(data: bytes, sheet: str, edits: list[tuple[int, str, Any]]) -> bytes:
    """The workbook as another program writes it again, with some cells changed: (row, heading, value)."""
    book = load_workbook(io.BytesIO(data))
    page = book[sheet]
    columns = {cell.value: cell.column for cell in page[1]}
    for row, heading, value in edits:
        page.cell(row, columns[heading]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def saved_as_ods(data: bytes, sheet: str, edits: list[tuple[int, str, Any]]) -> bytes:
    """The ODS written anew, without its notes and formats, with some cells changed."""
    target = io.BytesIO()
    with OdsSheets(target) as book:
        for page in (page for page in read_tables(data) if page.name != "Hinweise"):
            head, *rows = page.rows
            for row, heading, value in edits if page.name == sheet else []:
                cells = rows[row - 2]
                cells += [""] * (len(head) - len(cells))
                cells[head.index(heading)] = value
            book.add(page.name, [(heading, 20) for heading in head], rows)
    return target.getvalue()


@pytest.fixture
def county(client: Client) -> User:
    """200 measures in 17 municipalities, with something in every field, and the coordinator signed in."""
    make_region()
    for number in range(17):
        make_municipality(f"Dorf {chr(65 + number)}")
    fields = [make_field(name) for name in ("Mobilität", "Energie")]
    for number in range(200):
        make_measure(
            f"Netz {number:03}  =1+1 <b>",
            no=f"M-{number:03}",
            field=fields[number % 2],
            starts_on=date(2024, 1, 1 + number % 28),
            light="yellow" if number % 3 else "green",
            light_reason="Verzug,\nzwei Zeilen; „Zitat“" if number % 3 else "",
            is_starter=number % 5 == 0,
        )
    user = make_user()
    places = Municipality.objects.count()
    assert RolloutCell.objects.count() == 200 * places == 3400
    for number, cell in enumerate(RolloutCell.objects.order_by("pk")):
        if number % 4 == 0:
            stage = "live" if number % 8 else "rejected"
            RolloutCell.objects.filter(pk=cell.pk).update(
                stage=stage,
                since=date(2025, 2, 1),
                evidence="+49 Beschluss",
                reason=" Kein\tBedarf",
                contact="'=IT",
            )
    RolloutCell.objects.filter(pk__gt=RolloutCell.objects.order_by("pk")[1700].pk).update(confirmed_at=now())
    client.force_login(user)
    return user


CELL_EDITS: list[tuple[int, str, Any]] = [
    *[(row, "Ansprechstelle", f"Amt {row}") for row in range(2, 3200, 400)],
    *[(row, "Begründung", f"Neuer Grund {row}") for row in range(4, 3200, 400)],
    *[(row, "Seit", date(2025, 3, 5)) for row in range(5, 3200, 400)],
    *[(row, "Stufe", "in Vorbereitung") for row in range(11, 2400, 400)],
]


@pytest.mark.parametrize(
    ("file_format", "edit"), [("xlsx", saved_by_openpyxl), ("ods", saved_as_ods)], ids=["xlsx", "ods"]
)
def test_thirty_edited_cells_are_thirty_changes_and_undo_takes_all_of_them_back(
    client: Client, county: User, file_format: str, edit: Edit
) -> None:
    assert len(CELL_EDITS) == 30
    export = download(client, f"/roll-out/export.{file_format}")
    before = fingerprint()

    untouched = upload(client, edit(export, "Einzelwerte", []), f"a.{file_format}")
    checked = upload(client, edit(export, "Einzelwerte", CELL_EDITS), f"b.{file_format}")

    assert (untouched.state, untouched.changes, untouched.found["unchanged"]) == ("checked", 0, 3400)
    assert untouched.found["errors"] == checked.found["errors"] == []
    shown = [(plan["row"], change[2]) for plan in checked.found["plans"] for change in plan["shown"]]
    expected = [
        (row, f"{value:%d.%m.%Y}" if isinstance(value, date) else value) for row, _, value in CELL_EDITS
    ]
    assert sorted(shown) == sorted(expected)
    assert fingerprint() == before

    applied = step(client, checked, "uebernehmen")
    assert (applied.state, applied.refusal) == ("applied", [])
    assert RolloutCell.objects.filter(confirmed_by=county, confirmed_at__date=localdate()).count() == 30
    cell = RolloutCell.objects.get(pk=applied.result[0]["pk"])
    assert changes_of(cell)[0].reason == str(applied)
    assert fingerprint() != before

    undone = step(client, applied, "zuruecknehmen")
    assert (undone.state, undone.refusal) == ("undone", [])
    assert fingerprint() == before


MEASURE_EDITS: list[tuple[int, str, Any]] = [
    *[(row, "Titel", f"Neuer Titel {row}") for row in range(2, 12)],
    *[(row, "Beginn", date(2023, 6, 7)) for row in range(20, 30)],
    *[(row, "Status", "abgeschlossen") for row in range(40, 45)],
    *[(row, "Startermaßnahme", "ja" if (row - 2) % 5 else "nein") for row in range(50, 55)],
]


@pytest.mark.parametrize(
    ("file_format", "edit"), [("xlsx", saved_by_openpyxl), ("ods", saved_as_ods)], ids=["xlsx", "ods"]
)
def test_measures_make_the_same_journey(client: Client, county: User, file_format: str, edit: Edit) -> None:
    make_organisation("Zweckverband")
    export = download(client, f"/massnahmen/export.{file_format}")
    before = fingerprint()

    checked = upload(client, edit(export, "Maßnahmen", MEASURE_EDITS), f"m.{file_format}")

    assert checked.found["errors"] == []
    assert (checked.changes, checked.found["unchanged"]) == (30, 170)
    applied = step(client, checked, "uebernehmen")
    assert (applied.state, applied.refusal) == ("applied", [])
    assert Measure.objects.filter(title__startswith="Neuer Titel").count() == 10
    assert step(client, applied, "zuruecknehmen").state == "undone"
    assert fingerprint() == before


def test_a_csv_comes_back_unchanged(client: Client, county: User) -> None:
    for address in ("/massnahmen/", "/roll-out/"):
        checked = upload(client, download(client, f"{address}export.csv"), "a.csv")

        assert (checked.state, checked.changes, checked.found["errors"]) == ("checked", 0, [])


def test_our_ods_is_an_archive_that_begins_with_its_type(client: Client, county: User) -> None:
    data = download(client, "/massnahmen/export.ods")

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
