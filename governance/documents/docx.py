"""A document as an accessible Word file: real headings, lists and tables, language and title."""

import io
import unicodedata
import zipfile
from datetime import UTC
from functools import lru_cache
from typing import Any, Final

import docx
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from governance.documents.content import Block, Document, Heading, Listing, Paragraph, Quote, Table

LANGUAGE: Final = "de-DE"
FONT: Final = "Arial"
BRAND, RED = RGBColor(0x12, 0x38, 0x6B), RGBColor(0xA3, 0x16, 0x1E)
EDGE: Final = Mm(22)
TEXT_WIDTH: Final = Mm(210) - 2 * EDGE
JOINER: Final = "\u200d"
HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Of a ZIP file's calendar."""


@lru_cache(maxsize=16)
def to_docx(document: Document) -> bytes:
    """The same document gives the same bytes."""
    word = docx.Document()
    _set_properties(word, document)
    _set_styles(word)
    _set_page(word, document)
    _write_cover(word, document)
    for block in document.blocks:
        _write(word, block)
    target = io.BytesIO()
    word.save(target)
    return _without_clock(target.getvalue())


def clean(text: str) -> str:
    """Without characters that XML forbids or nobody sees, such as those that turn the direction round."""
    return "".join(
        " " if unicodedata.category(char) in HIDDEN and char not in {"\n", JOINER} else char
        for char in text.replace("\r\n", "\n")
    )


def _set_properties(word: Any, document: Document) -> None:
    core = word.core_properties
    core.title = clean(f"{document.title}: {document.subtitle}")[:255]
    core.author = core.last_modified_by = clean(document.author)[:255]
    core.language, core.comments, core.keywords = LANGUAGE, "", ""
    core.subject = clean(document.edition)[:255]
    core.created = core.modified = document.moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _set_styles(word: Any) -> None:
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = defaults.find(qn("w:lang"))
    language.set(qn("w:val"), LANGUAGE)
    for style in word.styles:
        if isinstance(style, ParagraphStyle):
            _set_font(style)
    normal = word.styles["Normal"]
    normal.font.size = Pt(11)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(5)
    for name, size in {
        "Title": 26,
        "Heading 1": 16,
        "Heading 2": 13,
        "Heading 3": 12,
        "Heading 4": 11,
    }.items():
        word.styles[name].font.size = Pt(size)
        word.styles[name].font.color.rgb = BRAND
        word.styles[name].font.italic = False
    caption = word.styles["Caption"]
    caption.font.size, caption.font.color.rgb = Pt(10), BRAND
    caption.paragraph_format.keep_with_next = True
    for name in ("Subtitle", "Intense Quote"):
        word.styles[name].font.color.rgb = BRAND
    word.styles["Quote"].font.italic = False
    word.styles["Quote"].paragraph_format.left_indent = Mm(8)


def _set_font(style: ParagraphStyle) -> None:
    """One font for all, also where the theme names another one."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def _set_page(word: Any, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = EDGE
    header = section.header.paragraphs[0]
    header.text = clean(f"{document.title} · {document.subtitle}")
    if document.mark:
        run = header.add_run(f"\n{clean(document.mark)}")
        run.bold, run.font.color.rgb = True, RED
    footer = section.footer.paragraphs[0]
    footer.text = f"{clean(document.edition)} · Seite "
    _add_field(footer, "PAGE")
    footer.add_run(" von ")
    _add_field(footer, "NUMPAGES")


def _add_field(paragraph: Any, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _write_cover(word: Any, document: Document) -> None:
    word.add_paragraph(clean(document.title), style="Title")
    word.add_paragraph(clean(document.subtitle), style="Subtitle")
    for label, value in document.facts:
        _write_labelled(word, label, value)
    if document.notice:
        word.add_paragraph(clean(document.notice), style="Intense Quote")


def _write(word: Any, block: Block) -> None:
    match block:
        case Heading():
            word.add_heading(clean(block.text).strip() or "–", level=block.level)
        case Paragraph():
            _write_labelled(word, block.label, block.text)
        case Quote():
            word.add_paragraph(clean(block.text), style="Quote")
        case Listing():
            _write_list(word, block)
        case Table():
            _write_table(word, block)


def _write_labelled(word: Any, label: str, text: str) -> None:
    paragraph = word.add_paragraph()
    if label:
        paragraph.add_run(f"{clean(label)}: ").bold = True
    paragraph.add_run(clean(text))


def _write_list(word: Any, block: Listing) -> None:
    if not block.is_ordered:
        for item in block.items:
            word.add_paragraph(clean(item), style="List Bullet")
        return
    number = _new_numbering(word)
    for item in block.items:
        properties = word.add_paragraph(clean(item), style="List Number")._p.get_or_add_pPr()
        numbered = properties.get_or_add_numPr()
        numbered.get_or_add_ilvl().val = 0
        numbered.get_or_add_numId().val = number


def _new_numbering(word: Any) -> int:
    """A numbering like that of the style, which begins with 1."""
    definitions = word.part.numbering_part.element
    own = word.styles["List Number"].element.pPr.numPr.numId.val
    abstract = definitions.num_having_numId(own).abstractNumId.val
    added = definitions.add_num(abstract)
    added.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(added.numId)


def _write_table(word: Any, block: Table) -> None:
    word.add_paragraph(clean(block.caption), style="Caption")
    table = word.add_table(rows=1 + len(block.rows), cols=len(block.header), style="Table Grid")
    table.autofit = False
    _describe(table, block.caption)
    for row, texts in zip(table.rows, (block.header, *block.rows), strict=True):
        if not any(texts):
            row.height, row.height_rule = Mm(10), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, text in zip(row.cells, texts, strict=True):
            cell.paragraphs[0].text = clean(text)
    _repeat_header(table.rows[0])
    for column, share in zip(table.columns, block.shares, strict=True):
        for cell in column.cells:
            cell.width = TEXT_WIDTH * share // sum(block.shares)


def _describe(table: Any, caption: str) -> None:
    """The words that a screen reader says when it comes to the table."""
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), clean(caption))
    table._tbl.tblPr.append(described)


def _repeat_header(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True


def _without_clock(package: bytes) -> bytes:
    """The same package, each part dated alike, so that equal documents are equal files."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in source.namelist():
            packed.writestr(zipfile.ZipInfo(name, FIRST_DAY), source.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
