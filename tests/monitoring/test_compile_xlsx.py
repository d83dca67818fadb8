"""The workbook and the canonical JSON, read back with programs that did not write them."""

import io
import json
from datetime import date
from typing import cast

import pytest
from python_calamine import CalamineWorkbook

from monitoring.compile import SnapshotError, canonical_json, content_of, fingerprint
from monitoring.compile.xlsx import write_xlsx
from monitoring.snapshot.schema import Snapshot
from tests.monitoring.snapshot_sample import sample_snapshot


def compile_xlsx(snapshot: Snapshot) -> bytes:
    return write_xlsx(content_of(snapshot))


def rows(snapshot: Snapshot, sheet: str) -> list[list[object]]:
    """Return the sheet's cells below its label and headings."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(compile_xlsx(snapshot)))
    return cast(list[list[object]], workbook.get_sheet_by_name(sheet).to_python()[2:])


def test_the_workbook_has_the_sheets_of_its_sections_in_their_order() -> None:
    def names(snapshot: Snapshot) -> list[str]:
        return CalamineWorkbook.from_filelike(io.BytesIO(compile_xlsx(snapshot))).sheet_names

    short = sample_snapshot(2, 2, sections=["changes", "fields", "outlook", "method"])
    assert names(short) == [
        "Bericht",
        "Abschnitte",
        "Änderungen",
        "Maßnahmen",
        "Meilensteine im Zeitraum",
        "Ausblick",
        "Methode",
    ]
    assert names(sample_snapshot()) == [
        "Bericht",
        "Abschnitte",
        "Änderungen",
        "Gesamtbild",
        "Phasen",
        "Maßnahmen",
        "Meilensteine im Zeitraum",
        "Abweichungen",
        "Mittel",
        "Mittel je Handlungsfeld",
        "Mittel je Maßnahme",
        "Mittelherkunft",
        "Zuwendungen",
        "Roll-out",
        "Roll-out Einzelwerte",
        "Kommunen",
        "Indikatoren",
        "Beschlüsse",
        "Aufträge",
        "Beteiligung",
        "Bewertung",
        "Selbsteinschätzungen",
        "Empfehlungen",
        "Ausblick",
        "Steckbriefe",
        "Meilensteine",
        "Entwicklungsteams",
        "Datenblatt",
        "Indikatorwerte",
        "Methode",
    ]


def test_every_sheet_begins_with_the_label_of_example_data() -> None:
    snapshot = sample_snapshot()
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(compile_xlsx(snapshot)))
    labels = {workbook.get_sheet_by_name(name).to_python()[0][0] for name in workbook.sheet_names}
    notice = snapshot["report"]["example_notice"]
    assert labels == {f"Evaluationsbericht Jahr 2025, Stichtag 31.12.2025 – Lenkungskreis – {notice}"}


def test_a_text_that_looks_like_a_formula_or_a_link_stays_text() -> None:
    snapshot = sample_snapshot(4, 1)
    texts = ["=1+1", "@SUM(A1)", "https://portal.example", "+49 1"]
    for field, text in zip(snapshot["fields"], texts, strict=False):
        field["measures"][0]["title"] = text
    data = compile_xlsx(snapshot)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Maßnahmen")
    assert [row[1] for row in sheet.to_python()[2:]] == texts


def test_a_text_that_poses_as_markup_does_not_break_the_workbook() -> None:
    snapshot = sample_snapshot(1, 1)
    snapshot["fields"][0]["measures"][0]["title"] = "<r></t></si></sst></r>"
    [row] = rows(snapshot, "Maßnahmen")
    assert row[1] == "<r></t></si></sst></r> "


def test_dates_and_numbers_are_typed_and_a_missing_value_is_empty() -> None:
    snapshot = sample_snapshot(1, 1)
    measure = snapshot["fields"][0]["measures"][0]
    measure["progress_percent"] = None
    [row] = rows(snapshot, "Maßnahmen")
    assert (row[0], row[13], row[15], row[16]) == ("B-01", "", date(2026, 1, 15), 0)


def test_a_resolution_that_is_no_longer_in_force_says_so_and_names_its_successor() -> None:
    assert [(row[2], *row[10:12]) for row in rows(sample_snapshot(), "Beschlüsse")] == [
        ("LK 2025/01", "nein", "LK 2025/03"),
        ("LK 2025/02", "ja", ""),
        ("LK 2025/03", "ja", ""),
    ]


def test_the_matrix_names_each_stage_and_carries_the_three_figures() -> None:
    snapshot = sample_snapshot()
    stages = {stage["code"]: stage["label"] for stage in snapshot["scales"]["stages"]}
    expected = [
        [
            row["measure_no"],
            row["measure_title"],
            *(stages[cell["stage"]] + (" (veraltet)" if cell["stale"] else "") for cell in row["cells"]),
            row["affected"],
            row["live"],
            row["reached_percent"],
        ]
        for row in snapshot["roll_out"]["rows"]
    ]
    assert rows(snapshot, "Roll-out") == expected


def test_the_same_snapshot_gives_the_same_workbook() -> None:
    assert compile_xlsx(sample_snapshot()) == compile_xlsx(sample_snapshot())


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    snapshot = sample_snapshot(2, 2)
    turned = cast(Snapshot, dict(reversed(list(snapshot.items()))))
    data = canonical_json(snapshot)
    assert (canonical_json(turned), json.loads(data), data[-2:]) == (data, snapshot, b"}\n")


def test_the_fingerprint_changes_with_any_value() -> None:
    snapshot = sample_snapshot(1, 1)
    before = fingerprint(snapshot)
    snapshot["fields"][0]["measures"][0]["milestones_overdue"] += 1
    assert fingerprint(snapshot) != before


def test_a_float_has_no_place_in_a_snapshot() -> None:
    snapshot = sample_snapshot(1, 1)
    snapshot["fields"][0]["measures"][0]["progress_percent"] = cast(int, 12.5)
    with pytest.raises(SnapshotError, match=r"Kommazahl: 12\.5"):
        canonical_json(snapshot)
