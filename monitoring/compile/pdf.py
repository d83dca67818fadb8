"""Snapshot to PDF with Typst: one file that is both PDF/UA-1 and PDF/A-2a."""

import io
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pikepdf
import typst
from django.conf import settings
from django.utils.translation import gettext as _

from monitoring.compile.canonical import fingerprint
from monitoring.compile.figures import all_measures, charts, key_figures
from monitoring.compile.glyphs import REPLACEMENT, printable
from monitoring.snapshot_schema import Snapshot
from smartregion.base.charts import TONES

if TYPE_CHECKING:
    from typst import PDFStandard

TEMPLATE: Final = Path(__file__).with_name("report.typ")
STANDARDS: Final[list["PDFStandard"]] = ["ua-1", "a-2a"]
AMBIGUOUS_END: Final = b"\r\nendstream"
"""A stream whose last byte is a carriage return: readers that take CR LF for one end of line find its length
wrong (ISO 19005-2, 6.1.7.1). About one packed stream in 256 ends so."""


class CompileError(RuntimeError):
    """Typst could not set the report; the message is for the coordination office, the cause for the log."""


def compile_pdf(snapshot: Snapshot) -> bytes:
    """Return the report as tagged, archivable PDF; the same snapshot gives the same bytes.

    Raises CompileError when the document cannot be set, SnapshotError when the snapshot breaks its schema.
    """
    if not any(settings.REPORT_FONT_DIR.glob("*.ttf")):
        raise CompileError(
            _("Die Schriften des Berichts fehlen auf diesem Rechner. Bitte rufen Sie dort „make assets“ auf.")
        )
    document = json.dumps(document_data(snapshot), ensure_ascii=False)
    moment = datetime.fromisoformat(snapshot["report"]["compiled_at"])
    return _with_clear_ends(typeset(document, moment))


def document_data(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the template prints: the snapshot in printable characters, its figures, charts and hash."""
    clean = printable(snapshot, settings.REPORT_FONT_DIR)
    measures = all_measures(clean)
    return {
        **clean,
        "sha256": fingerprint(snapshot),
        "key_figures": [vars(figure) for figure in key_figures(clean)],
        "charts": {
            name: {"title": chart.title, "description": chart.description, "svg": chart.svg}
            for name, chart in charts(clean).items()
        },
        "deviations": [m for m in measures if m["light_stated"]["code"] in ("yellow", "red")],
        "tones": {tone: {"fill": paint.fill, "ink": paint.ink} for tone, paint in TONES.items()},
        "replacement": REPLACEMENT if REPLACEMENT in json.dumps(clean, ensure_ascii=False) else None,
    }


def typeset(document: str, moment: datetime) -> bytes:
    """Return Typst's PDF. The data travels as a JSON string, so no text of it can become markup."""
    try:
        pdf = typst.compile(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=_fonts(settings.REPORT_FONT_DIR),
            sys_inputs={"document": document},
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise CompileError(_("Der Bericht ließ sich nicht als PDF setzen.")) from error
    return pdf


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> typst.Fonts:
    """Return the bundled fonts only, so that every machine sets the same lines."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _with_clear_ends(pdf: bytes) -> bytes:
    """Return the document as it is, or saved anew if a stream's end was ambiguous."""
    while AMBIGUOUS_END in pdf:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            _lengthen_ambiguous_streams(document)
            target = io.BytesIO()
            document.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        pdf = target.getvalue()
    return pdf


def _lengthen_ambiguous_streams(document: pikepdf.Pdf) -> None:
    """Add a line feed to the content of each stream whose packed bytes end in a carriage return."""
    for item in document.objects:
        if isinstance(item, pikepdf.Stream) and item.read_raw_bytes().endswith(b"\r"):
            item.write(item.read_bytes() + b"\n")
            if "/Length1" in item:
                item["/Length1"] += 1
