"""OpenDocument spreadsheets, written row by row like those of `smartregion.base.spreadsheet`.

A library would hold the whole document in memory. Each sheet grows in a temporary file of its own, so that
two may grow side by side, and all go into the archive in the end.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, Final, Self
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.timezone import localtime

from smartregion.base.spreadsheet import LONGEST_TEXT, Column, Percent, Quantity, yes_or_no

ODS_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
SPACES: Final = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
    for short, name in {
        "office": "office:1.0",
        "table": "table:1.0",
        "text": "text:1.0",
        "style": "style:1.0",
        "number": "datastyle:1.0",
        "fo": "xsl-fo-compatible:1.0",
        "config": "config:1.0",
    }.items()
)
MANIFEST: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3" '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
DAY: Final = (
    '<number:day number:style="long"/><number:text>.</number:text><number:month number:style="long"/>'
    '<number:text>.</number:text><number:year number:style="long"/>'
)
TIME: Final = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/>'
)
CELL: Final = '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
MOST_DIGITS: Final = 3
"""Behind the point, of a measured quantity."""
QUANTITIES: Final = tuple(f"quantity{digits}" for digits in range(MOST_DIGITS + 1))
STYLES: Final = (
    f'<number:date-style style:name="Nday">{DAY}</number:date-style>'
    f'<number:date-style style:name="Nmoment">{DAY}{TIME}</number:date-style>'
    '<number:number-style style:name="Npercent"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1"/><number:text> %</number:text></number:number-style>'
    '<number:number-style style:name="Nmoney"><number:number number:decimal-places="2" '
    'number:min-integer-digits="1" number:grouping="true"/><number:text> €</number:text>'
    "</number:number-style>"
    + "".join(
        f'<number:number-style style:name="N{name}"><number:number number:decimal-places="{digits}" '
        f'number:min-decimal-places="{digits}" number:min-integer-digits="1" number:grouping="true"/>'
        "</number:number-style>"
        for digits, name in enumerate(QUANTITIES)
    )
    + '<style:style style:name="heading" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#12386b" fo:wrap-option="wrap" style:vertical-align="top"/>'
    '<style:text-properties fo:color="#ffffff" fo:font-weight="bold"/></style:style>'
    f'<style:style style:name="text" style:family="table-cell">{CELL}</style:style>'
    + "".join(
        f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="N{name}">{CELL}'
        "</style:style>"
        for name in ("day", "moment", "percent", "money", *QUANTITIES)
    )
)
UNWRITABLE: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
"""What XML 1.0 has no way to write."""


class OdsSheet:
    """One sheet: its head, and its rows in a temporary file."""

    def __init__(self, name: str, number: int, columns: Sequence[Column], frozen_columns: int) -> None:
        self.name, self.number, self.columns, self.frozen = name, number, columns, frozen_columns
        self.rows: IO[bytes] = TemporaryFile()  # noqa: SIM115 - lives as long as the document
        self.count = 0
        self.validations: dict[int, str] = {}


class OdsSheets:
    """A document that is finished when its context ends. Its methods are those of `spreadsheet.Sheets`.

    The same cells give the same bytes.
    """

    def __init__(self, target: IO[bytes], label: str = "") -> None:
        self.target, self.label = target, label
        self.heading_row = 2 if label else 1
        self.sheets: list[OdsSheet] = []
        self.styles, self.validations = [STYLES], ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        try:
            if kind is None:
                self._write()
        finally:
            for sheet in self.sheets:
                sheet.rows.close()

    def open(
        self,
        name: str,
        columns: Sequence[Column],
        frozen_columns: int = 0,
        hidden: int = 0,
        choices: Mapping[str, Sequence[str]] | None = None,
    ) -> OdsSheet:
        """Return a new sheet with its headings; see `spreadsheet.Sheets.open`."""
        sheet = OdsSheet(name, len(self.sheets), columns, frozen_columns)
        self.sheets.append(sheet)
        head = [f"<table:table table:name={quoteattr(name)}>"]
        for index, (heading, width) in enumerate(columns):
            style = f"c{sheet.number}-{index}"
            self.styles.append(
                f'<style:style style:name="{style}" style:family="table-column">'
                f'<style:table-column-properties style:column-width="{width * 2.2:.1f}mm"/></style:style>'
            )
            collapsed = ' table:visibility="collapse"' if index >= len(columns) - hidden else ""
            head.append(f'<table:table-column table:style-name="{style}"{collapsed}/>')
            if choices and heading in choices:
                sheet.validations[index] = self._validation(sheet, index, choices[heading])
        sheet.rows.write("".join(head).encode())
        if self.label:
            sheet.rows.write(f"<table:table-row>{_text(self.label, '')}</table:table-row>".encode())
        headings = "".join(_text(heading, ' table:style-name="heading"') for heading, _width in columns)
        sheet.rows.write(f"<table:table-row>{headings}</table:table-row>".encode())
        return sheet

    def _validation(self, sheet: OdsSheet, index: int, words: Sequence[str]) -> str:
        """The attribute that lets a cell be chosen from these words."""
        name = f"v{sheet.number}-{index}"
        quoted = ";".join(f'"{word}"' for word in words)
        condition = quoteattr(f"of:cell-content-is-in-list({quoted})")
        self.validations += (
            f'<table:content-validation table:name="{name}" table:condition={condition} '
            'table:allow-empty-cell="true" table:display-list="unsorted"/>'
        )
        return f' table:content-validation-name="{name}"'

    def add(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], frozen_columns: int = 0
    ) -> int:
        """A whole sheet; returns the number of its rows."""
        sheet = self.open(name, columns, frozen_columns)
        number = 0
        for number, values in enumerate(rows, start=1):
            self.write_row(sheet, number, values)
        return number

    def close(self, sheet: OdsSheet, rows: int, columns: int) -> int:
        return rows

    def write_row(self, sheet: OdsSheet, row: int, values: Iterable[Any]) -> None:
        sheet.count = row
        cells = "".join(
            _cell(value, sheet.validations.get(column, "")) for column, value in enumerate(values)
        )
        sheet.rows.write(f"<table:table-row>{cells}</table:table-row>".encode())

    def _write(self) -> None:
        with ZipFile(self.target, "w", ZIP_DEFLATED) as archive:
            archive.writestr(_undated("mimetype"), ODS_TYPE, ZIP_STORED)
            archive.writestr(_undated("META-INF/manifest.xml"), MANIFEST, ZIP_DEFLATED)
            archive.writestr(_undated("settings.xml"), self._settings(), ZIP_DEFLATED)
            content_entry = _undated("content.xml")
            content_entry.compress_type = ZIP_DEFLATED
            with archive.open(content_entry, "w", force_zip64=True) as content:
                content.write(self._before().encode())
                for sheet in self.sheets:
                    sheet.rows.seek(0)
                    shutil.copyfileobj(sheet.rows, content)
                    content.write(b"</table:table>")
                content.write(self._after().encode())

    def _before(self) -> str:
        validations = self.validations
        if validations:
            validations = f"<table:content-validations>{validations}</table:content-validations>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES} '
            'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3">'
            f"<office:automatic-styles>{''.join(self.styles)}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{validations}"
        )

    def _after(self) -> str:
        ranges = "".join(
            f'<table:database-range table:name="filter{sheet.number}" table:display-filter-buttons="true" '
            "table:target-range-address=" + quoteattr(self._range(sheet)) + "/>"
            for sheet in self.sheets
            if sheet.count
        )
        ranges = f"<table:database-ranges>{ranges}</table:database-ranges>" if ranges else ""
        return f"{ranges}</office:spreadsheet></office:body></office:document-content>"

    def _range(self, sheet: OdsSheet) -> str:
        """Headings and rows as a reference."""
        name, first = _quoted(sheet.name), self.heading_row
        return f"{name}.A{first}:{name}.{_letters(sheet)}{first + sheet.count}"

    def _settings(self) -> str:
        """Where each sheet is frozen: below its headings, and beside its first columns."""
        views = "".join(
            f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>"
            + "".join(
                f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
                for name, kind, value in (
                    ("HorizontalSplitMode", "short", 2 if sheet.frozen else 0),
                    ("HorizontalSplitPosition", "int", sheet.frozen),
                    ("PositionRight", "int", sheet.frozen),
                    ("VerticalSplitMode", "short", 2),
                    ("VerticalSplitPosition", "int", self.heading_row),
                    ("PositionBottom", "int", self.heading_row),
                )
            )
            + "</config:config-item-map-entry>"
            for sheet in self.sheets
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-settings {SPACES} '
            'office:version="1.3"><office:settings><config:config-item-set config:name="ooo:view-settings">'
            '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
            f'<config:config-item-map-named config:name="Tables">{views}</config:config-item-map-named>'
            "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
            "</office:settings></office:document-settings>"
        )


def _undated(name: str) -> ZipInfo:
    """An entry of the archive without the hour at which it was written."""
    return ZipInfo(name)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _letters(sheet: OdsSheet) -> str:
    """The last column as spreadsheets count: A to Z, then AA."""
    number, letters = len(sheet.columns), ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(value: Any, attributes: str) -> str:
    """One typed cell; None leaves it empty, for no value is not 0."""
    if isinstance(value, bool):
        value = yes_or_no(value)
    if value is None or value == "":
        return f"<table:table-cell{attributes}/>"
    if isinstance(value, str):
        return _text(value, f' table:style-name="text"{attributes}')
    if isinstance(value, date):
        style, iso = "day", value.isoformat()
        if isinstance(value, datetime):
            style, iso = "moment", localtime(value).replace(tzinfo=None).isoformat("T", "seconds")
        kind = f'"date" office:date-value="{iso}"'
    else:
        style = f"quantity{min(value.digits, MOST_DIGITS)}" if isinstance(value, Quantity) else "text"
        style = {Percent: "percent", Decimal: "money"}.get(type(value), style)
        kind = f'"float" office:value="{value}"'
    return f'<table:table-cell table:style-name="{style}" office:value-type={kind}{attributes}/>'


def _text(text: str, attributes: str) -> str:
    """A line of the cell is a paragraph; leading and double spaces are kept by marks of their own."""
    lines = text.translate(UNWRITABLE)[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in lines)
    return f'<table:table-cell office:value-type="string"{attributes}>{paragraphs}</table:table-cell>'


def _spaced(line: str) -> str:
    marked = escape(line).replace("\t", "<text:tab/>").replace("  ", " <text:s/>")
    return f"<text:s/>{marked[1:]}" if marked.startswith(" ") else marked
