"""Tables that every report has: what it is, its sections and their texts; the overview; the method."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from monitoring.compile.figures import KeyFigure, key_figures, light_segments, phase_segments, stage_segments
from monitoring.compile.tables.table import Column, Table
from monitoring.compile.values import day, in_words
from monitoring.snapshot.schema import Snapshot
from smartregion.base.rich_text import without_marks

COVER: Final = (Column("Angabe", 34), Column("Wert", 40), Column("Erläuterung", 80))
SECTIONS: Final = (Column("Nr.", 8), Column("Abschnitt", 40), Column("Text", 110))
CHANGES: Final = (Column("Nr.", 8), Column("Änderung", 110))
OVERVIEW: Final = (
    Column("Bereich", 30, 30),
    Column("Angabe", 40, 40),
    Column("Wert", 12, 12),
    Column("Erläuterung", 60, 50),
)
RULES: Final = (Column("Begriff", 30, 32), Column("Regel", 110, 128))


def general_tables(snapshot: Snapshot, sha256: str) -> Iterator[Table]:
    report = snapshot["report"]
    yield Table("", "bericht", "Bericht", COVER, _cover_rows(snapshot, sha256))
    yield Table(
        "",
        "abschnitte",
        "Abschnitte",
        SECTIONS,
        [
            (number, section["title"], section["text"] and without_marks(section["text"]))
            for number, section in enumerate(report["sections"], start=1)
        ],
    )
    yield Table(
        "changes",
        "aenderungen",
        "Änderungen",
        CHANGES,
        list(enumerate(snapshot["changes"]["sentences"], start=1)),
    )
    yield Table(
        "overview", "gesamtbild", "Gesamtbild", OVERVIEW, list(_overview_rows(snapshot)), is_grouped=True
    )
    phases = snapshot["scales"]["phases"]
    yield Table(
        "overview",
        "phasen",
        "Phasen",
        (Column("Handlungsfeld", 34, 40), *(Column(phase["label"], 14, 16) for phase in phases)),
        [
            (field["name"], *(segment.value for segment in phase_segments(snapshot, field)))
            for field in snapshot["fields"]
        ],
    )


def method_table(snapshot: Snapshot) -> Table:
    return Table("method", "methode", "Methode", RULES, list(_rule_rows(snapshot)))


def _cover_rows(snapshot: Snapshot, sha256: str) -> list[Sequence[Any]]:
    report, region, concept = snapshot["report"], snapshot["region"], snapshot["concept"]
    scope, previous = report["scope"], snapshot["changes"]["previous"]
    moment = datetime.fromisoformat(report["moment"])
    return [
        ("Bericht", f"{report['title']} {report['period_label']}", scope and scope["label"]),
        ("Anlass", report["occasion"], None),
        ("Region", region["name"], region["portal_title"]),
        ("Herausgeber", region["coordination_office"], region["portal_url"]),
        ("Berichtszeitraum von", day(report["period_start"]), None),
        ("Berichtszeitraum bis", day(report["period_end"]), None),
        ("Stichtag", day(report["as_of"]), f"Datenstand {in_words(moment)}"),
        ("Fassung", report["audience_label"], None),
        ("Konzept", concept["title"], f"beschlossen am {in_words(day(concept['resolution_date']))}"),
        ("Einwohner", region["residents"], f"Stand {in_words(day(region['residents_date']))}"),
        (
            "Verglichen mit",
            previous["title"] if previous else "erster Bericht dieser Art",
            previous and f"SHA-256 {previous['sha256']}",
        ),
        ("Prüfsumme der Daten", "SHA-256", sha256),
    ]


def _overview_rows(snapshot: Snapshot) -> Iterator[Sequence[Any]]:
    def figure_row(figure: KeyFigure) -> Sequence[Any]:
        return ("Kennzahlen", figure.label, figure.value, figure.note)

    yield from (figure_row(figure) for figure in key_figures(snapshot))
    for group, segments in (
        ("Ampel", light_segments(snapshot)),
        ("Einführung in den Kommunen", stage_segments(snapshot)),
    ):
        yield from ((group, segment.label, segment.value, None) for segment in segments)


def _rule_rows(snapshot: Snapshot) -> Iterator[Sequence[Any]]:
    """Each rule once: the snapshot's method may tell those of roll-out and money too."""
    roll_out, money = snapshot["roll_out"], snapshot["money"]
    told = {rule["text"] for rule in snapshot["method"]}
    if roll_out["counting_rule"] not in told:
        yield ("Roll-out", roll_out["counting_rule"])
        yield ("Veraltet", roll_out["stale_rule"])
    if money is not None and money["counting_rule"] not in told:
        yield ("Mittel", money["counting_rule"])
    yield from ((rule["term"], rule["text"]) for rule in snapshot["method"])
    if snapshot["region"]["source_notes"]:
        yield ("Quellen", "; ".join(snapshot["region"]["source_notes"]))
