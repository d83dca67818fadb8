"""Snapshot and files against their checksums, and the checksum that the PDF files carry."""

import hashlib
import io
from collections.abc import Iterator
from typing import Final

import pikepdf
from django.utils.translation import gettext as _

from monitoring.compile import TYPESET, WRITTEN
from monitoring.models import Report, ReportFile
from monitoring.verify.finding import UNREADABLE, Finding

FORMATS: Final = frozenset({*TYPESET, *WRITTEN})


def compare_files(report: Report) -> Iterator[Finding]:
    if _sha256(report.snapshot.encode()) != report.sha256:
        yield Finding(_("Der Datenstand passt nicht zu seiner Prüfsumme."))
    files = {file.format: file for file in report.files.all()}
    for missing in sorted(FORMATS - set(files)):
        yield Finding(_("Die Datei fehlt: %s.") % missing)
    for name, file in files.items():
        content = bytes(file.content)
        if _sha256(content) != file.sha256:
            yield Finding(_("Die Datei passt nicht zu ihrer Prüfsumme: %s.") % name)
        if len(content) != file.size:
            yield Finding(_("Die Datei hat nicht ihre Größe: %s.") % name)
        if name == ReportFile.Format.JSON and content != report.snapshot.encode():
            yield Finding(_("Die JSON-Datei ist nicht der Datenstand."))
        if name in {ReportFile.Format.PDF, ReportFile.Format.SLIDES}:
            yield from _pdf(name, content, report.sha256)


def _pdf(name: str, content: bytes, sha256: str) -> Iterator[Finding]:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            metadata = document.Root.Metadata.read_bytes()
    except (pikepdf.PdfError, *UNREADABLE):
        yield Finding(_("Die Datei lässt sich nicht öffnen: %s.") % name)
        return
    if sha256.encode() not in metadata:
        yield Finding(_("Die Datei trägt nicht die Prüfsumme der Daten: %s.") % name)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
