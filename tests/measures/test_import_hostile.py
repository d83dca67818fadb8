"""Thousands of hostile files: a helpful sentence for each, nothing stored, little memory, little time."""

import io
import random
import re
import signal
import subprocess
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from django.test import Client

from measures.models import Measure, RolloutCell, TableImport
from measures.services.imports import take_in
from network.models import User
from smartregion.base import tables
from smartregion.base.tables import REASONS, UnreadableTable, read_tables
from tests.factories import make_measure, make_municipality, make_region, make_user
from tests.measures.uploads import download, upload, worked, xlsx
from tests.scale import IS_FULL

pytestmark = pytest.mark.django_db
FILES = 2_000 if IS_FULL else 100
MOST_MEMORY = 100 * 2**20
LONGEST = 5


def archive(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return target.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def changed(data: bytes, name: str, before: bytes, after: bytes) -> bytes:
    parts = parts_of(data)
    assert before in parts[name]
    return archive({**parts, name: parts[name].replace(before, after, 1)})


def lying(data: bytes) -> bytes:
    """Every size that the archive states for its unpacked parts is 10 bytes."""
    lied = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        for found in re.finditer(re.escape(mark), data):
            lied[found.start() + place : found.start() + place + 4] = (10).to_bytes(4, "little")
    return bytes(lied)


SHEET, ODS = "xl/worksheets/sheet1.xml", "content.xml"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def made_by_hand(good: bytes, ods: bytes) -> dict[str, tuple[bytes, str]]:
    """Name, file, and the code of the reason why it is refused."""
    bomb = archive({**parts_of(good), "xl/media/zeros.xml": b"\0" * 70_000_000})
    cell = b'<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
    repeated = b'<table:table-row table:number-rows-repeated="1048576">' + cell
    repeated += b"<text:p>x</text:p></table:table-cell></table:table-row>"
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(2, 40_000))
    xml = parts_of(good)[SHEET]
    head, tail = xml[: xml.index(b"</sheetData>")], xml[xml.index(b"</sheetData>") :]
    with_rows = {
        name: archive({**parts_of(good), SHEET: head + more + tail})
        for name, more in {
            "many": many,
            "far": b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "formula": b'<row r="900"><c r="B900"><f>WEBSERVICE("http://x")</f></c></row>',
            "error": b'<row r="900"><c r="B900" t="e"><v>#REF!</v></c></row>',
        }.items()
    }
    return {
        "blank": (b" \r\n ", "empty"),
        "pdf": (b"%PDF-1.7\n%\xe2\xe3", "pdf"),
        "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "old"),
        "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "no_table"),
        "plain zip": (archive({"a.txt": b"a"}), "no_table"),
        "nested": (archive({"inner.zip": archive({"a.xlsx": good})}), "no_table"),
        "no zip at all": (b"PK\x03\x04" + bytes(100), "broken"),
        "cut": (good[: len(good) // 2], "broken"),
        "macros": (archive({**parts_of(good), "xl/vbaProject.bin": b"x"}), "macros"),
        "ODS macros": (archive({**parts_of(ods), "Basic/Standard/Module1.xml": b"<x/>"}), "macros"),
        "bomb": (bomb, "bomb"),
        "lying bomb": (lying(bomb), "bomb"),
        "entities": (changed(good, SHEET, b"<worksheet", ENTITIES + b"<worksheet"), "entities"),
        "ODS entities": (changed(ods, ODS, b"<office:", ENTITIES + b"<office:"), "entities"),
        "many parts": (archive({**parts_of(good), **{f"p{n}": b"" for n in range(2000)}}), "entries"),
        "many rows": (with_rows["many"], "rows"),
        "formula": (with_rows["formula"], "formula"),
        "error value": (with_rows["error"], "formula"),
        "ODS of a billion cells": (
            changed(ods, ODS, b"<table:table-row>", repeated + b"<table:table-row>"),
            "broken",
        ),
        "no CSV": (b"\0\1\2", "no_table"),
        "wide CSV": (b";" * 5000 + b"\n", "columns"),
        "long CSV": (b"a;b\n" * 30_000, "rows"),
        "compressed twice": (archive({"xl/workbook.xml": zlib.compress(bytes(10**7))}), "broken"),
    } | {"far cell": (with_rows["far"], "large")}


@pytest.fixture
def good(client: Client) -> list[bytes]:
    """A workbook, an ODS and a CSV that say nothing new; the coordinator is signed in."""
    make_region()
    for name in ("Aadorf", "Bedorf"):
        make_municipality(name)
    for number in range(3):
        make_measure(f"Netz {number}", no=f"M-{number:02}")
    client.force_login(make_user())
    return [
        download(client, f"{address}export.{file_format}")
        for file_format in ("xlsx", "ods", "csv")
        for address in ("/massnahmen/", "/roll-out/")
    ]


def starts_like(code: str, sentence: str) -> bool:
    """Whether it is the reason's sentence, as far as that names nothing of the file."""
    return bool(start := str(REASONS[code]).partition("%")[0]) and sentence.startswith(start[:30])


def test_each_kind_of_hostile_file_is_refused_for_its_own_reason(good: list[bytes]) -> None:
    found = {}
    for name, (data, _code) in made_by_hand(good[0], good[2]).items():
        started = time.monotonic()
        with pytest.raises(UnreadableTable) as refusal:
            read_tables(data)
        assert time.monotonic() - started < LONGEST, name
        found[name] = next(code for code in REASONS if starts_like(code, str(refusal.value)))

    assert found == {name: code for name, (_data, code) in made_by_hand(good[0], good[2]).items()}


def test_a_text_that_looks_like_a_formula_is_text(good: list[bytes]) -> None:
    [sheet] = read_tables(xlsx([["a"]]))
    assert sheet.rows == [["a"]]
    [sheet] = read_tables(b"a;b\n'=1+1;'+49\n")
    assert sheet.rows == [["a", "b"], ["=1+1", "+49"]]


def test_a_reader_that_died_or_hangs_is_replaced(good: list[bytes]) -> None:
    def reader() -> subprocess.Popen[bytes]:
        assert tables._reader.process
        return tables._reader.process

    read_tables(good[0])
    reader().kill()
    reader().wait()
    assert read_tables(good[0])
    reader().send_signal(signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(UnreadableTable, match="dauert zu lange"):
        read_tables(good[0])
    assert time.monotonic() - started < LONGEST
    assert read_tables(good[0])


Mutation = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, data: bytes) -> bytes:
    changed_data = bytearray(data)
    for _number in range(chance.randint(1, 20)):
        changed_data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(changed_data)


def cut(chance: random.Random, data: bytes) -> bytes:
    begin, end = sorted(chance.sample(range(len(data)), 2))
    return data[:begin] + data[end:] or b"x"


def doubled(chance: random.Random, data: bytes) -> bytes:
    begin, end = sorted(chance.sample(range(len(data)), 2))
    return data[:end] + data[begin:]


ODD = [
    b"<",
    b"\0",
    b"99999999999999999999",
    b"-1",
    b"&amp;",
    b"&x;",
    b"\xff\xfe",
    b"NaN",
    b'r="XFD1048576"',
    b"1E400",
]


def odd_words(chance: random.Random, data: bytes) -> bytes:
    changed_data = data
    for _number in range(chance.randint(1, 4)):
        place = chance.randrange(len(changed_data))
        changed_data = changed_data[:place] + chance.choice(ODD) + changed_data[place + chance.randrange(9) :]
    return changed_data


def numbers(chance: random.Random, data: bytes) -> bytes:
    return re.sub(rb"\d+", lambda found: chance.choice(ODD) if chance.random() < 0.05 else found[0], data)


PLAIN: list[Mutation] = [flipped, cut, doubled, odd_words, numbers]


def inside(chance: random.Random, data: bytes) -> bytes:
    """One part of the archive changed, the archive itself whole."""
    if not data.startswith(b"PK"):
        return chance.choice(PLAIN)(chance, data)
    parts = parts_of(data)
    name = chance.choice([name for name in parts if parts[name]])
    return archive({**parts, name: chance.choice(PLAIN)(chance, parts[name])})


def mutations(good: list[bytes], number: int) -> Iterator[bytes]:
    chance = random.Random(2026)
    kinds = [*PLAIN, *[inside] * 10]
    for _number in range(number):
        yield chance.choice(kinds)(chance, chance.choice(good)) or b"x"


def test_hostile_files_break_nothing(client: Client, good: list[bytes]) -> None:
    by_hand = [data for data, _code in made_by_hand(good[0], good[2]).values() if data.strip()]
    files = [*by_hand, *mutations(good, FILES - len(by_hand))]
    before = stored()
    upload(client, good[0])
    process, longest, states = psutil.Process(), 0.0, set()
    begin = peak = process.memory_info().rss

    for number, data in enumerate(files):
        started = time.monotonic()
        through_the_page = IS_FULL or number < len(by_hand) or number % 10 == 0
        found = upload(client, data) if through_the_page else worked(taken(data))
        longest = max(longest, time.monotonic() - started)
        peak = max(peak, process.memory_info().rss)
        states.add(found.state)
        assert found.job.status == "done", found.job.error
        assert bool(found.error) == (found.state == "unreadable")

    assert len(files) == FILES
    assert stored() == before
    assert {"unreadable", "checked"} <= states <= {"unreadable", "mapping", "checked"}
    assert longest < LONGEST
    assert peak - begin <= MOST_MEMORY
    pages = TableImport.objects.order_by("pk").values_list("pk", flat=True)[::50]
    assert {client.get(f"/import/{pk}/").status_code for pk in pages} == {200}


def taken(data: bytes) -> TableImport:
    """As the page does it, which costs as much again as reading."""
    return take_in(file_name="a.xlsx", content=data, by=User.objects.get())


def stored() -> list[Any]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Measure, RolloutCell)]
