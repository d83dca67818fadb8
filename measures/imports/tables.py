"""What a sheet is: the list of measures, the roll-out's long list, its matrix, or somebody's own list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from measures.imports.words import plain
from measures.models import Measure, RolloutCell
from smartregion.base.tables import Sheet

MEASURE: Final = "measure"
CELL: Final = "cell"
MATRIX: Final = "matrix"
MODELS: Final[dict[str, type[models.Model]]] = {MEASURE: Measure, CELL: RolloutCell}
HEADINGS: Final[dict[str, dict[str, str]]] = {
    MEASURE: {
        "no": "Nr.",
        "title": "Titel",
        "field": "Handlungsfeld",
        "lead": "Federführung",
        "summary": "Kurzbeschreibung",
        "goal": "Ziel",
        "benefit": "Nutzen",
        "target_group": "Zielgruppe",
        "contact": "Ansprechstelle",
        "phase": "Phase",
        "status": "Status",
        "status_reason": "Begründung zum Status",
        "review_on": "Wiedervorlage",
        "light": "Ampel",
        "light_reason": "Begründung zur Ampel",
        "needed_decision": "Entscheidungsbedarf",
        "starts_on": "Beginn",
        "ends_on": "Ende",
        "is_starter": "Startermaßnahme",
        "visibility": "Sichtbarkeit",
    },
    CELL: {
        "stage": "Stufe",
        "since": "Seit",
        "reason": "Begründung",
        "evidence": "Nachweis",
        "contact": "Ansprechstelle",
    },
}
"""Field and the heading of its column in exports and in the template."""
KEYS: Final = {
    "key": "Schlüssel",
    "version": "Version",
    "no": "Nr.",
    "ags": "Amtlicher Gemeindeschlüssel",
    "place": "Kommune",
}
"""Columns by which a row is found."""
SIMILAR: Final = {
    "no": ("nummer", "lfd. nr.", "kennung", "id", "m-nr."),
    "title": ("maßnahme", "projekt", "bezeichnung", "name", "vorhaben", "projekttitel", "projektname"),
    "field": ("themenfeld", "bereich", "thema"),
    "lead": ("federführend", "verantwortlich", "zuständig", "träger", "organisation"),
    "summary": ("beschreibung", "inhalt", "kurztext", "worum geht es"),
    "goal": ("ziele", "zielsetzung"),
    "contact": ("kontakt", "ansprechpartner", "ansprechperson"),
    "phase": ("projektphase",),
    "status": ("stand", "projektstatus", "umsetzungsstand"),
    "starts_on": ("start", "von", "projektbeginn", "startdatum"),
    "ends_on": ("bis", "projektende", "laufzeit bis", "enddatum", "fertig"),
    "light": ("bewertung", "risiko"),
}
SIMILAR_ENOUGH: Final = 0.75
ROWS_BEFORE_HEADINGS: Final = 15
FEWEST_COLUMNS: Final = 4
"""With fewer of our headings, number and title included, a list without keys is somebody's own."""
SAMPLES, MOST_WORDS = 3, 40


@dataclass(frozen=True)
class Table:
    """A list that can be read.

    Attributes:
        head: index of the row with the headings.
        columns: by the name of a field or key column, the index of its column.
        is_foreign: somebody's own list, where an empty cell says nothing.
        words: in a foreign list, what its words stand for.
        defaults: in a foreign list, what new rows get where it says nothing.
    """

    kind: str
    sheet: Sheet
    head: int
    columns: Mapping[str, int]
    is_foreign: bool = False
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headings(self) -> list[str]:
        return headings_in(self.sheet, self.head)

    def rows(self) -> Iterable[tuple[int, list[Any]]]:
        """Number of the row in the sheet, and its cells; rows without any are left out."""
        for number, row in enumerate(self.sheet.rows[self.head + 1 :], start=self.head + 2):
            if any(str(cell).strip() for cell in row):
                yield number, row

    def cell(self, row: list[Any], name: str) -> Any:
        index = self.columns.get(name)
        return row[index] if index is not None and index < len(row) else ""

    def column(self, name: str) -> str:
        """The heading over the field's column, else the one that it would have."""
        if name in self.columns:
            return self.headings[self.columns[name]]
        return HEADINGS[self.kind].get(name, "")


def headings_in(sheet: Sheet, head: int) -> list[str]:
    return [" ".join(str(cell).split()) for cell in sheet.rows[head]] if head < len(sheet.rows) else []


def own_tables(sheets: list[Sheet]) -> list[Table]:
    """The sheets whose headings are those of our exports or of the template."""
    return [table for sheet in sheets if (table := _own_table(sheet))]


def _own_table(sheet: Sheet) -> Table | None:
    for head, row in enumerate(sheet.rows[:ROWS_BEFORE_HEADINGS]):
        found = {plain(cell): index for index, cell in reversed(list(enumerate(row))) if cell != ""}
        kind = _kind_of(set(found))
        if kind == MATRIX:
            return Table(MATRIX, sheet, head, {"no": found["nr."]})
        if kind:
            wanted = HEADINGS[kind] | KEYS
            columns = {name: found[plain(word)] for name, word in wanted.items() if plain(word) in found}
            return Table(kind, sheet, head, columns)
    return None


def _kind_of(headings: set[str]) -> str:
    if "stufe" in headings and headings & {"schlüssel", "kommune", "amtlicher gemeindeschlüssel"}:
        return CELL
    known = headings & {plain(word) for word in HEADINGS[MEASURE].values()}
    if "titel" in headings and ("schlüssel" in headings or ("nr." in known and len(known) >= FEWEST_COLUMNS)):
        return MEASURE
    return MATRIX if {"nr.", "betroffen", "im regelbetrieb"} <= headings else ""


def problems_of(table: Table) -> list[str]:
    """What in the headings keeps the table from being read."""
    own = {plain(word) for word in (HEADINGS[table.kind] | KEYS).values()}
    named = [plain(heading) for heading in table.headings]
    twice = sorted(
        {heading for heading in table.headings if plain(heading) in own and named.count(plain(heading)) > 1}
    )
    return [_("Die Überschrift „%s“ kommt zweimal vor.") % heading for heading in twice]


def foreign_sheet(sheets: list[Sheet], name: str = "") -> tuple[Sheet, int] | None:
    """The sheet of that name, else the one with the most rows; with the index of its headings."""
    filled = [sheet for sheet in sheets if len(sheet.rows) > 1]
    chosen = next((sheet for sheet in filled if sheet.name == name), None)
    chosen = chosen or max(filled, key=lambda sheet: len(sheet.rows), default=None)
    if chosen is None:
        return None
    width = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) for row in chosen.rows]
    first = width[:ROWS_BEFORE_HEADINGS]
    return chosen, first.index(max(first))


def described(sheet: Sheet, head: int) -> dict[str, Any]:
    """What people need to see of a foreign sheet to say what its columns are."""
    columns = []
    for index, heading in enumerate(headings_in(sheet, head)):
        cells = [row[index] for row in sheet.rows[head + 1 :] if index < len(row)]
        words = list(dict.fromkeys(word for cell in cells if (word := " ".join(str(cell).split()))))
        columns.append(
            {
                "heading": heading,
                "samples": [word[:60] for word in words[:SAMPLES]],
                "words": words[:MOST_WORDS] if len(words) <= MOST_WORDS else [],
            }
        )
    return {"sheet": sheet.name, "columns": columns}


def suggestions(headings: list[str]) -> dict[int, str]:
    """For each column the field that its heading resembles most; no field is suggested twice."""
    rated = sorted(
        (
            (_likeness(plain(heading), name, word), index, name)
            for index, heading in enumerate(headings)
            for name, word in HEADINGS[MEASURE].items()
        ),
        key=lambda rating: (-rating[0], rating[1]),
    )
    chosen: dict[int, str] = {}
    for likeness, index, name in rated:
        if likeness >= SIMILAR_ENOUGH and index not in chosen and name not in chosen.values():
            chosen[index] = name
    return chosen


def _likeness(heading: str, name: str, word: str) -> float:
    return max(
        SequenceMatcher(None, heading, plain(known)).ratio() for known in (word, *SIMILAR.get(name, ()))
    )


def foreign_table(sheets: list[Sheet], mapping: Mapping[str, Any]) -> Table | None:
    """The list as its mapping says; None where the file has no such sheet."""
    found = foreign_sheet(sheets, mapping["sheet"])
    if found is None:
        return None
    sheet, head = found
    columns = {name: int(index) for index, name in mapping["columns"].items()}
    return Table(
        MEASURE,
        sheet,
        head,
        columns,
        is_foreign=True,
        words=mapping.get("words", {}),
        defaults=mapping.get("defaults", {}),
    )
