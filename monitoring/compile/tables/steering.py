"""Tables of decisions and follow-ups, participation and assessment, outlook."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from monitoring.compile.tables.table import Column, Table
from monitoring.compile.values import day
from monitoring.snapshot.schema import Snapshot, Votes

RESOLUTIONS: Final = (
    Column("Datum", 12, 17),
    Column("Gremium", 24, 22),
    Column("Nummer", 16, 18),
    Column("Titel", 40, 34),
    Column("Wortlaut", 70),
    Column("Ergebnis", 24, 26),
    Column("Ja", 8, 9),
    Column("Nein", 8, 9),
    Column("Enthaltungen", 13, 12),
    Column("Mehrheit", 18),
    Column("In Kraft", 10),
    Column("Ersetzt durch", 16),
    Column("Maßnahmen", 20),
)
FOLLOW_UPS: Final = (
    Column("Gremium", 24),
    Column("Beschluss", 16, 22),
    Column("Auftrag", 60, 48),
    Column("Zuständig", 30, 32),
    Column("Frist", 12, 18),
    Column("Gemeldet am", 13),
    Column("Erledigt am", 13),
    Column("Stand", 20, 30),
)
FIGURES: Final = (
    Column("Bereich", 22, 26),
    Column("Angabe", 40, 42),
    Column("Wert", 12, 13),
    Column("Zählregel", 70, 95),
)
ASSESSMENT: Final = (
    Column("Handlungsfeld", 34, 32),
    Column("Kriterium", 20, 22),
    Column("Einschätzung", 22, 24),
    Column("Begründung", 70, 60),
)
TEAMS: Final = (
    Column("Maßnahme", 12, 18),
    Column("Kriterium", 20, 24),
    Column("Frage", 50, 48),
    Column("Einschätzung", 22, 26),
    Column("Begründung", 70, 46),
)
RECOMMENDATIONS: Final = (
    Column("Nr.", 8, 8),
    Column("Handlungsfeld", 34, 26),
    Column("Empfehlung", 44, 34),
    Column("Text", 70, 46),
    Column("an", 30, 22),
    Column("Stand", 22, 22),
)
OUTLOOK: Final = (
    Column("Termin", 12, 16),
    Column("Nr.", 8, 10),
    Column("Maßnahme", 44, 48),
    Column("Meilenstein", 44, 42),
)


def steering_tables(snapshot: Snapshot) -> Iterator[Table]:
    yield Table("decisions", "beschluesse", "Beschlüsse", RESOLUTIONS, list(_resolution_rows(snapshot)))
    yield Table(
        "decisions",
        "auftraege",
        "Aufträge",
        FOLLOW_UPS,
        [
            (
                item["committee"],
                item["resolution_number"],
                item["what"],
                item["responsible"],
                day(item["due_on"]),
                day(item["reported_on"]),
                day(item["noted_on"]),
                item["state"]["label"],
            )
            for item in snapshot["follow_ups"]
        ],
    )
    yield Table(
        "participation",
        "beteiligung",
        "Beteiligung",
        FIGURES,
        list(_participation_rows(snapshot)),
        is_grouped=True,
    )
    yield from _assessment_tables(snapshot)
    yield Table(
        "outlook",
        "ausblick",
        "Ausblick",
        OUTLOOK,
        [
            (day(item["planned_date"]), item["measure_no"], item["measure_title"], item["title"])
            for item in snapshot["outlook"]["milestones"]
        ],
    )


def _resolution_rows(snapshot: Snapshot) -> Iterator[Sequence[Any]]:
    for resolution in snapshot["resolutions"]:
        yield (
            day(resolution["date"]),
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


def _vote_cells(votes: Votes | None) -> Sequence[Any]:
    if votes is None:
        return (None,) * 4
    return votes["in_favour"], votes["against"], votes["abstentions"], votes["label"]


def _participation_rows(snapshot: Snapshot) -> Iterator[Sequence[Any]]:
    participation = snapshot["participation"]
    for group, figures in (("Kennzahlen", participation["figures"]), ("Bereiche", participation["sectors"])):
        for figure in figures:
            yield (group, figure["label"], figure["value"], figure["rule"])


def _assessment_tables(snapshot: Snapshot) -> Iterator[Table]:
    assessment = snapshot["assessment"]
    if assessment is None:
        return
    yield Table(
        "assessment",
        "bewertung",
        "Bewertung",
        ASSESSMENT,
        [
            (
                item["field"] or "Konzept insgesamt",
                item["criterion"]["label"],
                item["rating"] and item["rating"]["label"],
                item["text"],
            )
            for item in assessment["fields"]
        ],
        is_grouped=True,
    )
    yield Table(
        "assessment",
        "selbsteinschaetzungen",
        "Selbsteinschätzungen",
        TEAMS,
        [
            (
                item["measure_no"],
                item["criterion"]["label"],
                item["question"],
                item["rating"] and item["rating"]["label"],
                item["text"],
            )
            for item in assessment["teams"]
        ],
        is_grouped=True,
    )
    yield Table(
        "assessment",
        "empfehlungen",
        "Empfehlungen",
        RECOMMENDATIONS,
        [
            (
                item["number"],
                item["field"] or "alle",
                item["title"],
                item["text"],
                item["addressee"],
                item["state"]["label"],
            )
            for item in assessment["recommendations"]
        ],
    )
