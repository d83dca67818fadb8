"""What each section prints in the Word file, as the plain blocks of `governance.documents`."""

from collections.abc import Callable, Iterator
from typing import Final

from governance.documents.content import Block, Heading, Listing, Paragraph, Quote
from governance.documents.content import Table as TableBlock
from governance.documents.docx_markup import table_widths
from governance.documents.text import plain_blocks, rich_blocks
from monitoring.compile.content import Content
from monitoring.compile.figures import all_measures, deviating, light_segments
from monitoring.compile.printed import MATRIX_PLACES
from monitoring.compile.profiles import profiles
from monitoring.compile.tables import MOST_PRINTED, Printed, Table
from monitoring.compile.tables.rollout import stage_counts, stage_words
from monitoring.compile.values import day, in_words, percent
from monitoring.snapshot.schema import Resolution, Section, Snapshot

MOST_COLUMNS: Final = 20
"""Municipalities side by side on a page on its side."""

Blocks = Iterator[Block]


def section_blocks(content: Content, section: Section) -> Blocks:
    """Its heading, its own words, then what it is about."""
    yield Heading(section["title"], begins_page=section["key"] == "profiles")
    yield from rich_blocks(section["text"] or "", below=1)
    make = MAKERS.get(section["key"])
    if make is not None:
        yield from make(content)
        return
    shown = [
        block
        for table in _tables(content, section["key"])
        for block in table_blocks(table, is_under_heading=table.name == section["title"])
    ]
    yield from shown or [Paragraph("Hierzu liegen keine Angaben vor.")]


def _tables(content: Content, section: str) -> list[Table]:
    return [table for table in content.tables if table.section == section]


def table_blocks(table: Table, *, is_under_heading: bool = False) -> Blocks:
    """The table in words, if it has rows and a column for the page; of groups a table for each."""
    if not table.rows or not any(column.share for column in table.columns):
        return
    if table.left_out:
        yield _left_out(table.left_out)
        return
    for part in table.parts:
        caption = (
            f"{table.name}: {part.name}" if part.name and not is_under_heading else part.name or table.name
        )
        yield _block(caption, part, is_under_heading=is_under_heading and not part.name)


def _left_out(count: int) -> Paragraph:
    words = f"Diese Aufstellung hat {in_words(count)} Zeilen."
    return Paragraph(f"{words} Sie steht in den Tabellen dieses Berichts (XLSX, ODS und CSV).")


def _block(caption: str, printed: Printed, *, is_under_heading: bool = False) -> TableBlock:
    return TableBlock(
        caption=caption,
        header=tuple(printed.headings),
        rows=tuple(map(tuple, printed.rows)),
        widths=tuple(printed.shares),
        numeric=tuple(place for place, is_number in enumerate(printed.numeric) if is_number),
        is_under_heading=is_under_heading,
    )


def _changes(content: Content) -> Blocks:
    changes = content.snapshot["changes"]
    previous = changes["previous"]
    if previous is None:
        yield Paragraph("Dies ist der erste Bericht dieser Art; ein Vergleich ist noch nicht möglich.")
        return
    yield Paragraph(f"{previous['title']}, Stichtag {in_words(day(previous['as_of']))}", "Verglichen mit")
    yield (
        Listing(tuple(changes["sentences"]))
        if changes["sentences"]
        else Paragraph("Es gab keine Änderungen.")
    )


def _fields(content: Content) -> Blocks:
    measures, *others = _tables(content, "fields")
    if measures.left_out:
        yield _field_counts(content.snapshot)
        yield _left_out(measures.left_out)
    else:
        yield from _measures_by_field(content.snapshot, measures.printed)
    for table in others:
        yield from table_blocks(table)


def _field_counts(snapshot: Snapshot) -> TableBlock:
    lights = [light["label"] for light in snapshot["scales"]["lights"]]
    return TableBlock(
        caption="Ampeln je Handlungsfeld",
        header=("Handlungsfeld", "Maßnahmen", *lights),
        rows=tuple(
            (
                field["name"],
                in_words(len(field["measures"])),
                *(in_words(segment.value) for segment in light_segments(snapshot, field)),
            )
            for field in snapshot["fields"]
        ),
        widths=(40, 16, *(16 for _light in lights)),
        numeric=tuple(range(1, 2 + len(lights))),
    )


def _measures_by_field(snapshot: Snapshot, printed: Printed) -> Blocks:
    at, widths = 0, table_widths(_block("", printed))
    for field in snapshot["fields"]:
        yield Heading(field["name"], 2)
        count = len(field["measures"])
        if count:
            part = Printed(printed.headings, widths, printed.numeric, printed.rows[at : at + count])
            yield _block(f"Maßnahmen: {field['name']}", part, is_under_heading=True)
        else:
            yield Paragraph("In diesem Handlungsfeld gibt es keine Maßnahmen.")
        at += count


def _deviations(content: Content) -> Blocks:
    measures = deviating(content.snapshot)
    if len(measures) > MOST_PRINTED:
        yield _left_out(len(measures))
        return
    if not measures:
        yield Paragraph("Zum Stichtag steht keine Ampel auf Gelb oder Rot.")
    for measure in measures:
        yield Heading(f"{measure['no']} {measure['title']}", 2)
        yield Paragraph(measure["light_stated"]["label"], "Ampel")
        yield Paragraph(measure["light_reason"] or "Eine Begründung fehlt.", "Ursache")
        if measure["needed_decision"]:
            yield Paragraph(measure["needed_decision"], "Nötige Entscheidung")
        if measure["status_reason"]:
            yield Paragraph(measure["status_reason"], "Zum Status")


def _roll_out(content: Content) -> Blocks:
    roll_out = content.snapshot["roll_out"]
    yield Paragraph(f"{roll_out['counting_rule']} {roll_out['stale_rule']}")
    [figures, *_others] = _tables(content, "roll_out")
    if figures.left_out:
        yield _left_out(figures.left_out)
    elif roll_out["rows"]:
        yield _block("Drei Zahlen je Maßnahme", figures.printed)
        yield from _stages(content)


def _stages(content: Content) -> Blocks:
    """In words, as signs or counted, by how many municipalities there are."""
    count = len(content.snapshot["roll_out"]["municipalities"])
    if count > MATRIX_PLACES:
        return _stage_counts(content)
    return _single(content.snapshot) if count == 1 else _matrix(content)


def _single(snapshot: Snapshot) -> Blocks:
    [place] = snapshot["roll_out"]["municipalities"]
    labels = {stage["code"]: stage["label"] for stage in snapshot["scales"]["stages"]}
    yield TableBlock(
        caption=f"Stand der Einführung: {place['name']}",
        header=("Nr.", "Maßnahme", place["name"]),
        rows=tuple(
            (row["measure_no"], row["measure_title"], stage_words(row["cells"][0], labels))
            for row in snapshot["roll_out"]["rows"]
        ),
        widths=(14, 60, 40),
    )


def _matrix(content: Content) -> Blocks:
    """The stages as signs, so many municipalities side by side as the page takes."""
    roll_out, scale = content.snapshot["roll_out"], content.snapshot["scales"]["stages"]
    places, short = roll_out["municipalities"], {stage["code"]: stage["short"] for stage in scale}
    stages = ", ".join(f"{stage['short']} = {stage['label']}" for stage in scale)
    yield Paragraph(f"{stages}; * = veraltet", "Zeichen")
    yield Paragraph(", ".join(f"{place['abbr']} = {place['name']}" for place in places), "Kommunen")
    for first in range(0, len(places), MOST_COLUMNS):
        shown = slice(first, first + MOST_COLUMNS)
        names = [place["abbr"] for place in places[shown]]
        yield TableBlock(
            caption=f"Stand der Einführung in den Kommunen {names[0]} bis {names[-1]}",
            header=("Nr.", *names),
            rows=tuple(
                (
                    row["measure_no"],
                    *(short[cell["stage"]] + ("*" if cell["stale"] else "") for cell in row["cells"][shown]),
                )
                for row in roll_out["rows"]
            ),
            widths=(14, *(12 for _name in names)),
            is_wide=True,
        )


def _stage_counts(content: Content) -> Blocks:
    scale, rows = content.snapshot["scales"]["stages"], content.snapshot["roll_out"]["rows"]
    yield TableBlock(
        caption="Kommunen je Stufe",
        header=("Nr.", *(stage["label"] for stage in scale)),
        rows=tuple(
            (row["measure_no"], *map(in_words, counts))
            for row, counts in zip(rows, stage_counts(content.snapshot), strict=True)
        ),
        widths=(14, *(22 for _stage in scale)),
        numeric=tuple(range(1, len(scale) + 1)),
        is_wide=True,
    )


def _decisions(content: Content) -> Blocks:
    resolutions = content.snapshot["resolutions"]
    if not resolutions:
        yield Paragraph("Im Berichtszeitraum wurden keine Beschlüsse gefasst.")
    for resolution in resolutions:
        yield from _resolution(resolution)
    for table in _tables(content, "decisions"):
        if table.key == "auftraege":
            yield from table_blocks(table)


def _resolution(resolution: Resolution) -> Blocks:
    yield Heading(f"{resolution['number']} {resolution['title']}", 2)
    measures = f", zu {', '.join(resolution['measure_nos'])}" if resolution["measure_nos"] else ""
    yield Paragraph(f"{resolution['committee']}, {in_words(day(resolution['date']))}{measures}")
    yield Quote(resolution["wording"])
    votes = resolution["votes"]
    counted = (
        f", {votes['label']}: {votes['in_favour']} Ja, {votes['against']} Nein, "
        f"{votes['abstentions']} Enthaltungen"
        if votes
        else ""
    )
    yield Paragraph(f"{resolution['outcome']['label']}{counted}", "Ergebnis")
    if not resolution["in_force"]:
        successor = f", ersetzt durch {resolution['superseded_by']}" if resolution["superseded_by"] else ""
        yield Paragraph(f"Nicht mehr in Kraft{successor}.")


def _assessment(content: Content) -> Blocks:
    assessment = content.snapshot["assessment"]
    if assessment is None:
        yield Paragraph("Bis zum Stichtag ist keine Evaluation abgeschlossen.")
        return
    yield Paragraph(assessment["title"], "Grundlage")
    for table in _tables(content, "assessment"):
        if table.key != "empfehlungen":
            yield from table_blocks(table, is_under_heading=table.key == "bewertung")
    if assessment["recommendations"]:
        yield Heading("Empfehlungen", 2)
    for item in assessment["recommendations"]:
        addressee = item["addressee"] and f"an {item['addressee']}"
        yield Heading(f"{item['number']}. {item['title']}", 3)
        yield Paragraph(" · ".join(filter(None, (item["field"], addressee, item["state"]["label"]))))
        yield from plain_blocks(item["text"] or "")


def _profiles(content: Content) -> Blocks:
    count = len(all_measures(content.snapshot))
    if count > MOST_PRINTED:
        yield _left_out(count)
        return
    for place, item in enumerate(profiles(content.snapshot)):
        yield Heading(f"{item['no']} {item['title']}", 2, begins_page=place > 0)
        yield Paragraph(item["light"]["label"], "Ampel")
        yield Paragraph(in_words(percent(item["progress"])), "Umsetzungsstand")
        for label, text in (*item["facts"], *item["texts"]):
            yield Paragraph(text, label)
        for label, header, rows, numeric in (
            (
                "Meilensteine",
                ("Meilenstein", "Plantermin", "erreicht oder erwartet", "Stand"),
                item["milestones"],
                (),
            ),
            ("Indikatoren", ("Indikator", "Ist", "Ziel", "erreicht"), item["indicators"], (1, 2, 3)),
        ):
            if rows:
                cells = tuple(map(tuple, rows))
                yield TableBlock(f"{label}: {item['no']}", header, cells, (44, 16, 22, 22), numeric)
        if item["team"]:
            yield Paragraph("", "Entwicklungsteam")
            yield Listing(tuple(item["team"]))


def _method(content: Content) -> Blocks:
    concept = content.snapshot["concept"]
    resolved = f"{concept['title']}, beschlossen am {in_words(day(concept['resolution_date']))}"
    yield Paragraph(f"{resolved} ({concept['resolution_body']}). {concept['vision']}")
    if concept["guidelines"]:
        yield Heading("Leitlinien des Konzepts", 2)
        yield Listing(
            tuple(": ".join(filter(None, (it["name"], it["text"]))) for it in concept["guidelines"])
        )
    yield Heading("Zählregeln", 2)
    for table in _tables(content, "method"):
        yield from table_blocks(table, is_under_heading=True)


MAKERS: Final[dict[str, Callable[[Content], Blocks]]] = {
    "changes": _changes,
    "fields": _fields,
    "deviations": _deviations,
    "roll_out": _roll_out,
    "decisions": _decisions,
    "assessment": _assessment,
    "profiles": _profiles,
    "method": _method,
}
"""The sections that print more, or less, than their tables."""
