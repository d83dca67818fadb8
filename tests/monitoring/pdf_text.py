"""Reads a PDF's text back, independently of Typst: glyph codes through each font's ToUnicode table."""

import io
import re

import pikepdf


def pdf_text(data: bytes) -> str:
    """Return all pages' text without white space and hyphens, which line breaks take away and add."""
    return "".join(page_texts(data))


def page_texts(data: bytes) -> list[str]:
    """Return each page's text in the same way."""
    with pikepdf.open(io.BytesIO(data)) as document:
        return [squeezed(_stream_text(page.obj, page.resources)) for page in document.pages]


def squeezed(text: str) -> str:
    """Return the text as `pdf_text` would give it."""
    return re.sub(r"[\s\u200b\u00ad-]", "", text)


def _stream_text(stream: pikepdf.Object, resources: pikepdf.Object) -> str:
    tables: dict[str, dict[int, str]] = {}
    parts: list[str] = []
    table: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(stream):
        operands = instruction.operands
        match str(instruction.operator):
            case "Tf":
                name = str(operands[0])
                table = tables.setdefault(name, to_unicode(resources.Font[name]))
            case "Tj":
                parts.append(decoded(bytes(operands[0]), table))
            case "TJ":
                strings = [bytes(item) for item in operands[0] if isinstance(item, pikepdf.String)]
                parts.append("".join(decoded(item, table) for item in strings))
            case "Do" if (form := resources.XObject[str(operands[0])]).Subtype == "/Form":
                parts.append(_stream_text(form, form.get("/Resources", resources)))
    return "".join(parts)


def decoded(codes: bytes, table: dict[int, str]) -> str:
    return "".join(table[int.from_bytes(codes[at : at + 2])] for at in range(0, len(codes), 2))


def to_unicode(font: pikepdf.Object) -> dict[int, str]:
    """Return glyph code → text from the `bfchar` and `bfrange` lines of its table (ISO 32000-1, 9.10.3)."""
    source = font.ToUnicode.read_bytes().decode("ascii")
    table: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w*)>", block):
            table[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int(text, 16)
            for offset, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                table[code] = chr(start + offset)
    return table
