"""The figures of a report, read back from each of its formats by a program that did not write them.

Each reader gives the same structure; what a format does not print is None. Names are squeezed (without spaces
and hyphens), because a printed line may break anywhere.
"""

import csv
import dataclasses
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook

from monitoring.snapshot.schema import Snapshot
from tests.governance.docx_text import blocks
from tests.monitoring.pdf_tables import headings_and_texts, tables
from tests.monitoring.pdf_text import pdf_text, squeezed

Rows = list[list[Any]]
VOTES = re.compile(r"(\d+)Ja,(\d+)Nein,(\d+)Enthaltungen")


@dataclasses.dataclass
class Figures:
    """`measures`: light, phase, progress. `stages`: by measure and place. `roll_out`: the three figures.

    `money`: plan, committed, spent of a year, a field, a measure. `indicators`: actual, target, attainment.
    """

    key_figures: dict[str, int] = dataclasses.field(default_factory=dict)
    measures: dict[str, tuple[str, str, int | None]] = dataclasses.field(default_factory=dict)
    stages: dict[tuple[str, str], str] | None = dataclasses.field(default_factory=dict)
    roll_out: dict[str, tuple[int, int, int | None]] = dataclasses.field(default_factory=dict)
    money: dict[str, tuple[Decimal | None, ...]] | None = dataclasses.field(default_factory=dict)
    indicators: dict[str, tuple[Decimal | None, Decimal | None, int | None]] = dataclasses.field(
        default_factory=dict
    )
    votes: dict[str, tuple[int, ...]] | None = dataclasses.field(default_factory=dict)


def of_snapshot(snapshot: Snapshot, key_figures: dict[str, int]) -> Figures:
    """What the formats shall say; the key figures are counted by the test."""
    figures = Figures(key_figures=key_figures)
    short = {stage["code"]: stage["short"] for stage in snapshot["scales"]["stages"]}
    places = snapshot["roll_out"]["municipalities"]
    for measure in (measure for field in snapshot["fields"] for measure in field["measures"]):
        light, phase = measure["light_stated"]["label"], measure["phase"]["label"]
        figures.measures[squeezed(measure["no"])] = squeezed(light), phase, measure["progress_percent"]
    for row in snapshot["roll_out"]["rows"]:
        no = squeezed(row["measure_no"])
        figures.roll_out[no] = row["affected"], row["live"], row["reached_percent"]
    figures.stages = {
        (squeezed(row["measure_no"]), squeezed(place["name"])): short[cell["stage"]] + "*" * cell["stale"]
        for row in snapshot["roll_out"]["rows"]
        for place, cell in zip(places, row["cells"], strict=True)
    }
    figures.money = _money_of(snapshot)
    for item in snapshot["indicators"]:
        target = item["target"] and item["target"]["value"]
        values = _decimal(item["value"]), _decimal(target), item["attainment"]
        figures.indicators[squeezed(item["name"])] = values
    figures.votes = {
        squeezed(resolution["number"]): (votes["in_favour"], votes["against"], votes["abstentions"])
        for resolution in snapshot["resolutions"]
        if (votes := resolution["votes"])
    }
    return figures


def _money_of(snapshot: Snapshot) -> dict[str, tuple[Decimal | None, ...]]:
    money = snapshot["money"]
    assert money is not None
    amounts = [(str(year["year"]), year["figures"]) for year in money["years"]]
    amounts += [("alleJahre", money["total"])]
    amounts += [(squeezed(row["label"]), row["figures"]) for row in money["fields"]]
    amounts += [(squeezed(row["key"]), row["figures"]) for row in money["measures"]]
    return {
        key: tuple(
            None if cents is None else Decimal(cents) / 100
            for cents in (figures["plan"], figures["committed"], figures["spent"])
        )
        for key, figures in amounts
    }


def of_json(data: bytes, key_figures: dict[str, int]) -> Figures:
    return of_snapshot(json.loads(data), key_figures)


def of_workbook(data: bytes, snapshot: Snapshot) -> Figures:
    """XLSX and ODS."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return _of_sheets(
        {name: book.get_sheet_by_name(name).to_python()[1:] for name in book.sheet_names}, snapshot
    )


def of_csv(data: bytes, snapshot: Snapshot) -> Figures:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    named = dict(re.findall(r"^  (\S+\.csv) – (.+) \(\d+ Zeilen\)\r$", files["LIESMICH.txt"], re.MULTILINE))
    sheets = {
        named[name]: list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        for name, text in files.items()
        if name in named
    }
    return _of_sheets(sheets, snapshot)


def _of_sheets(sheets: dict[str, Rows], snapshot: Snapshot) -> Figures:
    figures = Figures()
    figures.key_figures = {
        row["Angabe"]: int(row["Wert"])
        for row in _dicts(sheets["Gesamtbild"])
        if row["Bereich"] == "Kennzahlen"
    }
    figures.measures = {
        squeezed(row["Nr."]): (squeezed(row["Ampel"]), row["Phase"], _whole(row["Umsetzungsstand"]))
        for row in _dicts(sheets["Maßnahmen"])
    }
    _read_matrix(figures, sheets["Roll-out"], snapshot)
    figures.money = {
        _key_of(cells[0]): tuple(map(_decimal, cells[-3:]))
        for sheet in ("Mittel", "Mittel je Handlungsfeld", "Mittel je Maßnahme")
        for cells in sheets[sheet][1:]
    }
    figures.indicators = {
        squeezed(row["Indikator"]): (
            _decimal(row["Ist"]),
            _decimal(row["Ziel"]),
            _whole(row["Zielerreichung"]),
        )
        for row in _dicts(sheets["Indikatoren"])
    }
    figures.votes = {
        squeezed(row["Nummer"]): tuple(int(row[name]) for name in ("Ja", "Nein", "Enthaltungen"))
        for row in _dicts(sheets["Beschlüsse"])
        if row["Ja"] != ""
    }
    return figures


def _read_matrix(figures: Figures, rows: Rows, snapshot: Snapshot) -> None:
    short = {stage["label"]: stage["short"] for stage in snapshot["scales"]["stages"]}
    stages = {}
    for row in _dicts(rows):
        no = squeezed(row.pop("Nr."))
        del row["Maßnahme"]
        affected, live = int(row.pop("betroffen")), int(row.pop("im Regelbetrieb"))
        figures.roll_out[no] = affected, live, _whole(row.pop("Reichweite"))
        for place, words in row.items():
            label = words.removesuffix(" (veraltet)")
            stages[no, squeezed(place)] = short[label] + ("*" if label != words else "")
    figures.stages = stages


def _key_of(cell: Any) -> str:
    """Of an amount: a year, or a name."""
    return str(int(cell)) if isinstance(cell, float) else squeezed(cell)


def _dicts(rows: Rows) -> Iterator[dict[str, Any]]:
    return (dict(zip(rows[0], cells, strict=True)) for cells in rows[1:])


def of_docx(data: bytes, snapshot: Snapshot) -> Figures:
    parts = blocks(data)
    found = [rows for kind, rows in parts if kind == "table"]
    figures = _of_printed(found, snapshot)
    [key_figures] = [table for table in found if table[0] == ["Angabe", "Wert", "Erläuterung"]]
    figures.key_figures = {row[0]: int(row[1].replace(".", "")) for row in key_figures[1:]}
    names = {place["abbr"]: squeezed(place["name"]) for place in snapshot["roll_out"]["municipalities"]}
    figures.stages = {
        (squeezed(row[0]), names[abbr]): sign
        for table in found
        if table[0][0] == "Nr." and set(table[0][1:]) <= set(names)
        for row in table[1:]
        for abbr, sign in zip(table[0][1:], row[1:], strict=True)
    }
    figures.votes = _votes((kind, text) for kind, text in parts if kind != "table")
    return figures


def of_pdf(data: bytes, snapshot: Snapshot) -> Figures:
    found = tables(data)
    figures = _of_printed(found, snapshot)
    figures.key_figures = _key_figures(data)
    names = {squeezed(place["name"]) for place in snapshot["roll_out"]["municipalities"]}
    heads = [[squeezed(heading) for heading in table[0]] for table in found]
    figures.stages = {
        (_number(row[0]), place): squeezed(sign)
        for table, head in zip(found, heads, strict=True)
        for row in table[1:]
        for place, sign in zip(head, row, strict=True)
        if place in names
    }
    figures.votes = _votes(headings_and_texts(data))
    return figures


def of_slides(data: bytes, snapshot: Snapshot) -> Figures:
    """Slides show neither single cells nor votes, and money as a picture."""
    figures = _of_printed(tables(data), snapshot)
    figures.key_figures = _key_figures(data)
    figures.stages = figures.money = figures.votes = None
    return figures


def _of_printed(found: Iterable[list[list[str]]], snapshot: Snapshot) -> Figures:
    """What the tables of PDF, slides and Word files say; each is known by its headings."""
    figures = Figures()
    phases = [phase["label"] for phase in snapshot["scales"]["phases"]]
    lights = [squeezed(light["label"]) for light in snapshot["scales"]["lights"]]
    for table in found:
        head = [squeezed(heading) for heading in table[0]]
        for row in table[1:]:
            cells = dict(zip(head, row, strict=True))
            if "Ampel" in cells and len(head) >= 5:
                light = next(light for light in lights if squeezed(cells["Ampel"]).startswith(light))
                words = squeezed(cells.get("Phase", "") or cells.get("Phase,Status", ""))
                phase = next(phase for phase in phases if words.startswith(phase))
                progress = cells.get("Stand", cells.get("Umsetzungsstand", ""))
                figures.measures[_number(row[0])] = light, phase, _whole(progress)
            if {"imRegelbetrieb", "Reichweite"} <= set(head):
                affected = cells.get("betroffen", cells.get("betroffeneKommunen", ""))
                three = int(affected), int(cells["imRegelbetrieb"]), _whole(cells["Reichweite"])
                figures.roll_out[_number(row[0])] = three
            if head[-3:] == ["Plan", "gebunden", "abgeflossen"]:
                key = squeezed(row[0])
                assert figures.money is not None
                figures.money[key] = tuple(map(_decimal, row[-3:]))
            if head[0] == "Indikator" and "aufKurs" in head:
                reached = cells.get("erreicht", cells.get("Zielerreichung", ""))
                name = squeezed(re.sub(r" \(.*", "", row[0]))
                figures.indicators[name] = _decimal(cells["Ist"]), _decimal(cells["Ziel"]), _whole(reached)
    return figures


def _key_figures(data: bytes) -> dict[str, int]:
    """Each number stands right before its label and note."""
    text = pdf_text(data).replace(".", "")
    shown = {
        "Maßnahmen": "Maßnahmen davon",
        "im Plan (grün)": "im Plan (grün)",
        "gelb oder rot": "gelb oder rot",
        "Meilensteine erreicht": "Meilensteine erreicht",
        "Einführungen im Regelbetrieb": "Einführungen im Regelbetrieb",
        "Beschlüsse": "Beschlüsse im Berichtszeitraum",
    }
    found = {label: re.search(rf"(\d+){re.escape(squeezed(words))}", text) for label, words in shown.items()}
    return {label: int(match[1]) for label, match in found.items() if match}


def _votes(parts: Iterable[tuple[str, str]]) -> dict[str, tuple[int, ...]]:
    """By the number of the resolution under whose heading they stand."""
    votes, number = {}, ""
    for kind, text in parts:
        if kind in ("H2", "Heading 2"):
            number = squeezed(" ".join(text.split()[:2]))
        elif counted := VOTES.search(squeezed(text)):
            votes[number] = tuple(map(int, counted.groups()))
    return votes


def _number(cell: str) -> str:
    """ "B-01 Mobilstationen" → "B01"."""
    found = re.match(r"B\s?-\s?\d+", cell)
    assert found, cell
    return squeezed(found[0])


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        found = re.match(r"[−-]?\d+", value)
        return int(found[0].replace("−", "-")) if found else None
    return int(value)


def _decimal(value: Any) -> Decimal | None:
    """A cell of a workbook, a line of a CSV, a printed German number; the first word of it."""
    if value is None or value == "":
        return None
    if isinstance(value, float | int):
        return Decimal(repr(value)).normalize()
    word = value.replace("\u00a0", " ").split()[0]
    if word == "–":
        return None
    if "," in word or re.fullmatch(r"[−-]?\d{1,3}(\.\d{3})+", word):
        word = word.replace(".", "").replace(",", ".")
    return Decimal(word.replace("−", "-")).normalize()
