"""Tables of fields, deviations and the measures' profiles."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from monitoring.compile.figures import all_measures, deviating
from monitoring.compile.tables.table import Column, Table
from monitoring.compile.values import day, percent
from monitoring.snapshot.schema import Measure, Snapshot

NO: Final = Column("Nr.", 8, 10)
MEASURE: Final = Column("Maßnahme", 44, 38)
MEASURES: Final = (
    NO,
    MEASURE,
    Column("Handlungsfeld", 28),
    Column("Federführung", 26),
    Column("Startermaßnahme", 16),
    Column("Beispieldaten", 14),
    Column("Phase", 16, 18),
    Column("Status", 16, 18),
    Column("Begründung zum Status", 40),
    Column("Ampel", 18, 22),
    Column("Begründung zur Ampel", 40),
    Column("Berechnete Ampel", 18),
    Column("Gründe der Berechnung", 40),
    Column("Umsetzungsstand", 16, 14, "Stand"),
    Column("Nächster Meilenstein", 30, 30),
    Column("Termin", 12, 17),
    Column("Meilensteine überfällig", 14),
    Column("Letzte Meldung", 14),
    Column("Text der letzten Meldung", 60),
)
DEVIATIONS: Final = (
    NO,
    Column("Maßnahme", 44, 30),
    Column("Ampel", 18, 18),
    Column("Ursache", 60, 40),
    Column("Entscheidungsbedarf", 60, 36),
    Column("Phase", 16),
    Column("Status", 16),
    Column("Begründung zum Status", 40),
    Column("Berechnete Ampel", 18),
    Column("Gründe der Berechnung", 40),
    Column("Federführung", 26),
)
PROFILES: Final = (
    NO,
    Column("Maßnahme", 44),
    Column("Kurzbeschreibung", 60),
    Column("Ziel", 50),
    Column("Nutzen", 50),
    Column("Zielgruppe", 30),
    Column("Kontakt", 34),
    Column("Beginn", 12),
    Column("Ende", 12),
    Column("Leitlinien", 40),
    Column("Adresse", 44),
)
MILESTONES: Final = (
    NO,
    Column("Meilenstein", 44),
    Column("Plantermin", 12),
    Column("Erwartet am", 12),
    Column("Erreicht am", 12),
    Column("Gewicht", 10),
    Column("Stand", 20),
)
PERIOD: Final = (
    NO,
    Column("Meilenstein", 44, 50),
    Column("Plantermin", 12, 18),
    Column("Erreicht am", 12, 18),
    Column("Ergebnis", 24, 24),
)
SEATS: Final = (NO, Column("Organisation", 40), Column("Funktion", 40), Column("Bereich", 24))


def measure_tables(snapshot: Snapshot) -> Iterator[Table]:
    measures = all_measures(snapshot)
    yield Table("fields", "massnahmen", "Maßnahmen", MEASURES, list(_measure_rows(snapshot)), frozen=2)
    yield Table(
        "fields",
        "meilensteine-im-zeitraum",
        "Meilensteine im Zeitraum",
        PERIOD,
        [
            (
                m["no"],
                item["title"],
                day(item["planned_date"]),
                day(item["actual_date"]),
                item["result"]["label"],
            )
            for m in measures
            for item in m["milestones_in_period"]
        ],
    )
    yield Table(
        "deviations",
        "abweichungen",
        "Abweichungen",
        DEVIATIONS,
        [_deviation_row(measure) for measure in deviating(snapshot)],
        frozen=2,
    )
    yield Table(
        "profiles", "steckbriefe", "Steckbriefe", PROFILES, [_profile_row(m) for m in measures], frozen=2
    )
    yield Table(
        "profiles",
        "meilensteine",
        "Meilensteine",
        MILESTONES,
        [row for measure in measures for row in _milestone_rows(measure)],
    )
    yield Table(
        "profiles",
        "entwicklungsteams",
        "Entwicklungsteams",
        SEATS,
        [
            (measure["no"], seat["organisation"], seat["function"], seat["sector"]["label"])
            for measure in measures
            for seat in measure["team"]
        ],
    )


def _measure_rows(snapshot: Snapshot) -> Iterator[Sequence[Any]]:
    for field in snapshot["fields"]:
        for measure in field["measures"]:
            yield _measure_row(field["name"], measure)


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
        reasons(measure),
        percent(measure["progress_percent"]),
        upcoming and upcoming["title"],
        upcoming and day(upcoming["planned_date"]),
        measure["milestones_overdue"],
        update and day(update["date"]),
        update and update["text"],
    )


def reasons(measure: Measure) -> str | None:
    """Why the computed light is what it is, in one line."""
    return "; ".join(reason.rstrip(".") for reason in measure["light_computed_reasons"]) or None


def _deviation_row(measure: Measure) -> Sequence[Any]:
    return (
        measure["no"],
        measure["title"],
        measure["light_stated"]["label"],
        measure["light_reason"],
        measure["needed_decision"],
        measure["phase"]["label"],
        measure["status"]["label"],
        measure["status_reason"],
        measure["light_computed"]["label"],
        reasons(measure),
        measure["lead"],
    )


def _profile_row(measure: Measure) -> Sequence[Any]:
    return (
        measure["no"],
        measure["title"],
        measure["summary"],
        measure["goal"],
        measure["benefit"],
        measure["target_group"],
        measure["contact"],
        day(measure["starts_on"]),
        day(measure["ends_on"]),
        "; ".join(measure["guidelines"]) or None,
        measure["url"],
    )


def _milestone_rows(measure: Measure) -> Iterator[Sequence[Any]]:
    for item in measure["milestones"]:
        yield (
            measure["no"],
            item["title"],
            day(item["planned_date"]),
            day(item["forecast_date"]),
            day(item["actual_date"]),
            item["weight"],
            item["state"]["label"],
        )
