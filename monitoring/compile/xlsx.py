"""Snapshot to XLSX: the same content in typed cells, for those who calculate on."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

from xlsxwriter import Workbook

from monitoring.compile.canonical import fingerprint
from monitoring.compile.figures import key_figures
from monitoring.snapshot.schema import Measure, Snapshot, Votes
from smartregion.base.charts import TONES
from smartregion.base.spreadsheet import SAFE, Column, Percent, Sheets

OPTIONS: Final = {"in_memory": True, **SAFE}

OVERVIEW: Final[tuple[Column, ...]] = (("Angabe", 34), ("Wert", 22), ("Erläuterung", 80))
MEASURES: Final[tuple[Column, ...]] = (
    ("Nr.", 8),
    ("Maßnahme", 44),
    ("Handlungsfeld", 28),
    ("Federführung", 26),
    ("Startermaßnahme", 16),
    ("Beispieldaten", 14),
    ("Phase", 16),
    ("Status", 16),
    ("Begründung zum Status", 40),
    ("Ampel", 18),
    ("Begründung zur Ampel", 40),
    ("Berechnete Ampel", 18),
    ("Gründe der Berechnung", 40),
    ("Umsetzungsstand", 16),
    ("Nächster Meilenstein", 30),
    ("Termin", 12),
    ("Meilensteine überfällig", 14),
    ("Letzte Meldung", 14),
    ("Text der letzten Meldung", 60),
)
MUNICIPALITIES: Final[tuple[Column, ...]] = (
    ("Schlüssel", 12),
    ("Kommune", 34),
    ("Kürzel", 10),
    ("Einwohner", 12),
)
CELLS: Final[tuple[Column, ...]] = (
    ("Nr.", 8),
    ("Kommune", 34),
    ("Stufe", 22),
    ("Seit", 12),
    ("Bestätigt am", 13),
    ("Veraltet", 10),
)
RESOLUTIONS: Final[tuple[Column, ...]] = (
    ("Datum", 12),
    ("Gremium", 24),
    ("Nummer", 16),
    ("Titel", 40),
    ("Wortlaut", 70),
    ("Ergebnis", 24),
    ("Ja", 8),
    ("Nein", 8),
    ("Enthaltungen", 13),
    ("Mehrheit", 18),
    ("In Kraft", 10),
    ("Ersetzt durch", 16),
    ("Maßnahmen", 20),
)
RULES: Final[tuple[Column, ...]] = (("Begriff", 30), ("Regel", 110))


def compile_xlsx(snapshot: Snapshot) -> bytes:
    """Return a workbook of seven sheets; the same snapshot gives the same bytes."""
    target = io.BytesIO()
    with Workbook(target, OPTIONS) as workbook:
        _describe(workbook, snapshot)
        sheets = Sheets(workbook, _label(snapshot))
        sheets.add("Übersicht", OVERVIEW, _overview_rows(snapshot))
        sheets.add("Maßnahmen", MEASURES, _measure_rows(snapshot), frozen_columns=2)
        _add_matrix(sheets, snapshot)
        sheets.add("Roll-out Einzelwerte", CELLS, _cell_rows(snapshot), frozen_columns=2)
        sheets.add("Kommunen", MUNICIPALITIES, _municipality_rows(snapshot))
        sheets.add("Beschlüsse", RESOLUTIONS, _resolution_rows(snapshot))
        sheets.add("Zählregeln", RULES, _rule_rows(snapshot))
    return target.getvalue()


def _describe(workbook: Workbook, snapshot: Snapshot) -> None:
    """Set the file's properties; its time is the snapshot's, or the bytes would differ each time."""
    report = snapshot["report"]
    workbook.set_properties(
        {
            "title": f"{report['title']} {report['period_label']}",
            "author": snapshot["region"]["coordination_office"],
            "comments": _label(snapshot),
            "created": datetime.fromisoformat(report["moment"]).replace(tzinfo=None),
        }
    )


def _label(snapshot: Snapshot) -> str:
    report = snapshot["report"]
    label = f"{report['title']} {report['period_label']}, Stichtag {_german(report['as_of'])}"
    notice = [report["example_notice"] or "Beispieldaten"] if report["is_example"] else []
    return " – ".join([label, report["audience_label"], *notice])


def _german(iso: str) -> str:
    return _day(iso).strftime("%d.%m.%Y")


def _day(iso: str) -> date:
    return date.fromisoformat(iso[:10])


def _maybe(convert: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else convert(value)


def _overview_rows(snapshot: Snapshot) -> list[Sequence[Any]]:
    report, region, previous = snapshot["report"], snapshot["region"], snapshot["changes"]["previous"]
    return [
        ("Bericht", report["title"], report["occasion"]),
        ("Region", region["name"], region["portal_title"]),
        ("Herausgeber", region["coordination_office"], None),
        ("Berichtszeitraum von", _day(report["period_start"]), None),
        ("Berichtszeitraum bis", _day(report["period_end"]), None),
        ("Stichtag", _day(report["as_of"]), None),
        ("Einwohner", region["residents"], f"Stand {_german(region['residents_date'])}"),
        *((figure.label, figure.value, figure.note) for figure in key_figures(snapshot)),
        (
            "Verglichen mit",
            previous["title"] if previous else "erster Bericht",
            previous and previous["sha256"],
        ),
        *(("Änderung", None, sentence) for sentence in snapshot["changes"]["sentences"]),
        ("Prüfsumme der Daten (SHA-256)", None, fingerprint(snapshot)),
    ]


def _measure_rows(snapshot: Snapshot) -> list[Sequence[Any]]:
    return [_measure_row(field["name"], item) for field in snapshot["fields"] for item in field["measures"]]


def _measure_row(field: str, measure: Measure) -> Sequence[Any]:
    upcoming, update = measure["next_milestone"], measure["last_update"]
    return (
        measure["no"],
        measure["title"],
        field,
        measure["lead"],
        measure["is_starter"],
        measure["is_example"],
        measure["phase"]["label"],
        measure["status"]["label"],
        measure["status_reason"],
        measure["light_stated"]["label"],
        measure["light_reason"],
        measure["light_computed"]["label"],
        "; ".join(reason.rstrip(".") for reason in measure["light_computed_reasons"]) or None,
        _maybe(Percent, measure["progress_percent"]),
        upcoming and upcoming["title"],
        upcoming and _day(upcoming["planned_date"]),
        measure["milestones_overdue"],
        update and _day(update["date"]),
        update and update["text"],
    )


def _add_matrix(sheets: Sheets, snapshot: Snapshot) -> None:
    """Add the sheet measure × municipality with the stage's short code, its colour and the three figures."""
    roll_out, stages = snapshot["roll_out"], {stage["code"]: stage for stage in snapshot["scales"]["stages"]}
    columns: list[Column] = [("Nr.", 8), ("Maßnahme", 44)]
    columns += [(place["name"], 15) for place in roll_out["municipalities"]]
    columns += [("betroffen", 11), ("im Regelbetrieb", 11), ("Reichweite", 11)]
    sheet = sheets.open("Roll-out", columns, frozen_columns=2)
    styles = {
        code: sheets.workbook.add_format(
            {
                "bg_color": TONES[stage["tone"]].fill,
                "font_color": TONES[stage["tone"]].ink,
                "text_wrap": True,
                "valign": "top",
            }
        )
        for code, stage in stages.items()
    }
    for number, row in enumerate(roll_out["rows"], start=2):
        sheets.write(sheet, number, 0, row["measure_no"])
        sheets.write(sheet, number, 1, row["measure_title"])
        for column, cell in enumerate(row["cells"], start=2):
            label = stages[cell["stage"]]["label"] + (" (veraltet)" if cell["stale"] else "")
            sheets.write(sheet, number, column, label, styles[cell["stage"]])
        totals = (row["affected"], row["live"], _maybe(Percent, row["reached_percent"]))
        for column, value in enumerate(totals, start=2 + len(row["cells"])):
            sheets.write(sheet, number, column, value)


def _cell_rows(snapshot: Snapshot) -> list[Sequence[Any]]:
    roll_out, stages = snapshot["roll_out"], {stage["code"]: stage for stage in snapshot["scales"]["stages"]}
    return [
        (
            row["measure_no"],
            place["name"],
            stages[cell["stage"]]["label"],
            _maybe(_day, cell["since"]),
            _maybe(_day, cell["confirmed_at"]),
            cell["stale"],
        )
        for row in roll_out["rows"]
        for place, cell in zip(roll_out["municipalities"], row["cells"], strict=True)
    ]


def _municipality_rows(snapshot: Snapshot) -> list[Sequence[Any]]:
    return [
        (place["key"], place["name"], place["abbr"], place["residents"])
        for place in snapshot["roll_out"]["municipalities"]
    ]


def _resolution_rows(snapshot: Snapshot) -> list[Sequence[Any]]:
    return [
        (
            _day(resolution["date"]),
            resolution["committee"],
            resolution["number"],
            resolution["title"],
            resolution["wording"],
            resolution["outcome"]["label"],
            *_vote_cells(resolution["votes"]),
            resolution["in_force"],
            resolution["superseded_by"],
            ", ".join(resolution["measure_nos"]),
        )
        for resolution in snapshot["resolutions"]
    ]


def _vote_cells(votes: Votes | None) -> Sequence[Any]:
    if votes is None:
        return (None,) * 4
    return votes["in_favour"], votes["against"], votes["abstentions"], votes["label"]


def _rule_rows(snapshot: Snapshot) -> list[Sequence[Any]]:
    roll_out = snapshot["roll_out"]
    return [
        ("Drei Zahlen des Roll-outs", roll_out["counting_rule"]),
        ("Veraltete Angabe", roll_out["stale_rule"]),
        *((rule["term"], rule["text"]) for rule in snapshot["method"]),
        *(("Quelle", note) for note in snapshot["region"]["source_notes"]),
    ]
