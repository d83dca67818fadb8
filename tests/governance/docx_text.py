"""Reads a Word file back, with python-docx and part by part."""

import io
import re
import zipfile
from typing import Any

import docx
from docx.table import Table


def blocks(data: bytes) -> list[tuple[str, Any]]:
    """Style and text of each paragraph of the body, and of each table its cells row by row."""
    found: list[tuple[str, Any]] = []
    for part in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(part, Table):
            found.append(("table", [[cell.text for cell in row.cells] for row in part.rows]))
        else:
            found.append((str(part.style.name if part.style else ""), part.text))
    return found


def whole_text(data: bytes) -> str:
    """Every text of every part of the package: body, header, footer, properties."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [
            package.read(name).decode() for name in package.namelist() if name.endswith((".xml", ".rels"))
        ]
    return re.sub(r"<[^>]*>", "", "\n".join(parts))
