"""Spreadsheets of one look: typed cells of a workbook, lines of a CSV. A text stays text in both.

"=1+1" in a title must never run on a reader's machine (CWE-1236).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

A4 = 9
"""Its number in XlsxWriter."""

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE: Final = "text/csv; charset=utf-8"
SAFE: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options that every workbook needs."""
LONGEST_TEXT: Final = 32_767
"""Characters that one cell of the file format holds (ECMA-376 limits of the common programs)."""
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a program may take for the begin of a formula when it opens a CSV (OWASP, "CSV Injection")."""
LINES_AT_ONCE: Final = 500
MOST_ROWS: Final = 1_048_575
"""Rows that a sheet of the file formats holds below its headings."""

Column = tuple[str, int]
"""Heading and width in characters."""


class Quantity(Decimal):
    """A number that is no amount of money, with as many digits behind the point as it was given."""

    @property
    def digits(self) -> int:
        return max(-int(self.as_tuple().exponent), 0)


class Percent(int):
    """A whole percentage, shown with its sign."""


class Year(int):
    """A calendar year, shown without a separator of thousands."""


class Sheets:
    """Adds sheets of one look: a label, if there is one, frozen headings with a filter, typed rows.

    Rows are written in their order and never read again, so that a workbook with `constant_memory` will do.
    """

    def __init__(self, workbook: Workbook, label: str = "") -> None:
        self.workbook = workbook
        self.label = label
        self.first_row = 2 if label else 1
        self.heading = workbook.add_format(
            {"bold": True, "bg_color": "#12386B", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
        )
        self.note = workbook.add_format({"italic": True, "font_color": "#4D5566"})
        self.text = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.day = workbook.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"})
        self.moment = workbook.add_format(
            {"num_format": "dd.mm.yyyy hh:mm", "align": "left", "valign": "top"}
        )
        self.number = workbook.add_format({"num_format": "#,##0", "valign": "top"})
        self.numbers = {
            Percent: workbook.add_format({"num_format": '0" %"', "valign": "top"}),
            Year: workbook.add_format({"num_format": "0", "align": "left", "valign": "top"}),
            Decimal: workbook.add_format({"num_format": '#,##0.00 "€"', "valign": "top"}),
        }
        self.quantities: dict[int, Format] = {}

    def open(
        self,
        name: str,
        columns: Sequence[Column],
        frozen_columns: int = 0,
        hidden: int = 0,
        choices: Mapping[str, Sequence[str] | str] | None = None,
    ) -> Worksheet:
        """Return a new sheet with its headings; data begin in `first_row`.

        Args:
            hidden: so many of the last columns are for programs only.
            choices: by heading, the words that its cells are chosen from, or the range where these stand;
                anything else is refused.
        """
        sheet = self.workbook.add_worksheet(name)
        if self.label:
            sheet.write_string(0, 0, self.label, self.note)
        for index, (heading, width) in enumerate(columns):
            sheet.set_column(index, index, width)
            sheet.write_string(self.first_row - 1, index, heading, self.heading)
            if choices and heading in choices:
                self._offer(sheet, index, heading, choices[heading])
        if hidden:
            sheet.set_column(len(columns) - hidden, len(columns) - 1, 10, None, {"hidden": True})
        sheet.freeze_panes(self.first_row, frozen_columns)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(self.first_row - 1)
        return sheet

    def _offer(self, sheet: Worksheet, column: int, heading: str, words: Sequence[str] | str) -> None:
        sheet.data_validation(
            self.first_row,
            column,
            MOST_ROWS,
            column,
            {
                "validate": "list",
                "source": words if isinstance(words, str) else list(words),
                "error_title": heading,
                "error_message": _("Bitte wählen Sie einen Wert aus der Liste."),
            },
        )

    def add(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        frozen_columns: int = 0,
    ) -> int:
        """A whole sheet; returns the number of its rows."""
        sheet = self.open(name, columns, frozen_columns)
        number = 0
        for number, values in enumerate(rows, start=1):
            self.write_row(sheet, self.first_row - 1 + number, values)
        return self.close(sheet, number, len(columns))

    def close(self, sheet: Worksheet, rows: int, columns: int) -> int:
        """Offer the filter over so many rows; returns their number."""
        if rows:
            sheet.autofilter(self.first_row - 1, 0, self.first_row - 1 + rows, columns - 1)
        return rows

    def write_row(self, sheet: Worksheet, row: int, values: Iterable[Any]) -> None:
        """Texts are most of what there is, and take the short way."""
        write_string, text = sheet.write_string, self.text
        for column, value in enumerate(values):
            if type(value) is str:
                if value:
                    write_string(row, column, cell_text(value), text)
            elif value is not None:
                self.write(sheet, row, column, value)

    def write(self, sheet: Worksheet, row: int, column: int, value: Any, style: Format | None = None) -> None:
        """Write one typed cell; None leaves it empty, for no value is not 0."""
        if isinstance(value, str):
            if value:
                sheet.write_string(row, column, cell_text(value), style or self.text)
        elif isinstance(value, bool):
            sheet.write_string(row, column, yes_or_no(value), style or self.text)
        elif isinstance(value, int | Decimal):
            sheet.write_number(row, column, value, style or self._style_of(value))
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, localtime(value).replace(tzinfo=None), style or self.moment)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, style or self.day)

    def _style_of(self, value: int | Decimal) -> Format:
        if not isinstance(value, Quantity):
            return self.numbers.get(type(value), self.number)
        if value.digits not in self.quantities:
            places = f"#,##0.{'0' * value.digits}" if value.digits else "#,##0"
            self.quantities[value.digits] = self.workbook.add_format({"num_format": places, "valign": "top"})
        return self.quantities[value.digits]


class LongList:
    """Rows that may be more than a sheet holds; then they go on in "Name 2", with the same headings.

    Args:
        sheets: a `Sheets` or `OdsSheets`.
        options: what else `open` takes.
    """

    def __init__(
        self, sheets: Any, name: str, columns: Sequence[Column], *, most: int = MOST_ROWS, **options: Any
    ) -> None:
        self.sheets, self.name, self.columns, self.options = sheets, name, columns, options
        self.most = most
        self.rows = self.row = 0
        self.sheet = sheets.open(name, columns, **options)

    def write(self, values: Iterable[Any]) -> None:
        if self.row == self.most:
            self.sheets.close(self.sheet, self.row, len(self.columns))
            name = f"{self.name} {self.rows // self.most + 1}"
            self.sheet, self.row = self.sheets.open(name, self.columns, **self.options), 0
        self.rows += 1
        self.row += 1
        self.sheets.write_row(self.sheet, self.row, values)

    def close(self) -> int:
        """Returns the number of all rows."""
        self.sheets.close(self.sheet, self.row, len(self.columns))
        return self.rows


def cell_text(text: str) -> str:
    """As much as a cell holds. XlsxWriter takes "<r>…</r>" for finished markup, which a space prevents."""
    kept = text[:LONGEST_TEXT]
    if kept.startswith("<r>") and kept.endswith("</r>"):
        return f"{kept[: LONGEST_TEXT - 1]} "
    return kept


def yes_or_no(value: bool) -> str:
    return "ja" if value else "nein"


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A CSV in pieces of some hundred lines: UTF-8 with BOM, semicolons, dates 2026-11-25, amounts 1573,45.

    So it opens with a double click in the German versions of the common programs, and others read it too.
    """
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow([csv_value(heading) for heading in headings])
    for number, values in enumerate(rows, start=1):
        writer.writerow([csv_value(value) for value in values])
        if number % LINES_AT_ONCE == 0:
            yield _take(buffer)
    yield _take(buffer)


def without_apostrophe(text: str) -> str:
    """The text that `csv_value` has written as this one."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def _take(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def csv_value(value: Any) -> Any:
    """What stands in the file. A text that could be taken for a formula begins with an apostrophe."""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip("'").startswith(FORMULA_STARTS) else value
    if isinstance(value, bool):
        return yes_or_no(value)
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
