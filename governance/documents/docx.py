"""A document as an accessible Word file: real headings, lists and tables, language and title."""

import io
import zipfile
from copy import deepcopy
from datetime import UTC
from functools import lru_cache
from typing import Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml import etree

from governance.documents import docx_markup as markup
from governance.documents.clean import clean
from governance.documents.content import Block, Document, Heading, Listing, Paragraph, Quote, Table

LANGUAGE: Final = "de-DE"
FONT: Final = "Arial"
BRAND, RED = RGBColor(0x12, 0x38, 0x6B), RGBColor(0xA3, 0x16, 0x1E)
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Of a ZIP file's calendar."""


@lru_cache(maxsize=16)
def to_docx(document: Document) -> bytes:
    return write_docx(document)


def write_docx(document: Document) -> bytes:
    """The same document gives the same bytes."""
    word = docx.Document()
    _set_properties(word, document)
    _set_styles(word)
    _set_page(word, document)
    _hyphenate(word)
    _write_body(word, document)
    target = io.BytesIO()
    word.save(target)
    return _without_clock(target.getvalue())


def _set_properties(word: Any, document: Document) -> None:
    core = word.core_properties
    core.title = " ".join(clean(f"{document.title}: {document.subtitle}").split())[:255]
    core.author = core.last_modified_by = clean(document.author)[:255]
    core.language, core.comments, core.keywords = LANGUAGE, "", clean(document.keywords)[:255]
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
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(12), Pt(4)
    word.styles["Header"].font.size = word.styles["Footer"].font.size = Pt(9)
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
    section.left_margin = section.right_margin = markup.EDGE
    section.top_margin = Mm(29)
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


def _hyphenate(word: Any) -> None:
    """So that a long German word in a narrow column breaks where it may."""
    word.settings.element.find(qn("w:defaultTabStop")).addnext(OxmlElement("w:autoHyphenation"))


def _add_field(paragraph: Any, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _write_body(word: Any, document: Document) -> None:
    cover = [Paragraph(value, label) for label, value in document.facts]
    parts = [markup.styled("Title", document.title), markup.styled("Subtitle", document.subtitle)]
    parts += (markup.paragraph(block) for block in cover)
    if document.notice:
        parts.append(markup.styled("IntenseQuote", document.notice))
    parts += (_markup(word, block) for block in document.blocks)
    parts.append(_xml(word.element.body.sectPr))
    body = parse_xml(f"<w:body {nsdecls('w', 'r')}>{''.join(parts)}</w:body>")
    word.element.replace(word.element.body, body)


def _markup(word: Any, block: Block) -> str:
    match block:
        case Heading():
            return markup.heading(block)
        case Paragraph():
            return markup.paragraph(block)
        case Quote():
            return markup.quote(block)
        case Listing():
            return markup.listing(block, _new_numbering(word) if block.is_ordered else None)
        case Table() if block.is_wide:
            upright, on_its_side = _page_ends(word)
            return f"{upright}{markup.table(block)}{on_its_side}"
        case Table():
            return markup.table(block)


def _page_ends(word: Any) -> tuple[str, str]:
    """What ends the pages before: those that stand upright, and those on their side."""
    upright = word.sections[0]._sectPr
    on_its_side = deepcopy(upright)
    size = on_its_side.pgSz
    size.orient, size.w, size.h = WD_ORIENT.LANDSCAPE, size.h, size.w
    before, after = (f"<w:p><w:pPr>{_xml(end)}</w:pPr></w:p>" for end in (upright, on_its_side))
    return before, after


def _xml(element: Any) -> str:
    return str(etree.tostring(element, encoding="unicode"))


def _new_numbering(word: Any) -> int:
    """A numbering like that of the style, which begins with 1."""
    definitions = word.part.numbering_part.element
    own = word.styles["List Number"].element.pPr.numPr.numId.val
    abstract = definitions.num_having_numId(own).abstractNumId.val
    added = definitions.add_num(abstract)
    added.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(added.numId)


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
