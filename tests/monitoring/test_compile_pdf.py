"""The PDF: conformity, content, and that no text of a user can break or command it."""

import io
import json
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest
import typst
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from monitoring.compile import content_of, fingerprint
from monitoring.compile import pdf as pdf_module
from monitoring.compile.figures import all_measures
from monitoring.compile.pdf import compile_pdf, printable_data
from monitoring.sections import Section
from monitoring.snapshot.schema import Snapshot
from smartregion.base.charts import TONES
from smartregion.base.typst import STANDARDS, CompileError
from tests.monitoring.pdf_text import page_texts, pdf_text, squeezed
from tests.monitoring.snapshot_sample import sample_snapshot
from tests.pdf_check import failures
from tests.scale import by_turns


@pytest.mark.parametrize("kind", ["evaluation", "status"])
@pytest.mark.parametrize(("measures", "places"), [(0, 0), (5, 5), (14, 17), (30, 70)])
def test_one_file_is_pdf_ua_1_and_pdf_a_2a_at_every_size(kind: str, measures: int, places: int) -> None:
    assert failures(compile_pdf(sample_snapshot(measures, places, kind))) == {"ua1": [], "2a": []}


def test_the_validator_rejects_the_report_when_one_figure_loses_its_alternative_text() -> None:
    with pikepdf.open(io.BytesIO(compile_pdf(sample_snapshot()))) as document:
        figure = next(
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        )
        del figure["/Alt"]
        broken = io.BytesIO()
        document.save(broken)
    found = page.validate_pdf_bytes(broken.getvalue(), profile="ua1").failures
    assert [failure.rule_id for failure in found] == ["PDFUA1-FIGURE-ALTERNATIVE-TEXT-001"]


def test_typst_itself_refuses_the_report_when_a_chart_loses_its_alternative_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in pdf_module.REPORT.parent.glob("*.typ"):
        text = source.read_text().replace(', alt: chart.title + ". " + chart.description', "")
        (tmp_path / source.name).write_text(text)
    monkeypatch.setattr(pdf_module, "REPORT", tmp_path / "report.typ")
    with pytest.raises(CompileError, match=r"^Das Dokument ließ sich nicht als PDF setzen\.$"):
        compile_pdf(sample_snapshot())


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    assert compile_pdf(sample_snapshot()) == compile_pdf(sample_snapshot())


def test_the_text_holds_titles_reasons_figures_resolutions_and_the_hash() -> None:
    snapshot = sample_snapshot()
    text = pdf_text(compile_pdf(snapshot))
    expected = [
        "Evaluationsbericht Jahr 2025",
        snapshot["report"]["occasion"],
        *(field["name"] for field in snapshot["fields"]),
        *(f"{measure['no']} {measure['title']}" for measure in all_measures(snapshot)),
        *(measure["light_reason"] for measure in all_measures(snapshot) if measure["light_reason"]),
        *(place["name"] for place in snapshot["roll_out"]["municipalities"]),
        *(
            f"{row['affected']} {row['live']} {row['reached_percent']} %"
            for row in snapshot["roll_out"]["rows"]
        ),
        *(resolution["wording"] for resolution in snapshot["resolutions"]),
        "Nicht mehr in Kraft, ersetzt durch LK 2025/03.",
        *(section["text"] for section in snapshot["report"]["sections"] if section["text"]),
        *(item["name"] for item in snapshot["indicators"]),
        *(item["what"] for item in snapshot["follow_ups"]),
        *snapshot["changes"]["sentences"],
        snapshot["roll_out"]["counting_rule"],
        *(rule["text"] for rule in snapshot["method"]),
        fingerprint(snapshot),
    ]
    assert [line for line in expected if squeezed(line) not in text] == []


def test_no_value_is_not_zero_percent() -> None:
    snapshot = sample_snapshot(1, 1, sections=["fields", "roll_out"])
    snapshot["fields"][0]["measures"][0]["progress_percent"] = None
    snapshot["roll_out"]["rows"][0]["reached_percent"] = None
    text = pdf_text(compile_pdf(snapshot))
    assert ("keinWert" in text, "0%" in text) == (True, False)


def test_every_page_says_that_the_data_are_examples() -> None:
    snapshot = sample_snapshot()
    labels = [squeezed("Beispieldaten") in text for text in page_texts(compile_pdf(snapshot))]
    assert labels == [True] * len(labels)


def test_a_report_of_real_data_does_not_speak_of_examples() -> None:
    snapshot = sample_snapshot()
    snapshot["report"]["is_example"], snapshot["report"]["example_notice"] = False, None
    for item in (*all_measures(snapshot), *snapshot["indicators"]):
        item["is_example"] = False
    assert "Beispieldaten" not in pdf_text(compile_pdf(snapshot))


def test_the_file_names_title_author_language_and_date() -> None:
    snapshot = sample_snapshot()
    with pikepdf.open(io.BytesIO(compile_pdf(snapshot))) as document:
        described = {
            key: str(document.docinfo[f"/{key}"]) for key in ("Title", "Author", "CreationDate", "Keywords")
        }
        language = str(document.Root.Lang)
        bookmarks = [str(item.title) for item in document.open_outline().root]
    assert described == {
        "Title": "Evaluationsbericht Jahr 2025 – Smart Region Kreis Muster",
        "Author": snapshot["region"]["coordination_office"],
        "CreationDate": "D:20260105083000Z",
        "Keywords": f"SHA-256 {fingerprint(snapshot)}",
    }
    assert language == "de-DE"
    assert bookmarks == [section["title"] for section in snapshot["report"]["sections"]]


@pytest.mark.parametrize("key", [section.value for section in Section])
def test_a_section_is_printed_with_its_own_words_if_the_report_has_it_and_only_then(key: str) -> None:
    snapshot = sample_snapshot(2, 2, sections=[key])
    snapshot["report"]["sections"][0]["text"] = "Eigene Worte.\n\nZweiter Absatz."
    data = compile_pdf(snapshot)
    with pikepdf.open(io.BytesIO(data)) as document:
        headings = [str(item.title) for item in document.open_outline().root]
    assert headings == [snapshot["report"]["sections"][0]["title"]]
    assert squeezed("Eigene Worte.Zweiter Absatz.") in pdf_text(data)


def test_a_draft_says_so_on_every_page_and_has_no_checksum() -> None:
    snapshot = sample_snapshot(3, 3)
    pages = page_texts(compile_pdf(snapshot, draft=True))
    sealed = pdf_text(compile_pdf(snapshot))
    assert ["ENTWURF" in text for text in pages] == [True] * len(pages)
    assert (fingerprint(snapshot) in "".join(pages), "ENTWURF" in sealed) == (False, False)


def test_a_draft_conforms_too() -> None:
    assert failures(compile_pdf(sample_snapshot(2, 2), draft=True)) == {"ua1": [], "2a": []}


def test_each_measure_has_a_profile_of_one_page_even_with_long_texts() -> None:
    plain, long = sample_snapshot(6, 3, sections=["profiles"]), sample_snapshot(6, 3, sections=["profiles"])
    for measure in all_measures(long):
        texts = ("summary", "goal", "benefit", "light_reason", "status_reason", "target_group", "contact")
        measure.update(
            dict.fromkeys((*texts, "needed_decision"), "Ein langer Satz mit vielen Worten. " * 110)
        )  # type: ignore[typeddict-item]
        measure["milestones"] = measure["milestones"] * 8
        measure["team"] = measure["team"] * 8
    pages = [len(page_texts(compile_pdf(snapshot))) for snapshot in (plain, long)]
    assert pages == [8, 8]


def test_links_lead_to_the_addresses_themselves_however_long() -> None:
    snapshot = sample_snapshot(1, 1, sections=["fields", "profiles"])
    address = f"https://portal.example/massnahmen/{'lange-adresse-' * 10}/"
    snapshot["fields"][0]["measures"][0]["url"] = address
    with pikepdf.open(io.BytesIO(compile_pdf(snapshot))) as document:
        targets = {
            str(note.A.URI)
            for page in document.pages
            for note in page.obj.get("/Annots", [])
            if "/URI" in note.get("/A", {})
        }
    assert targets == {address, "https://portal.example"}


def test_markup_in_a_text_is_printed_and_not_obeyed() -> None:
    snapshot = sample_snapshot(1, 1, "status")
    markup = '#panic("x") *fett* _kursiv_ $x^2$ `code` = Titel @ziel <marke> \\ // [a] #read("report.typ")'
    snapshot["fields"][0]["measures"][0]["title"] = markup
    assert squeezed(markup) in pdf_text(compile_pdf(snapshot))


def test_a_character_without_a_glyph_is_marked_and_explained() -> None:
    snapshot = sample_snapshot(1, 1, "status")
    snapshot["region"]["name"] = "Kreis 漢字 😀"
    text = pdf_text(compile_pdf(snapshot))
    assert squeezed("Kreis ◊◊ ◊: ") in text
    assert squeezed("die die Schrift dieses Dokuments nicht enthält, stehen als ◊.") in text


def _with_text_everywhere(text: str) -> Snapshot:
    snapshot: Any = sample_snapshot(2, 2)
    measure = snapshot["fields"][0]["measures"][0]
    measure.update(
        title=text,
        lead=text,
        no=text[:20],
        light_reason=text,
        status_reason=text,
        light_computed_reasons=[text],
        needed_decision=text,
        summary=text,
        goal=text,
        benefit=text,
        contact=text,
    )
    measure["last_update"] = {"date": "2025-01-01", "text": text}
    measure["light_stated"]["code"] = "yellow"
    snapshot["roll_out"]["rows"][0].update(measure_title=text, measure_no=text[:20])
    snapshot["roll_out"]["municipalities"][0]["name"] = text[:60]
    snapshot["resolutions"][0].update(title=text, wording=text, number=text[:20])
    snapshot["changes"]["sentences"] = [text]
    for section in snapshot["report"]["sections"]:
        section["text"] = text
    snapshot["region"].update(coordination_office=text, portal_title=text)
    snapshot["concept"]["vision"] = text
    snapshot["fields"][0]["name"] = text
    snapshot["indicators"][0].update(name=text, unit=text[:40], definition=text, source=text)
    snapshot["follow_ups"][0].update(what=text, responsible=text)
    snapshot["assessment"]["fields"][0].update(text=text)
    snapshot["assessment"]["recommendations"][0].update(title=text, text=text)
    snapshot["money"]["sources"][0]["label"] = text
    return snapshot


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_text_breaks_the_compile(text: str) -> None:
    assert compile_pdf(_with_text_everywhere(text)).startswith(b"%PDF-")


EXTREME = [
    "W" * 4000,
    "Ein langer Satz, der nicht endet. " * 118,
    "a\u0301\u0327\u200d\u202e\u0000\u001b\ue000",
    "👩‍👩‍👧‍👦🏳️‍🌈 漢字 العربية עברית हिन्दी",
    '#image("x") ' * 300,
    "\n" * 500,
]


@pytest.mark.parametrize("text", by_turns(EXTREME, of=3))
def test_extreme_texts_still_give_a_conforming_file(text: str) -> None:
    assert failures(compile_pdf(_with_text_everywhere(text))) == {"ua1": [], "2a": []}


def test_missing_fonts_are_named_with_what_to_do(settings, tmp_path) -> None:
    settings.REPORT_FONT_DIR = tmp_path

    with pytest.raises(CompileError, match="make assets"):
        compile_pdf(sample_snapshot())


def test_the_template_is_set_without_any_warning() -> None:
    _pdf, found = typst.Compiler(
        pdf_module.REPORT,
        font_paths=[settings.REPORT_FONT_DIR],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(printable_data(content_of(sample_snapshot())))},
    ).compile_with_warnings(format="pdf", pdf_standards=STANDARDS)
    assert [warning.message for warning in found] == []


def test_every_tone_has_readable_ink() -> None:
    assert {tone: paint for tone, paint in TONES.items() if _contrast(*paint) < 4.5} == {}


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
