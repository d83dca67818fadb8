"""Content to PDF: what the report's template prints, and what its slides print."""

import json
from pathlib import Path
from typing import Any, Final

from monitoring.compile.content import Content, content_of
from monitoring.compile.printed import chart_data, document_data
from monitoring.snapshot.schema import Field, Snapshot
from smartregion.base.glyphs import REPLACEMENT
from smartregion.base.typst import in_our_fonts, make_pdf

REPORT: Final = Path(__file__).with_name("report.typ")
SLIDES: Final = Path(__file__).with_name("slides.typ")


def compile_pdf(snapshot: Snapshot, *, draft: bool = False) -> bytes:
    """Return the report as tagged, archivable PDF; the same snapshot gives the same bytes.

    Args:
        draft: every page says so, and there is no checksum, because nothing is fixed yet.

    Raises:
        CompileError: the document cannot be set.
        SnapshotError: the snapshot breaks its schema.
    """
    return write_pdf(content_of(snapshot), draft=draft)


def write_pdf(content: Content, *, draft: bool = False) -> bytes:
    return make_pdf(REPORT, printable_data(content, draft=draft), content.moment)


def write_slides(content: Content) -> bytes:
    """The report as slides, 16 : 9, for a room."""
    return make_pdf(SLIDES, printable_data(content), content.moment)


def printable_data(content: Content, *, draft: bool = False) -> dict[str, Any]:
    """The templates' data in the characters of our fonts, and the sign that stands for all others if any."""
    data: dict[str, Any] = in_our_fonts(document_data(content, draft=draft))
    has_others = REPLACEMENT in json.dumps(data, ensure_ascii=False)
    previous = content.snapshot["changes"]["previous"]
    return {
        **data,
        "charts": chart_data(_with_printable_names(content.snapshot)),
        "sha256": None if draft else content.sha256,
        "previous_sha256": previous and previous["sha256"],
        "replacement": REPLACEMENT if has_others else None,
    }


def _with_printable_names(snapshot: Snapshot) -> Snapshot:
    """For the charts: their markup is finished, so that no character of it may be exchanged afterwards."""
    clean = snapshot.copy()
    clean["scales"] = in_our_fonts(snapshot["scales"])
    clean["fields"] = [_renamed(field) for field in snapshot["fields"]]
    return clean


def _renamed(field: Field) -> Field:
    clean = field.copy()
    clean["name"] = in_our_fonts(field["name"])
    return clean
