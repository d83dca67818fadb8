"""Content to XLSX: typed cells for those who calculate on, with the workbook's own charts."""

import io
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from monitoring.compile.content import Content
from monitoring.compile.tables import Table
from monitoring.compile.xlsx_charts import add_charts
from smartregion.base.charts import TONES
from smartregion.base.spreadsheet import SAFE, Sheets

OPTIONS: Final = {"constant_memory": True, **SAFE}


def write_xlsx(content: Content) -> bytes:
    """A sheet for each table; the same content gives the same bytes."""
    target = io.BytesIO()
    with Workbook(target, OPTIONS) as workbook:
        _describe(workbook, content)
        sheets = Sheets(workbook, content.label)
        for table in content.tables:
            if table.key == "roll-out":
                _add_matrix(sheets, table, content)
            else:
                columns = [(column.heading, column.width) for column in table.columns]
                sheets.add(table.name, columns, table.rows, frozen_columns=table.frozen)
        add_charts(workbook, content, sheets.first_row)
    return target.getvalue()


def _describe(workbook: Workbook, content: Content) -> None:
    """Set the file's properties; its time is the snapshot's, or the bytes would differ each time."""
    workbook.set_properties(
        {
            "title": content.title[:255],
            "author": content.snapshot["region"]["coordination_office"][:255],
            "comments": content.label[:255],
            "keywords": f"SHA-256 {content.sha256}",
            "created": content.moment.replace(tzinfo=None),
        }
    )


def _add_matrix(sheets: Sheets, table: Table, content: Content) -> None:
    """The sheet measure × municipality, each cell in the colour of its stage."""
    roll_out, styles = content.snapshot["roll_out"], _stage_styles(sheets, content)
    columns = [(column.heading, column.width) for column in table.columns]
    sheet = sheets.open(table.name, columns, frozen_columns=table.frozen)
    before = table.frozen
    for number, (source, values) in enumerate(zip(roll_out["rows"], table.rows, strict=True), sheets.first_row):
        cells = source["cells"]
        after = before + len(cells)
        for column in (*range(before), *range(after, len(values))):
            sheets.write(sheet, number, column, values[column])
        for column, cell in enumerate(cells, start=before):
            sheet.write_string(number, column, values[column], styles[cell["stage"]])
    sheets.close(sheet, len(table.rows), len(columns))


def _stage_styles(sheets: Sheets, content: Content) -> dict[str, Format]:
    def style(tone: str) -> dict[str, Any]:
        paint = TONES[tone]
        return {"bg_color": paint.fill, "font_color": paint.ink, "text_wrap": True, "valign": "top"}

    stages = content.snapshot["scales"]["stages"]
    return {stage["code"]: sheets.workbook.add_format(style(stage["tone"])) for stage in stages}
