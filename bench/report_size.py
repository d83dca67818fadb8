"""A report of a large region in all formats: its time beside a small one's, and the memory that it takes."""

import subprocess
import sys
from collections.abc import Iterator
from html import escape
from importlib.util import find_spec
from pathlib import Path

from bench.measuring import Figure, Side, ratio
from bench.report import ignore, sample
from monitoring.compile import Content, content_of
from monitoring.compile.pdf import write_pdf
from monitoring.jobs import all_formats
from monitoring.snapshot.schema import Snapshot

SMALL = 31, 17, 60
LARGE = 1000, 396, 60


def figures() -> Iterator[Figure]:
    snapshots: dict[str, Snapshot] = {}

    def prepare(name: str, size: tuple[int, int, int]) -> None:
        snapshots[name] = sample(*size)

    value = ratio(
        Side(lambda: all_formats(snapshots["large"], ignore), lambda: prepare("large", LARGE)),
        Side(lambda: all_formats(snapshots["small"], ignore), lambda: prepare("small", SMALL)),
        rounds=1,
    )
    yield Figure("all formats, 1,000 x 396 to 31 x 17", value, "x", 60)
    yield Figure("all formats of 1,000 x 396, most memory in use", peak_memory() / 1e6, "MB", 600)
    if find_spec("weasyprint"):
        yield from _beside_weasyprint()


def _beside_weasyprint() -> Iterator[Figure]:
    contents: dict[str, Content] = {}

    def renew() -> None:
        contents["now"] = content_of(sample(*SMALL))

    other = Side(lambda: weasyprint_pdf(contents["now"]), renew)
    yield Figure(
        "PDF to WeasyPrint with its tables",
        ratio(Side(lambda: write_pdf(contents["now"]), renew), other, rounds=2),
        "x",
        0.1,
    )


def weasyprint_pdf(content: Content) -> bytes:
    """The report's tables as a tagged PDF."""
    from weasyprint import HTML

    parts = []
    for table in content.tables:
        printed = table.printed
        head = "".join(f"<th>{escape(heading)}</th>" for heading in printed.headings)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in printed.rows
        )
        parts.append(f"<h1>{escape(table.name)}</h1><table><thead><tr>{head}</tr></thead>{rows}</table>")
    style = "<style>body{font-family:sans-serif;font-size:9pt}td{border-bottom:1px solid #ccc}</style>"
    document = HTML(string=f'<html lang="de"><title>x</title>{style}{"".join(parts)}</html>')
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def peak_memory() -> int:
    """What a process that does nothing else needs at most, the portal's code and libraries included."""
    code = "import django; django.setup(); from bench.report_size import report_peak; report_peak()"
    found = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return int(found.stdout)


def report_peak() -> None:
    """Print it, in bytes. `ru_maxrss` would count the parent's memory too."""
    assert all_formats(sample(*LARGE), ignore)
    status = Path("/proc/self/status").read_text()
    print(int(status.split("VmHWM:")[1].split()[0]) * 1024)
