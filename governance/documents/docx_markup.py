"""Blocks as the markup of a Word file, written at once: python-docx takes seconds for some thousand cells."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from docx.shared import Length, Mm

from governance.documents.clean import clean
from governance.documents.content import Heading, Listing, Paragraph, Quote, Table
from governance.documents.widths import fitted
from smartregion.base.rich_text import Span, Spans

EDGE: Final = Mm(22)
TEXT_WIDTH: Final = Mm(210 - 2 * 22)
WIDE_WIDTH: Final = Mm(297 - 2 * 22)
HAND_WRITING: Final = '<w:trHeight w:val="567" w:hRule="atLeast"/>'
"""A centimetre of space in a row of empty texts."""
CROWDED: Final = 6
"""With more columns than these, a table's letters and the room beside them are smaller."""
BOLD: Final = "<w:b/>"
SHORT: Final = 12
"""Rows that stay on one page."""
WITH_NEXT: Final = "<w:keepNext/>"
ITALIC: Final = "<w:i/>"
LINK: Final = '<w:color w:val="12386B"/><w:u w:val="single"/>'
FLUSH_RIGHT: Final = '<w:jc w:val="right"/>'
CLOSE: Final = '<w:spacing w:before="40" w:after="40"/>'
SHADE: Final = '<w:shd w:val="clear" w:color="auto" w:fill="F1F4F9"/>'
HAIRLINES: Final = (
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A6AFBF"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders>"
)
TWENTIETHS: Final = 20
"""Of a point: the unit of a table's measures."""


def heading(block: Heading) -> str:
    properties = "<w:pageBreakBefore/>" if block.begins_page else ""
    return styled(f"Heading{block.level}", block.text.strip() or "–", properties)


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
    widths = table_widths(block)
    size, edge = _density(block)
    style = f'<w:sz w:val="{round(2 * size)}"/><w:szCs w:val="{round(2 * size)}"/>'
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in widths)
    caption = "" if block.is_under_heading else styled("Caption", block.caption)
    return caption + (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>{HAIRLINES}<w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{edge}" w:type="dxa"/>'
        f'<w:right w:w="{edge}" w:type="dxa"/></w:tblCellMar><w:tblLook w:val="0020" w:firstRow="1"/>'
        f"<w:tblCaption w:val={quoteattr(clean(block.caption))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{_rows(block, widths, style)}</w:tbl>"
    )


def table_widths(block: Table) -> list[int]:
    """Of its columns, in twentieths of a point."""
    width: Length = WIDE_WIDTH if block.is_wide else TEXT_WIDTH
    size, edge = _density(block)
    total = round(width.pt * TWENTIETHS)
    columns = list(zip(block.header, *block.rows, strict=True))
    return fitted(columns, block.shares, total, letter=size * TWENTIETHS, edge=2 * edge)


def _density(block: Table) -> tuple[float, int]:
    """The size of its letters in points, and the room beside them."""
    return (8.5, 45) if len(block.header) > CROWDED else (10, 80)


def _rows(block: Table, widths: Sequence[int], style: str) -> str:
    """A short table stays on one page: each of its rows goes with the next one."""
    frames = [(width, FLUSH_RIGHT if place in block.numeric else "") for place, width in enumerate(widths)]
    head = _row(block.header, frames, BOLD + style, row="<w:tblHeader/>", cell=SHADE, paragraph=WITH_NEXT)
    count = len(block.rows)
    with_next = WITH_NEXT if count <= SHORT else ""
    return head + "".join(
        _row(
            texts,
            frames,
            style,
            row="" if any(texts) else HAND_WRITING,
            paragraph=with_next if number < count else "",
        )
        for number, texts in enumerate(block.rows, start=1)
    )


def _row(
    texts: Sequence[str],
    frames: Sequence[tuple[int, str]],
    style: str,
    *,
    row: str = "",
    cell: str = "",
    paragraph: str = "",
) -> str:
    """The texts in columns of these widths and alignments; the last three are further properties of each."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{cell}</w:tcPr>'
        f"<w:p><w:pPr>{paragraph}{CLOSE}{alignment}</w:pPr>{_runs(text, style)}</w:p></w:tc>"
        for text, (width, alignment) in zip(texts, frames, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{row}</w:trPr>{cells}</w:tr>"


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
