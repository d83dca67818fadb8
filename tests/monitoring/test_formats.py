"""All formats of a report: they say the same and carry the checksum, and no text of a user breaks one."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import jsonschema
import pytest
from python_calamine import CalamineWorkbook

from monitoring.compile import TYPESET, WRITTEN, Content, content_of, fingerprint
from monitoring.compile.figures import all_measures
from monitoring.models import ReportFile
from monitoring.services.reports import STEPS
from monitoring.snapshot.json_schema import json_schema
from monitoring.snapshot.schema import Snapshot
from tests.governance.docx_text import blocks as docx_blocks
from tests.governance.docx_text import whole_text
from tests.monitoring import report_figures as read
from tests.monitoring.pdf_tables import tables as pdf_tables
from tests.monitoring.pdf_text import pdf_text, squeezed
from tests.monitoring.snapshot_sample import sample_snapshot
from tests.monitoring.xlsx_text import xlsx_text
from tests.pdf_check import failures
from tests.scale import IS_FULL, by_turns

FORMATS = {**TYPESET, **WRITTEN}
HOSTILE = {
    "letters without end": "W" * 4000,
    "a sentence without end": "Ein langer Satz, der nicht endet. " * 118,
    "controls and directions": "a\u0301\u0327\u200d\u202e\u0000\u001b\ue000\ufffe",
    "many scripts": "👩‍👩‍👧‍👦🏳️‍🌈 漢字 العربية עברית हिन्दी",
    "formulas": '=HYPERLINK("https://example.org";"Klick")',
    "markup": '<w:t>&amp;</w:t> ]]> #panic("x") {{ x }}',
    "line breaks": "\n" * 300 + "Ende",
}


def counted(snapshot: Snapshot) -> dict[str, int]:
    """The key figures, counted anew."""
    measures = all_measures(snapshot)
    lights = Counter(measure["light_stated"]["code"] for measure in measures)
    results = Counter(item["result"]["code"] for m in measures for item in m["milestones_in_period"])
    return {
        "Maßnahmen": len(measures),
        "im Plan (grün)": lights["green"],
        "gelb oder rot": lights["yellow"] + lights["red"],
        "Meilensteine erreicht": results["met"] + results["late"],
        "Einführungen im Regelbetrieb": sum(row["live"] for row in snapshot["roll_out"]["rows"]),
        "Beschlüsse": len(snapshot["resolutions"]),
    }


READERS: dict[str, Callable[[bytes, Snapshot], read.Figures]] = {
    "json": lambda data, snapshot: read.of_json(data, counted(snapshot)),
    "xlsx": read.of_workbook,
    "ods": read.of_workbook,
    "csv": read.of_csv,
    "docx": read.of_docx,
    "pdf": read.of_pdf,
    "slides": read.of_slides,
}


def test_there_is_a_writer_for_each_format_and_for_no_other() -> None:
    assert set(FORMATS) == set(READERS) == set(ReportFile.Format.values)


def test_the_job_counts_a_step_for_each_format_and_for_reading_counting_and_storing() -> None:
    assert len(FORMATS) + 3 == STEPS


@pytest.mark.parametrize("size", [(14, 17, 12), (40, 30, 30)])
@pytest.mark.parametrize("name", list(READERS))
def test_every_format_says_the_same_figures(name: str, size: tuple[int, int, int]) -> None:
    measures, places, indicators = size
    snapshot = sample_snapshot(measures, places, number_of_indicators=indicators)
    expected = read.of_snapshot(snapshot, counted(snapshot))
    if name == "slides":
        expected.stages = expected.money = expected.votes = None

    assert READERS[name](FORMATS[name](content_of(snapshot)), snapshot) == expected


def test_a_reader_notices_a_figure_that_differs() -> None:
    """Negative control of the test above: one milestone's share, one cell, one cent, one vote."""
    snapshot = sample_snapshot(4, 4)
    original = {name: READERS[name](FORMATS[name](content_of(snapshot)), snapshot) for name in READERS}
    changed: Any = sample_snapshot(4, 4)
    changed["fields"][0]["measures"][0]["progress_percent"] += 1
    changed["roll_out"]["rows"][0]["cells"][0]["stage"] = "withdrawn"
    changed["money"]["total"]["plan"] += 1
    changed["resolutions"][0]["votes"]["in_favour"] += 1
    for name, reader in READERS.items():
        found = reader(FORMATS[name](content_of(changed)), changed)
        differs = {key for key, value in vars(found).items() if value != vars(original[name])[key]}
        assert differs == ({"measures"} if name == "slides" else {"measures", "stages", "money", "votes"})


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_same_snapshot_gives_the_same_bytes(name: str) -> None:
    first, second = (FORMATS[name](content_of(sample_snapshot())) for _ in range(2))
    assert first == second


TEXT_OF: dict[str, Callable[[bytes], str]] = {
    "pdf": pdf_text,
    "slides": pdf_text,
    "xlsx": xlsx_text,
    "ods": lambda data: zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode(),
    "csv": lambda data: "".join(_csv_files(data).values()),
    "docx": whole_text,
}


def _csv_files(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


@pytest.mark.parametrize("name", list(TEXT_OF))
def test_every_format_carries_the_checksum_and_says_that_the_data_are_examples(name: str) -> None:
    snapshot = sample_snapshot()
    text = TEXT_OF[name](FORMATS[name](content_of(snapshot)))
    assert (fingerprint(snapshot) in text, "Beispieldaten" in text) == (True, True)


def test_a_format_prints_the_sections_of_the_report_and_no_other() -> None:
    snapshot = sample_snapshot(3, 3, sections=["changes", "outlook", "method"])
    secret = "Geheimwort"
    for measure in all_measures(snapshot):
        measure["light_reason"] = measure["summary"] = secret
    snapshot["resolutions"][0]["wording"] = secret
    content = content_of(snapshot)
    assert [name for name in TEXT_OF if secret in TEXT_OF[name](FORMATS[name](content))] == []


def _hostile(text: str) -> Content:
    snapshot: Any = sample_snapshot(3, 3)
    measure = snapshot["fields"][0]["measures"][0]
    texts = (
        "title",
        "lead",
        "light_reason",
        "status_reason",
        "needed_decision",
        "summary",
        "goal",
        "contact",
    )
    measure.update(dict.fromkeys(texts, text), light_computed_reasons=[text])
    measure["light_stated"] = {"code": "red", "label": "Rot – kritisch"}
    measure["last_update"] = {"date": "2025-01-01", "text": text}
    measure["milestones"] = [{**item, "title": text} for item in measure["milestones"]]
    snapshot["fields"][0]["name"] = text
    snapshot["roll_out"]["municipalities"][0]["name"] = text[:60] or "–"
    snapshot["roll_out"]["rows"][0]["measure_title"] = text
    snapshot["resolutions"][0].update(title=text, wording=text)
    snapshot["follow_ups"][0].update(what=text, responsible=text)
    snapshot["indicators"][0].update(name=text, unit=text[:40], definition=text, source=text)
    snapshot["assessment"]["fields"][0]["text"] = text
    snapshot["assessment"]["recommendations"][0].update(title=text, text=text)
    snapshot["money"]["sources"][0]["label"] = text
    snapshot["changes"]["sentences"] = [text]
    snapshot["region"].update(coordination_office=text, portal_title=text)
    for section in snapshot["report"]["sections"]:
        section["text"] = text
    return content_of(snapshot)


@pytest.mark.parametrize("text", by_turns(HOSTILE, of=3))
def test_no_text_of_a_user_breaks_a_format(text: str) -> None:
    content = _hostile(HOSTILE[text])
    for write in TYPESET.values():
        assert failures(write(content)) == {"ua1": [], "2a": []}
    for name in ("xlsx", "ods"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(WRITTEN[name](content)))
        assert len(book.sheet_names) == len(content.tables)
    assert docx.Document(io.BytesIO(WRITTEN["docx"](content))).tables
    rows = list(
        csv.reader(
            io.StringIO(_csv_files(WRITTEN["csv"](content))["massnahmen.csv"], newline=""), delimiter=";"
        )
    )
    assert {len(row) for row in rows} == {19}
    assert json.loads(WRITTEN["json"](content)) == content.snapshot


def test_a_formula_stays_a_text_in_every_table() -> None:
    content = _hostile(HOSTILE["formulas"])
    with zipfile.ZipFile(io.BytesIO(WRITTEN["xlsx"](content))) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name]
    assert [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet] == []
    assert "table:formula" not in TEXT_OF["ods"](WRITTEN["ods"](content))
    starts = {
        cell[:1]
        for name, text in _csv_files(WRITTEN["csv"](content)).items()
        if name.endswith(".csv")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")
        for cell in row
        if not cell.lstrip("-").replace(",", "").isdigit()
    }
    assert starts & set("=+-@") == set()


def test_long_reports_conform() -> None:
    content = content_of(sample_snapshot(300 if IS_FULL else 90, 17, number_of_indicators=60))
    assert [failures(write(content)) for write in TYPESET.values()] == [{"ua1": [], "2a": []}] * 2


def test_what_is_too_long_for_paper_is_counted_there_and_complete_in_the_tables() -> None:
    content = content_of(sample_snapshot(401, 61, number_of_indicators=2))
    words = squeezed("Diese Aufstellung hat 401 Zeilen.")
    printed = {name: TEXT_OF[name](FORMATS[name](content)) for name in ("pdf", "slides", "docx")}
    book = CalamineWorkbook.from_filelike(io.BytesIO(FORMATS["xlsx"](content)))
    assert [name for name, text in printed.items() if words in squeezed(text)] == ["pdf", "docx"]
    assert [book.get_sheet_by_name(name).height - 2 for name in ("Maßnahmen", "Roll-out", "Steckbriefe")] == [
        401
    ] * 3


def test_a_matrix_too_wide_for_paper_is_printed_as_counts() -> None:
    snapshot = sample_snapshot(2, 61, sections=["roll_out"])
    stages = Counter(cell["stage"] for cell in snapshot["roll_out"]["rows"][0]["cells"])
    expected = [str(stages[stage["code"]]) for stage in snapshot["scales"]["stages"]]
    content = content_of(snapshot)
    [table] = pdf_tables(FORMATS["pdf"](content))
    [_figures, counts] = [rows for kind, rows in docx_blocks(FORMATS["docx"](content)) if kind == "table"]
    assert (table[1][1:-2], counts[1][1:]) == (expected, expected)


@pytest.mark.parametrize("size", [(0, 0, 0), (14, 17, 12)])
def test_the_data_file_meets_its_schema(size: tuple[int, int, int]) -> None:
    measures, places, indicators = size
    snapshot = sample_snapshot(measures, places, number_of_indicators=indicators)
    jsonschema.Draft202012Validator.check_schema(json_schema())
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(content_of(snapshot).json))


@pytest.mark.parametrize(
    "change",
    [
        {"format_version": 2},
        {"money": 12},
        {"indicators": [{"key": "x"}]},
        {"surprise": True},
        {"outlook": {"period_label": "2026", "milestones": [{"planned_date": "15.01.2026"}]}},
    ],
)
def test_the_schema_refuses_what_is_no_data_file(change: dict[str, Any]) -> None:
    broken = {**sample_snapshot(1, 1), **change}
    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(broken)) != []


@pytest.mark.django_db
def test_the_schema_is_public(client: Any) -> None:
    answer = client.get("/berichte/schema.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
    assert answer.json() == json_schema()


@pytest.mark.skipif(not shutil.which("soffice"), reason="soffice (LibreOffice) is not on the PATH")
@pytest.mark.parametrize(
    ("name", "other"), by_turns([("xlsx", "ods"), ("ods", "xlsx"), ("docx", "odt")], of=3)
)
def test_libreoffice_opens_the_file_and_keeps_its_figures(name: str, other: str, tmp_path: Path) -> None:
    """The head line of the suite says whether this could run."""
    snapshot = sample_snapshot()
    source = tmp_path / f"bericht.{name}"
    source.write_bytes(WRITTEN[name](content_of(snapshot)))
    for target in (other, name):
        folder = tmp_path / target
        command = ["soffice", "--headless", "--convert-to", target, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        source = folder / f"bericht.{target}"

    found = READERS[name](source.read_bytes(), snapshot)

    assert found == read.of_snapshot(snapshot, counted(snapshot))
