"""The workbook's own charts: they read the cells of its sheets, so that they follow what a reader changes."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart

from monitoring.compile.content import Content
from monitoring.compile.tables import Table
from monitoring.snapshot.schema import ScaleStep
from smartregion.base.charts import TONES

WIDTH: Final = 640
MOST_INDICATORS: Final = 60
"""More bars than these would be too thin to read."""


def add_charts(workbook: Workbook, content: Content, first_row: int) -> None:
    """Place each chart on the right of the table that it draws.

    Args:
        first_row: of the data, in every sheet.
    """
    makers: dict[str, Callable[[Workbook, Content, Table, int], Iterator[Chart]]] = {
        "gesamtbild": _overview,
        "phasen": _phases,
        "mittel": _money,
        "indikatoren": _attainment,
    }
    for table in content.tables:
        make = makers.get(table.key)
        if make is None or not table.rows:
            continue
        sheet, row = workbook.get_worksheet_by_name(table.name), first_row
        for chart in make(workbook, content, table, first_row):
            sheet.insert_chart(row, len(table.columns) + 1, chart, {"object_position": 2})
            row += 18


def _overview(workbook: Workbook, content: Content, table: Table, first: int) -> Iterator[Chart]:
    scales = content.snapshot["scales"]
    for group, title, steps in (
        ("Ampel", "Ampel aller Maßnahmen", scales["lights"]),
        ("Einführung in den Kommunen", "Stand der Einführung in den Kommunen", scales["stages"]),
    ):
        places = [place for place, row in enumerate(table.rows, start=first) if row[0] == group]
        series = _series(table, 1, 2, places[0], places[-1])
        yield _bars(workbook, title, {**series, "points": _points(steps), "data_labels": {"value": True}})


def _phases(workbook: Workbook, content: Content, table: Table, first: int) -> Iterator[Chart]:
    last = first + len(table.rows) - 1
    series = [
        {
            **_series(table, 0, column, first, last),
            "name": step["label"],
            "fill": {"color": TONES[step["tone"]].fill},
            "border": {"color": "#68707f", "width": 0.75},
        }
        for column, step in enumerate(content.snapshot["scales"]["phases"], start=1)
    ]
    yield _bars(workbook, "Phasen je Handlungsfeld", *series, subtype="stacked")


def _money(workbook: Workbook, _content: Content, table: Table, first: int) -> Iterator[Chart]:
    last = first + len(table.rows) - 2  # the last row is the sum
    if last < first:
        return
    chart = workbook.add_chart({"type": "column"})
    for column, tone in enumerate(("step2", "step4", "step5"), start=1):
        name = table.columns[column].heading
        chart.add_series(
            {**_series(table, 0, column, first, last), "name": name, "fill": {"color": TONES[tone].fill}}
        )
    chart.set_y_axis(
        {"num_format": '#,##0 "€"', "major_gridlines": {"visible": True, "line": {"color": "#c9d0dc"}}}
    )
    yield _titled(chart, "Mittel je Jahr")


def _attainment(workbook: Workbook, _content: Content, table: Table, first: int) -> Iterator[Chart]:
    column = next(place for place, column in enumerate(table.columns) if column.heading == "Zielerreichung")
    last = first + min(len(table.rows), MOST_INDICATORS) - 1
    series = _series(table, 1, column, first, last)
    chart = _bars(
        workbook, "Zielerreichung der Indikatoren", {**series, "fill": {"color": TONES["step4"].fill}}
    )
    chart.set_size({"width": WIDTH, "height": 120 + 22 * (last - first + 1)})
    yield chart


def _series(table: Table, labels: int, values: int, first: int, last: int) -> dict[str, Any]:
    return {
        "categories": [table.name, first, labels, last, labels],
        "values": [table.name, first, values, last, values],
    }


def _points(steps: list[ScaleStep]) -> list[dict[str, Any]]:
    return [
        {"fill": {"color": TONES[step["tone"]].fill}, "border": {"color": "#68707f", "width": 0.75}}
        for step in steps
    ]


def _bars(workbook: Workbook, title: str, *series: dict[str, Any], subtype: str | None = None) -> Chart:
    """Horizontal bars from the top down, as the rows stand."""
    chart = workbook.add_chart({"type": "bar", **({"subtype": subtype} if subtype else {})})
    for one in series:
        chart.add_series(one)
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"major_gridlines": {"visible": False}})
    if len(series) == 1:
        chart.set_legend({"none": True})
    return _titled(chart, title)


def _titled(chart: Chart, title: str) -> Chart:
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_size({"width": WIDTH, "height": 340})
    return chart
