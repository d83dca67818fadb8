"""One content, two writers: conforming PDF, accessible Word file, and no text that breaks either."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from governance.documents.clean import clean
from governance.documents.content import Block, Document, Heading, Listing, Paragraph, Quote, Table
from governance.documents.docx import to_docx
from governance.documents.pdf import to_pdf
from governance.documents.text import markdown_blocks, plain_blocks, shortened
from tests.governance.docx_text import blocks
from tests.monitoring.pdf_text import page_texts, pdf_text, squeezed
from tests.pdf_check import failures
from tests.scale import by_turns

BLOCKS: tuple[Block, ...] = (
    Heading("Tagesordnung"),
    Table("Öffentlicher Teil", ("TOP", "Titel"), (("1", "Begrüßung"), ("2", "Netz"))),
    Heading("TOP 1: Begrüßung", 2),
    Paragraph("Erste Zeile\nZweite Zeile"),
    Paragraph("12.000,00 €", "Kosten"),
    Quote("Das Netz wird ausgebaut."),
    Listing(("Sensor", "Gateway")),
    Listing(("zuerst", "danach"), is_ordered=True),
    Table("Abstimmung", ("Ja", "Nein"), (("", ""),)),
)


def document(*blocks: Block, **values: Any) -> Document:
    defaults: dict[str, Any] = {
        "title": "Niederschrift",
        "subtitle": "3. Sitzung",
        "author": "Koordinierungsstelle",
        "moment": datetime(2026, 3, 12, 9, 30, 5, 123456, tzinfo=UTC),
        "edition": "öffentliche Fassung",
        "facts": (("Gremium", "Lenkungskreis"),),
    }
    return Document(**{**defaults, **values}, blocks=blocks)


@pytest.mark.parametrize("parts", [(), BLOCKS, BLOCKS * 40])
def test_the_pdf_is_pdf_ua_1_and_pdf_a_2a(parts: tuple[Block, ...]) -> None:
    assert failures(to_pdf(document(*parts, mark="Entwurf", notice="Beispieldaten."))) == {
        "ua1": [],
        "2a": [],
    }


def test_the_validator_rejects_the_file_when_its_language_is_taken_away() -> None:
    """Negative control of the test above."""
    with pikepdf.open(io.BytesIO(to_pdf(document(*BLOCKS)))) as opened:
        del opened.Root.Lang
        broken = io.BytesIO()
        opened.save(broken)

    assert failures(broken.getvalue())["ua1"] != []


def test_the_pdf_holds_every_text_in_order() -> None:
    text = pdf_text(to_pdf(document(*BLOCKS)))
    words = ["Tagesordnung", "ÖffentlicherTeil", "Begrüßung", "ErsteZeile", "Kosten:12.000,00€", "Gateway"]

    places = [text.index(word) for word in words]

    assert places == sorted(places)


def test_the_pdf_tags_headings_lists_tables_and_quotes() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(document(*BLOCKS)))) as opened:
        tags = [
            str(item.get("/S"))
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and "/S" in item and "/P" in item
        ]

    assert {"/H1", "/H2", "/L", "/LI", "/Table", "/TH", "/TD", "/BlockQuote"} <= set(tags)


def test_the_word_file_holds_the_same_blocks_with_real_styles() -> None:
    assert blocks(to_docx(document(*BLOCKS))) == [
        ("Title", "Niederschrift"),
        ("Subtitle", "3. Sitzung"),
        ("Normal", "Gremium: Lenkungskreis"),
        ("Heading 1", "Tagesordnung"),
        ("Caption", "Öffentlicher Teil"),
        ("table", [["TOP", "Titel"], ["1", "Begrüßung"], ["2", "Netz"]]),
        ("Heading 2", "TOP 1: Begrüßung"),
        ("Normal", "Erste Zeile\nZweite Zeile"),
        ("Normal", "Kosten: 12.000,00 €"),
        ("Quote", "Das Netz wird ausgebaut."),
        ("List Bullet", "Sensor"),
        ("List Bullet", "Gateway"),
        ("List Number", "zuerst"),
        ("List Number", "danach"),
        ("Caption", "Abstimmung"),
        ("table", [["Ja", "Nein"], ["", ""]]),
    ]


def test_the_word_file_is_accessible() -> None:
    """Title and language, header rows that repeat and are told, a name for each table."""
    word = docx.Document(io.BytesIO(to_docx(document(*BLOCKS))))
    language = word.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    tables = [
        (
            [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows],
            table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")),
        )
        for table in word.tables
    ]

    assert (word.core_properties.title, word.core_properties.language) == (
        "Niederschrift: 3. Sitzung",
        "de-DE",
    )
    assert language is not None
    assert language.get(qn("w:val")) == "de-DE"
    assert tables == [([True, False, False], "Öffentlicher Teil"), ([True, False], "Abstimmung")]


def test_each_numbered_list_begins_with_one() -> None:
    ordered = Listing(("a", "b"), is_ordered=True)
    word = docx.Document(io.BytesIO(to_docx(document(ordered, Paragraph("x"), ordered))))

    numbers = [
        paragraph._p.pPr.numPr.numId.val
        for paragraph in word.paragraphs
        if paragraph.style.name == "List Number"
    ]

    assert numbers[0] == numbers[1]
    assert numbers[2] == numbers[3]
    assert numbers[0] != numbers[2]


@pytest.mark.parametrize("mark", ["Entwurf", ""])
def test_a_mark_stands_on_every_page(mark: str) -> None:
    marked = document(*BLOCKS * 30, mark=mark)
    pages = ["Entwurf" in text for text in page_texts(to_pdf(marked))]
    header = docx.Document(io.BytesIO(to_docx(marked))).sections[0].header

    assert len(pages) > 5
    assert pages == [bool(mark)] * len(pages)
    assert ("Entwurf" in header.paragraphs[0].text) == bool(mark)


def test_the_same_document_gives_the_same_bytes() -> None:
    one, other = (document(*BLOCKS, subtitle="Gleich") for _ in range(2))

    for write in (to_pdf.__wrapped__, to_docx.__wrapped__):
        assert write(one) == write(other)


HOSTILE = [
    "W" * 4000,
    "a\u0301\u0327\u200d\u202e\u0000\u001b\ue000\ufffe\ufeff",
    "👩‍👩‍👧‍👦🏳️‍🌈 漢字 العربية עברית हिन्दी",
    '#panic("x") *fett* $x^2$ <w:t>a</w:t> ]]> &amp; \\ // @ziel',
    "\n" * 500,
    "   ",
]


def with_text_everywhere(text: str) -> Document:
    """What is printed on each page is as long as the database lets it be."""
    short = text[:200]
    return document(
        Heading(text),
        Paragraph(text, text),
        Quote(text),
        Listing((text, text)),
        Listing((text,), is_ordered=True),
        Table(text or "x", (text, "b"), ((text, text), ("", ""))),
        title=short,
        subtitle=short,
        author=short,
        edition=short,
        facts=((text, text),),
        mark=short,
        notice=text,
    )


@pytest.mark.parametrize("text", by_turns(HOSTILE, of=3))
def test_extreme_texts_still_give_conforming_files(text: str) -> None:
    hostile = with_text_everywhere(text)

    assert failures(to_pdf(hostile)) == {"ua1": [], "2a": []}
    assert len(docx.Document(io.BytesIO(to_docx(hostile))).tables) == 1


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_text_breaks_a_writer(text: str) -> None:
    hostile = with_text_everywhere(text)

    assert to_pdf(hostile).startswith(b"%PDF-")
    assert docx.Document(io.BytesIO(to_docx(hostile))).paragraphs


def test_a_word_file_hides_nothing_and_keeps_emoji() -> None:
    assert clean("Ja\u202enieN\u0000 👩‍👧") == "Ja nieN  👩‍👧"


def test_markup_is_printed_and_not_obeyed() -> None:
    text = '#panic("x") *fett* <w:t>'

    assert squeezed(text) in pdf_text(to_pdf(document(Paragraph(text))))
    assert ("Normal", text) in blocks(to_docx(document(Paragraph(text))))


def test_markdown_becomes_blocks_without_marks() -> None:
    text = "# Lage\nEin **fetter** [Verweis](https://example.org/)\n\n- a\n- b\n\n"
    text += "1. eins\n2. zwei\n\n> Zitat\n\n`x`"

    assert markdown_blocks(text, below=2) == [
        Heading("Lage", 3),
        Paragraph("Ein fetter Verweis (https://example.org/)"),
        Listing(("a", "b")),
        Listing(("eins", "zwei"), is_ordered=True),
        Quote("Zitat"),
        Paragraph("x"),
    ]


def test_plain_text_becomes_paragraphs() -> None:
    assert plain_blocks("a\r\nb\r\n\r\n\r\nc") == [Paragraph("a\nb"), Paragraph("c")]


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [("kurz", 10, "kurz"), ("eins\n\nzwei drei", 8, "eins"), ("ein langes Wort", 8, "ein …")],
)
def test_a_text_is_shortened_at_its_last_paragraph(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short


@pytest.mark.skipif(not shutil.which("soffice"), reason="soffice (LibreOffice) is not on the PATH")
def test_libreoffice_opens_the_word_file_and_keeps_headings_and_tables(tmp_path: Path) -> None:
    """Through a text document of its own and back. The head line of the suite says whether this could run."""
    source = tmp_path / "a.docx"
    source.write_bytes(to_docx(document(*BLOCKS)))
    before = headings_and_tables(source)
    for target in ("odt", "docx"):
        folder = tmp_path / target
        command = ["soffice", "--headless", "--convert-to", target, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        source = folder / f"a.{target}"

    assert headings_and_tables(source) == before
    assert [len(found) for found in before] == [2, 2]


def headings_and_tables(path: Path) -> tuple[list[tuple[str, str]], list[list[list[str]]]]:
    word = docx.Document(str(path))
    headings = [
        (each.style.name, each.text) for each in word.paragraphs if each.style.name.startswith("Head")
    ]
    return headings, [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
