"""Reads spreadsheets that somebody uploaded, each in a process of its own with little memory and time.

Run as a script by `smartregion.base.tables`, without Django or any of our code. A request is a file, an
answer is JSON, both after their length in 8 bytes. What goes wrong is told by a code; the caller has words.
"""

import csv
import io
import json
import os
import re
import resource
import signal
import sys
import zlib
from collections.abc import Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from python_calamine import CalamineWorkbook, SheetTypeEnum

MEMORY: Final = 512 * 2**20
SECONDS: Final = 4
LONGEST_ANSWER: Final = 12 * 2**20
MOST_UNPACKED: Final = 64 * 2**20
MOST_ENTRIES: Final = 1_000
MOST_SHEETS: Final = 50
MOST_ROWS: Final = 25_000
MOST_COLUMNS: Final = 200
PIECE: Final = 2**18
SEPARATORS: Final = ";\t,"
MACROS: Final = re.compile(r"(vbaproject\.bin|(^|/)(basic|scripts)/.+)$", re.IGNORECASE)
UNKNOWN_ENTITIES: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
XLSX_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
XLSX_PLACE: Final = re.compile(rb'\br="([A-Z]+[0-9]+)"')
XLSX_VALUE: Final = re.compile(rb"<(?:\w+:)?v>[^<]")
ODS_FORMULA: Final = re.compile(rb"<table:table-cell[^>]*table:formula=[^>]*>")


class Refused(Exception):
    """The file is not read; the code says why, the rest what the message names."""

    def __init__(self, code: str, **named: Any) -> None:
        super().__init__(code)
        self.answer = {"error": code, **named}


def serve() -> None:
    """Answer one request after another until the caller goes away."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while length := requests.read(8):
        answer = answer_to(requests.read(int.from_bytes(length)))
        answers.write(len(answer).to_bytes(8) + answer)
        answers.flush()


def answer_to(data: bytes) -> bytes:
    """The answer of a process that may die over the file without harm."""
    with TemporaryFile() as answer:
        child = os.fork()
        if not child:
            os._exit(_work(data, answer))
        _child, status = os.waitpid(child, 0)
        if status == 0:
            answer.seek(0)
            return answer.read()
    late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGALRM, signal.SIGXCPU}
    return json.dumps({"error": "slow" if late else "large"}).encode()


def _work(data: bytes, answer: Any) -> int:
    """The exit code: 0 if an answer was written."""
    signal.alarm(SECONDS)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LONGEST_ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        found: dict[str, Any] = {"sheets": [{"name": name, "rows": rows} for name, rows in sheets_in(data)]}
    except Refused as refusal:
        found = refusal.answer
    except MemoryError:
        return 1
    except BaseException:  # a library's panic is no Exception
        found = {"error": "broken"}
    try:
        answer.write(json.dumps(found, default=_dated).encode())
        answer.flush()
    except (OSError, MemoryError):
        return 1
    return 0


def _dated(value: Any) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else str(value)


def sheets_in(data: bytes) -> Iterator[tuple[str, list[list[Any]]]]:
    """Each sheet's name and rows; row 1 of the sheet comes first, and no row ends in empty cells.

    Raises:
        Refused: this is no table that could be read, or a dangerous one.
    """
    if not data.strip():
        raise Refused("empty")
    if data.startswith(b"%PDF"):
        raise Refused("pdf")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("old")
    if not data.startswith(b"PK"):
        yield "CSV", csv_rows(data)
        return
    check_archive(data)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    tables = [each.name for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    if len(tables) > MOST_SHEETS:
        raise Refused("sheets", most=MOST_SHEETS)
    budget = MOST_ROWS
    for name in tables:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height > budget:
            raise Refused("rows", most=MOST_ROWS, sheet=name)
        if sheet.total_width > MOST_COLUMNS:
            raise Refused("columns", most=MOST_COLUMNS, sheet=name)
        budget -= sheet.total_height
        yield name, without_empty_ends(sheet.to_python(skip_empty_area=False))


def without_empty_ends(rows: list[list[Any]]) -> list[list[Any]]:
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def csv_rows(data: bytes) -> list[list[Any]]:
    text = decoded(data)
    csv.field_size_limit(100_000)
    head = text.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise Refused("rows", most=MOST_ROWS, sheet="CSV")
            if len(row) > MOST_COLUMNS:
                raise Refused("columns", most=MOST_COLUMNS, sheet="CSV")
    except csv.Error:
        raise Refused("broken") from None
    return without_empty_ends(rows)


def decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what an older German Windows writes."""
    is_marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if is_marked else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise Refused("no_table")


def check_archive(data: bytes) -> None:
    """Unpack every entry once, in pieces and without believing the sizes that the archive states.

    Raises:
        Refused: it is broken, too large, or holds what a table of values does not need.
    """
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except Exception:
        raise Refused("broken") from None
    if len(entries) > MOST_ENTRIES:
        raise Refused("entries", most=MOST_ENTRIES)
    names = {entry.filename for entry in entries}
    if any(MACROS.search(name) for name in names):
        raise Refused("macros")
    if not {"xl/workbook.xml", "content.xml"} & names:
        raise Refused("no_table")
    left = MOST_UNPACKED
    for entry in entries:
        content = b"".join(unpacked(data, entry, left))
        left -= len(content)
        if entry.filename.lower().endswith((".xml", ".rels")):
            check_part(entry.filename, content)


def unpacked(data: bytes, entry: ZipInfo, left: int) -> Iterator[bytes]:
    start = entry.header_offset
    head = data[start : start + 30]
    if entry.flag_bits & 1:
        raise Refused("old")
    if len(head) < 30 or entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise Refused("broken")
    start += 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == ZIP_STORED:
        if len(packed) > left:
            raise Refused("bomb")
        yield packed
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not stream.eof:
            piece = stream.decompress(packed, PIECE)
            packed = stream.unconsumed_tail
            left -= len(piece)
            if left < 0:
                raise Refused("bomb")
            yield piece
    except zlib.error:
        raise Refused("broken") from None


def check_part(name: str, content: bytes) -> None:
    if UNKNOWN_ENTITIES.search(content):
        raise Refused("entities")
    if name.startswith("xl/worksheets/") and (b"<f" in content or b":f" in content or b't="e"' in content):
        _check_formulas(content)
    if name == "content.xml":
        for cell in ODS_FORMULA.findall(content):
            if b"office:value-type" not in cell or b'calcext:value-type="error"' in cell:
                raise Refused("formula", place="")


def _check_formulas(content: bytes) -> None:
    """A formula counts by the value that was last computed; without one the cell would seem emptied."""
    for attributes, inner in XLSX_CELL.findall(content):
        is_formula = re.search(rb"<(?:\w+:)?f[\s>/]", inner)
        if b't="e"' in attributes or (is_formula and not XLSX_VALUE.search(inner)):
            place = XLSX_PLACE.search(attributes)
            if is_formula and b't="str"' in attributes:
                continue  # a formula whose result is an empty text
            raise Refused("formula", place=place[1].decode() if place else "")


if __name__ == "__main__":
    serve()
