"""Reads a tagged PDF's tables and paragraphs back by its structure, as a screen reader does."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator

import pikepdf

from tests.monitoring.pdf_text import decoded, to_unicode

Element = pikepdf.Object
Texts = dict[tuple[int, int], str]
PARAGRAPHS = ("/P", "/H1", "/H2", "/H3", "/LBody", "/Div")


def tables(data: bytes) -> list[list[list[str]]]:
    """Every table's rows of cells, the header first, in the order of reading."""
    with pikepdf.open(io.BytesIO(data)) as document:
        texts = _texts(document)
        found = [element for element in _walk(document.Root.StructTreeRoot) if _kind(element) == "/Table"]
        return [
            [
                [_text(cell, texts) for cell in _walk(row) if _kind(cell) in ("/TH", "/TD")]
                for row in _walk(table)
                if _kind(row) == "/TR"
            ]
            for table in found
        ]


def headings_and_texts(data: bytes) -> list[tuple[str, str]]:
    """Each heading and paragraph with its kind, in the order of reading."""
    with pikepdf.open(io.BytesIO(data)) as document:
        texts = _texts(document)
        return [
            (_kind(element)[1:], _text(element, texts))
            for element in _walk(document.Root.StructTreeRoot)
            if _kind(element) in PARAGRAPHS
        ]


def heading_pages(data: bytes, kind: str) -> list[int]:
    """The page of each heading of that kind, the first being 0, in the order of reading."""
    with pikepdf.open(io.BytesIO(data)) as document:
        places = {page.obj.objgen: place for place, page in enumerate(document.pages)}
        found = (element for element in _walk(document.Root.StructTreeRoot) if _kind(element) == f"/{kind}")
        return [places[_page(element).objgen] for element in found]


def _page(element: Element) -> Element:
    """Where it stands, or the first of its parts."""
    if "/Pg" in element:
        return element.Pg
    return next(_page(kid) for kid in _kids(element) if isinstance(kid, pikepdf.Dictionary))


def _kind(element: Element) -> str:
    return str(element.get("/S", ""))


def _kids(element: Element) -> list[Element]:
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _walk(element: Element) -> Iterator[Element]:
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _walk(kid)


def _text(element: Element, texts: Texts, page: int | None = None) -> str:
    if "/Pg" in element:
        page = element.Pg.objgen[0]
    parts = []
    for kid in _kids(element):
        if isinstance(kid, int):
            parts.append(texts.get((page or 0, kid), ""))
        elif isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
            number = kid.Pg.objgen[0] if "/Pg" in kid else page
            parts.append(texts.get((number or 0, int(kid.MCID)), ""))
        elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            parts.append(_text(kid, texts, page))
    return re.sub(r"\s+", " ", " ".join(parts)).strip()


def _texts(document: pikepdf.Pdf) -> Texts:
    """The text of each piece of marked content, by page and number."""
    texts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for page in document.pages:
        _read_page(page, texts)
    return {key: " ".join(parts) for key, parts in texts.items()}


def _read_page(page: pikepdf.Page, texts: dict[tuple[int, int], list[str]]) -> None:
    number, fonts = page.obj.objgen[0], {}
    table: dict[int, str] = {}
    marks: list[int | None] = []
    for instruction in pikepdf.parse_content_stream(page.obj):
        operands = instruction.operands
        match str(instruction.operator):
            case "BDC":
                properties = operands[1]
                has_number = isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties
                marks.append(int(properties.MCID) if has_number else None)
            case "BMC":
                marks.append(None)
            case "EMC":
                marks.pop()
            case "Tf":
                name = str(operands[0])
                if name not in fonts:
                    fonts[name] = to_unicode(page.resources.Font[name])
                table = fonts[name]
            case "Tj" | "TJ":
                strings = operands[0] if str(instruction.operator) == "TJ" else operands
                shown = "".join(
                    decoded(bytes(item), table) for item in strings if isinstance(item, pikepdf.String)
                )
                mark = next((mark for mark in reversed(marks) if mark is not None), None)
                if mark is not None:
                    texts[number, mark].append(shown.replace("\u00ad", "-"))
