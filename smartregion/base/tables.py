"""Tables that somebody uploaded, read by a process that may fail without harm (`table_process`)."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smartregion.base.spreadsheet import without_apostrophe

ARCHIVE: Final = b"PK"
"""How XLSX and ODS begin; anything else can only be a CSV."""
READER: Final = Path(__file__).with_name("table_process.py")
PATIENCE: Final = 4.8
"""Seconds until a reader that does not answer is given up; it gives itself up before."""
REASONS: Final[dict[str, Promise]] = {
    "empty": _("Die Datei ist leer."),
    "pdf": _("Das ist ein PDF, keine Tabelle. Bitte laden Sie die Excel-, ODS- oder CSV-Datei hoch."),
    "old": _(
        "Die Datei ist im alten Excel-Format (.xls) oder mit einem Kennwort geschützt. Bitte speichern Sie "
        "sie ohne Kennwort als „Excel-Arbeitsmappe (.xlsx)“."
    ),
    "no_table": _("Das ist keine Tabelle, die sich lesen lässt. Möglich sind XLSX, ODS und CSV (UTF-8)."),
    "broken": _(
        "Die Datei ist beschädigt. Bitte öffnen Sie sie in Excel oder LibreOffice und speichern Sie neu."
    ),
    "macros": _(
        "Die Datei enthält Makros. Bitte speichern Sie sie als „Excel-Arbeitsmappe (.xlsx)“ ohne Makros."
    ),
    "entities": _(
        "Die Datei enthält XML-Definitionen, die in keiner Tabelle vorkommen, und wird nicht gelesen."
    ),
    "bomb": _("Entpackt ist die Datei größer als 64 MB. Bitte teilen Sie die Tabelle auf."),
    "entries": _("Die Datei besteht aus mehr als %(most)s Teilen und wird nicht gelesen."),
    "sheets": _("Die Datei hat mehr als %(most)s Blätter. Bitte löschen Sie, was nicht gebraucht wird."),
    "rows": _("Zu viele Zeilen im Blatt „%(sheet)s“, höchstens %(most)s. Bitte teilen Sie die Tabelle auf."),
    "columns": _("Zu viele Spalten im Blatt „%(sheet)s“, höchstens %(most)s."),
    "formula": _(
        "Zelle %(place)s: Die Formel hat keinen Wert oder einen Fehlerwert. Bitte berichtigen Sie die Zelle, "
        "oder öffnen und speichern Sie die Datei einmal in Excel oder LibreOffice."
    ),
    "slow": _("Das Lesen dauert zu lange. Bitte teilen Sie die Tabelle auf."),
    "large": _(
        "Die Tabelle braucht zu viel Speicher. Steht weit unterhalb oder rechts der Liste noch etwas? Bitte "
        "löschen Sie es, oder teilen Sie die Tabelle auf."
    ),
}


class UnreadableTable(Exception):
    """The file is not read; the German message says why and what to do."""


@dataclass(frozen=True)
class Sheet:
    """Rows as they stand in the file, the first of them row 1; no row ends in empty cells."""

    name: str
    rows: list[list[Any]]


class _Reader:
    """The process, started when it is needed and kept for the next file; given up without an answer."""

    process: subprocess.Popen[bytes] | None = None

    def ask(self, data: bytes) -> bytes | None:
        """The answer, or None if there was none in time."""
        requests, answers = self._pipes()
        deadline = time.monotonic() + PATIENCE
        try:
            requests.write(len(data).to_bytes(8) + data)
            requests.flush()
            answer = self._read(answers.fileno(), 8, deadline)
            answer = answer and self._read(answers.fileno(), int.from_bytes(answer), deadline)
        except BrokenPipeError:
            answer = None
        if answer is None:
            self.stop()
        return answer

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Into the process and out of it."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(READER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
        return cast(IO[bytes], self.process.stdin), cast(IO[bytes], self.process.stdout)

    def _read(self, source: int, size: int, deadline: float) -> bytes | None:
        pieces = bytearray()
        while len(pieces) < size:
            ready, *_rest = select.select([source], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(source, min(size - len(pieces), 2**16)) if ready else b""
            if not piece:
                return None
            pieces += piece
        return bytes(pieces)

    def stop(self) -> None:
        """End it and whatever it has started."""
        if self.process:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()
            self.process = None


_reader = _Reader()
atexit.register(_reader.stop)


def read_tables(data: bytes) -> list[Sheet]:
    """The sheets of an XLSX, ODS or CSV.

    Raises:
        UnreadableTable: it is none, or too large, or dangerous.
    """
    answer = _reader.ask(data)
    found: Any = json.loads(answer, object_hook=_undated) if answer else {"error": "slow"}
    if "error" in found:
        raise UnreadableTable(str(REASONS[found["error"]]) % found)
    sheets = [Sheet(**sheet) for sheet in found["sheets"]]
    if not data.startswith(ARCHIVE):
        for row in sheets[0].rows:
            row[:] = map(without_apostrophe, row)
    return sheets


def _undated(value: dict[str, Any]) -> Any:
    if value.keys() != {"date"}:
        return value
    text = value["date"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
