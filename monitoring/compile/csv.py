"""Content to CSV: an archive with one file per table, and a text that says how to read them."""

import io
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from monitoring.compile.content import Content
from smartregion.base.spreadsheet import csv_lines

README: Final = "LIESMICH.txt"


def write_csv(content: Content) -> bytes:
    """The same content gives the same bytes."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr(ZipInfo(README), _readme(content).encode(), ZIP_DEFLATED)
        for table in content.tables:
            entry = ZipInfo(f"{table.key}.csv")
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in csv_lines([column.heading for column in table.columns], table.rows):
                    file.write(piece)
    return target.getvalue()


def _readme(content: Content) -> str:
    files = "\r\n".join(
        f"  {table.key}.csv – {table.name} ({len(table.rows)} Zeilen)" for table in content.tables
    )
    return "\r\n".join(
        (
            content.label,
            "",
            "Jede Datei ist eine Tabelle: UTF-8 mit BOM, Trennzeichen Semikolon, Zeilenende CR LF,",
            "die erste Zeile nennt die Spalten. Tage stehen als 2025-12-31, Zahlen mit Dezimalkomma,",
            "Beträge in Euro, Anteile in ganzen Prozent. Eine leere Zelle heißt: keine Angabe, nicht 0.",
            "Ein Text, den ein Programm für eine Formel halten könnte, beginnt mit einem Apostroph.",
            "",
            "Tabellen:",
            files,
            "",
            f"Prüfsumme der Daten (SHA-256): {content.sha256}",
            "Sie ist die der Datei im Format JSON; alle Formate sind aus denselben Daten erzeugt.",
            "",
        )
    )
