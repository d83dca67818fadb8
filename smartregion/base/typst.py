"""Data to PDF with Typst: one file that is both PDF/UA-1 and PDF/A-2a, the same bytes for the same data."""

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

from smartregion.base.glyphs import printable

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: Final[list["PDFStandard"]] = ["ua-1", "a-2a"]
AMBIGUOUS_END: Final = b"\r\nendstream"
"""A stream whose last byte is a carriage return: readers that take CR LF for one end of line find its length
wrong (ISO 19005-2, 6.1.7.1). About one packed stream in 256 ends so."""


class CompileError(RuntimeError):
    """Typst could not set the document; the message is for its readers, the cause for the log."""


def in_our_fonts(value: Any) -> Any:
    """A copy of the JSON value in which every string can be set with the bundled fonts.

    Raises:
        CompileError: there are none.
    """
    if not any(settings.REPORT_FONT_DIR.glob("*.ttf")):
        raise CompileError(
            _("Die Schriften für PDF fehlen auf diesem Rechner. Bitte rufen Sie dort „make assets“ auf.")
        )
    return printable(value, settings.REPORT_FONT_DIR)


def make_pdf(template: Path, data: Any, moment: datetime) -> bytes:
    """The template with the data, dated that moment, as tagged and archivable PDF.

    The data must have passed `in_our_fonts`.

    Raises:
        CompileError: the document cannot be set.
    """
    return _with_clear_ends(typeset(template, json.dumps(data, ensure_ascii=False), moment))


def typeset(template: Path, document: str, moment: datetime) -> bytes:
    """Typst's PDF. The data travels as a JSON string, so no text of it can become markup."""
    try:
        pdf = typst.compile(
            template,
            root=template.parent,
            font_paths=_fonts(settings.REPORT_FONT_DIR),
            sys_inputs={"document": document},
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=moment.replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise CompileError(_("Das Dokument ließ sich nicht als PDF setzen.")) from error
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
