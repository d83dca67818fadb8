"""Blocks as the markup of a Word file, written at once: python-docx takes seconds for some thousand cells."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from docx.shared import Length, Mm

from governance.documents.clean import clean
from governance.documents.content import Heading, Listing, Paragraph, Quote, Table
from smartregion.base.rich_text import Span, Spans

EDGE: Final = Mm(22)
TEXT_WIDTH: Final = Mm(210 - 2 * 22)
WIDE_WIDTH: Final = Mm(297 - 2 * 22)
HAND_WRITING: Final = '<w:trHeight w:val="567" w:hRule="atLeast"/>'
"""A centimetre of space in a row of empty texts."""
CROWDED: Final = 6
"""With more columns than these, a table's letters and the room beside them are smaller."""
BOLD: Final = "<w:b/>"
ITALIC: Final = "<w:i/>"
LINK: Final = '<w:color w:val="12386B"/><w:u w:val="single"/>'
SMALL: Final = '<w:sz w:val="17"/><w:szCs w:val="17"/>'
FLUSH_RIGHT: Final = '<w:jc w:val="right"/>'
NARROW: Final = '<w:tblCellMar><w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/></w:tblCellMar>'


def heading(block: Heading) -> str:
    return styled(f"Heading{block.level}", block.text.strip() or "–")


def paragraph(block: Paragraph) -> str:
    label = _runs(f"{block.label}: ", BOLD) if block.label else ""
    return f"<w:p>{label}{_rich(block.spans) or _runs(block.text)}</w:p>"


def quote(block: Quote) -> str:
    return styled("Quote", block.text)


def listing(block: Listing, number: int | None) -> str:
    """The items; `number` is that of the numbering, for an ordered list."""
    items = [_rich(spans) for spans in block.spans] or [_runs(item) for item in block.items]
    if number is None:
        return "".join(_paragraph("ListBullet", runs) for runs in items)
    numbering = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    return "".join(_paragraph("ListNumber", runs, numbering) for runs in items)


def styled(style: str, text: str, properties: str = "") -> str:
    return _paragraph(style, _runs(text), properties)


def _paragraph(style: str, runs: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>'


def table(block: Table) -> str:
    """Caption and `w:tbl`: borders, a header that repeats, a caption that a screen reader tells."""
    width: Length = WIDE_WIDTH if block.is_wide else TEXT_WIDTH
    widths = [round(width.pt * 20) * share // sum(block.shares) for share in block.shares]
    is_crowded = len(widths) > CROWDED
    style = SMALL if is_crowded else ""
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in widths)
    head = _row(block.header, widths, block, "<w:tblHeader/>", BOLD + style)
    rows = "".join(
        _row(texts, widths, block, "" if any(texts) else HAND_WRITING, style) for texts in block.rows
    )
    return styled("Caption", block.caption) + (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'{NARROW if is_crowded else ""}<w:tblLook w:val="0020" w:firstRow="1"/>'
        f"<w:tblCaption w:val={quoteattr(clean(block.caption))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>"
    )


def _row(texts: Sequence[str], widths: Sequence[int], block: Table, properties: str, style: str) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"<w:p>{f'<w:pPr>{FLUSH_RIGHT}</w:pPr>' if place in block.numeric else ''}"
        f"{_runs(text, style)}</w:p></w:tc>"
        for place, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{properties}</w:trPr>{cells}</w:tr>"


def _runs(text: str, style: str = "") -> str:
    if not text:
        return ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in clean(text).split("\n")
    )
    return f"<w:r><w:rPr>{style}</w:rPr>{lines}</w:r>" if style else f"<w:r>{lines}</w:r>"


def _rich(spans: Spans) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    style = (BOLD if span.is_bold else "") + (ITALIC if span.is_italic else "")
    if not span.url:
        return _runs(span.text, style)
    target = quoteattr(f'HYPERLINK "{clean(span.url).replace(chr(34), "%22")}"')
    return f"<w:fldSimple w:instr={target}>{_runs(span.text, style + LINK)}</w:fldSimple>"
