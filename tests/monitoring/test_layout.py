"""What fits where: slides with headings and even parts, Steckbriefe that fill a page, tables in groups."""

import io
import re

import pikepdf
import pytest

from monitoring.compile import content_of
from monitoring.compile.docx import write_docx
from monitoring.compile.figures import all_measures
from monitoring.compile.pdf import compile_pdf, write_slides
from monitoring.snapshot.schema import Snapshot
from tests.governance.docx_text import blocks as docx_blocks
from tests.monitoring.pdf_tables import heading_pages, headings_and_texts, tables
from tests.monitoring.pdf_text import page_texts, pdf_text, squeezed
from tests.monitoring.snapshot_sample import sample_snapshot

UPRIGHT = 595
NUMBERED = " ".join(f"Wort{number:03d}" for number in range(500))
SENTENCES = "Ein langer Satz mit vielen Worten. " * 110


def with_texts(snapshot: Snapshot, text: str) -> Snapshot:
    names = (
        "title",
        "lead",
        "summary",
        "goal",
        "benefit",
        "light_reason",
        "needed_decision",
        "status_reason",
    )
    for measure in all_measures(snapshot):
        measure.update(dict.fromkeys(names, text))  # type: ignore[typeddict-item]
        measure["light_stated"] = {"code": "red", "label": "Rot – kritisch"}
    for indicator in snapshot["indicators"]:
        indicator["name"] = text
    return snapshot


@pytest.mark.parametrize("text", [None, NUMBERED, "W" * 4000, SENTENCES], ids=["plain", "words", "W", "long"])
@pytest.mark.parametrize("measures", [14, 60])
def test_every_slide_but_the_first_has_a_heading_of_its_own(measures: int, text: str | None) -> None:
    snapshot = sample_snapshot(measures, 17)
    slides = write_slides(content_of(snapshot if text is None else with_texts(snapshot, text)))
    with pikepdf.open(io.BytesIO(slides)) as document:
        count = len(document.pages)
    assert heading_pages(slides, "H1") == list(range(1, count))


def test_a_field_whose_measures_fit_on_a_slide_has_one() -> None:
    snapshot = sample_snapshot(30, 5, sections=["fields"])
    headings = [text for kind, text in headings_and_texts(write_slides(content_of(snapshot))) if kind == "H1"]
    assert headings == [field["name"] for field in snapshot["fields"]]


def test_slides_of_one_table_are_equally_full() -> None:
    snapshot = sample_snapshot(30, 5, sections=["roll_out"])
    for row in snapshot["roll_out"]["rows"]:
        row["measure_title"] = "Gleich lang"
    parts = [len(rows) for rows in tables(write_slides(content_of(snapshot)))]
    assert (len(parts) > 1, sum(parts) - len(parts), max(parts) - min(parts) <= 1) == (True, 30, True)


@pytest.mark.parametrize("of", [compile_pdf, lambda snapshot: write_slides(content_of(snapshot))])
def test_a_text_that_is_too_long_ends_after_a_word(of) -> None:
    cut = re.findall(r"Wort(\d*)…", pdf_text(of(with_texts(sample_snapshot(6, 5), NUMBERED))))
    assert (cut != [], {len(digits) for digits in cut}) == (True, {3})


def test_a_text_that_is_too_long_ends_after_a_sentence_where_one_does() -> None:
    snapshot = sample_snapshot(3, 3, sections=["profiles"])
    for measure in all_measures(snapshot):
        measure["summary"] = measure["goal"] = SENTENCES
    text = pdf_text(compile_pdf(snapshot))
    assert (text.count("Worten.…"), text.count("Gekürzt")) == (6, 3)


def test_a_steckbrief_is_cut_only_once_its_page_is_full() -> None:
    whole, cut = sample_snapshot(1, 3, sections=["profiles"]), sample_snapshot(1, 3, sections=["profiles"])
    [measure] = all_measures(whole)
    measure["summary"] = measure["goal"] = "Ein Satz mit einigen Worten. " * 40
    assert "Gekürzt" not in pdf_text(compile_pdf(whole))

    [measure] = all_measures(cut)
    measure["summary"] = measure["goal"] = SENTENCES
    [page] = [text for text in page_texts(compile_pdf(cut)) if "Gekürzt" in text]
    assert len(page) > 3400


def test_the_word_file_has_a_steckbrief_in_full() -> None:
    snapshot = sample_snapshot(1, 3, sections=["profiles"])
    [measure] = all_measures(snapshot)
    measure["summary"] = SENTENCES.strip()
    texts = [text for kind, text in docx_blocks(_docx(snapshot)) if kind != "table"]
    assert f"Kurzbeschreibung: {SENTENCES.strip()}" in texts


def test_each_counting_rule_is_told_once() -> None:
    snapshot = sample_snapshot(2, 2)
    assert snapshot["money"] is not None
    told = [snapshot["roll_out"]["counting_rule"], snapshot["money"]["counting_rule"]]
    snapshot["method"] = [
        {"term": "Roll-out", "text": told[0]},
        {"term": "Veraltet", "text": "Seit sechs Monaten nicht bestätigt."},
        {"term": "Mittel", "text": told[1]},
    ]
    [table] = [table for table in content_of(snapshot).tables if table.key == "methode"]
    assert [term for term, _rule in table.rows] == ["Roll-out", "Veraltet", "Mittel", "Quellen"]


def test_a_snapshot_whose_method_does_not_tell_them_has_all_rules_too() -> None:
    [table] = [table for table in content_of(sample_snapshot(2, 2)).tables if table.key == "methode"]
    assert [term for term, _rule in table.rows] == [
        "Roll-out",
        "Veraltet",
        "Mittel",
        "Ampel",
        "Stand",
        "Quellen",
    ]


def test_a_group_is_named_above_its_table_and_not_in_each_row() -> None:
    snapshot = sample_snapshot(2, 2, sections=["participation"])
    data = compile_pdf(snapshot)
    assert [rows[0] for rows in tables(data)] == [["Angabe", "Wert", "Zählregel"]] * 2
    assert [text for kind, text in headings_and_texts(data) if kind == "H2"][:2] == ["Kennzahlen", "Bereiche"]
    printed = docx_blocks(_docx(snapshot))
    assert [text for kind, text in printed if kind == "Caption"] == ["Kennzahlen", "Bereiche"]
    assert [rows[0] for kind, rows in printed if kind == "table"] == [["Angabe", "Wert", "Zählregel"]] * 2


def test_the_period_of_a_title_stays_in_one_line() -> None:
    content = content_of(sample_snapshot(1, 1))
    assert (content.title, content.heading) == (
        "Evaluationsbericht Jahr 2025",
        "Evaluationsbericht Jahr\u00a02025",
    )


def test_of_one_municipality_the_stages_are_printed_in_words_on_an_upright_page() -> None:
    snapshot = sample_snapshot(3, 1, sections=["roll_out"])
    labels = {stage["code"]: stage["label"] for stage in snapshot["scales"]["stages"]}
    expected = [
        squeezed(labels[row["cells"][0]["stage"]] + " (veraltet)" * row["cells"][0]["stale"])
        for row in snapshot["roll_out"]["rows"]
    ]
    data = compile_pdf(snapshot)
    [table] = tables(data)
    assert [squeezed(row[1]) for row in table[1:]] == expected
    assert page_widths(data) == {UPRIGHT}
    [_figures, stages] = [rows for kind, rows in docx_blocks(_docx(snapshot)) if kind == "table"]
    assert [squeezed(row[2]) for row in stages[1:]] == expected


def test_of_a_single_measure_the_municipalities_stand_below_one_another_on_an_upright_page() -> None:
    snapshot = sample_snapshot(1, 17, sections=["roll_out"])
    labels = {stage["code"]: stage["label"] for stage in snapshot["scales"]["stages"]}
    [row] = snapshot["roll_out"]["rows"]
    expected = [
        [squeezed(place["name"]), squeezed(labels[cell["stage"]] + " (veraltet)" * cell["stale"])]
        for place, cell in zip(snapshot["roll_out"]["municipalities"], row["cells"], strict=True)
    ]
    data = compile_pdf(snapshot)
    [[_head, *places, _affected, _live, _reached]] = tables(data)
    assert [[squeezed(cell) for cell in place] for place in places] == expected
    assert page_widths(data) == {UPRIGHT}


def test_a_matrix_stands_on_a_page_on_its_side() -> None:
    """Negative control of the two above."""
    assert page_widths(compile_pdf(sample_snapshot(4, 17, sections=["roll_out"]))) == {UPRIGHT, 842}


def page_widths(data: bytes) -> set[int]:
    with pikepdf.open(io.BytesIO(data)) as document:
        return {round(page.mediabox[2]) for page in document.pages}


def test_a_table_goes_with_its_heading_to_the_next_page() -> None:
    """At any place of the page: each run has one line more before the outlook."""
    for lines in range(30, 50):
        snapshot = sample_snapshot(8, 2, sections=["changes", "outlook"])
        snapshot["report"]["sections"][1]["text"] = None
        snapshot["changes"]["sentences"] = [f"Satz {number}." for number in range(lines)]
        pages = page_texts(compile_pdf(snapshot))
        [headed] = [number for number, text in enumerate(pages) if "Ausblick" in text]
        assert "Termin" in pages[headed]


def _docx(snapshot: Snapshot) -> bytes:
    return write_docx(content_of(snapshot))
