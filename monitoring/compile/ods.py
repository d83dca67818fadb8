"""Content to ODS: the sheets of the workbook in the open format."""

import io

from monitoring.compile.content import Content
from smartregion.base.ods import OdsSheets


def write_ods(content: Content) -> bytes:
    """The same content gives the same bytes."""
    target = io.BytesIO()
    with OdsSheets(target, content.label) as sheets:
        for table in content.tables:
            columns = [(column.heading, column.width) for column in table.columns]
            sheets.add(table.name, columns, table.rows, frozen_columns=table.frozen)
    return target.getvalue()
