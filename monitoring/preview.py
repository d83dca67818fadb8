"""What a report's page shows of its snapshot: the same figures and charts as in the PDF."""

from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from monitoring.compile.figures import all_measures, charts, key_figures, segments
from monitoring.snapshot.schema import Resolution, Snapshot
from smartregion.base.charts import Chart, Segment


@dataclass(frozen=True)
class DataTable:
    """A chart's figures as a table: `rows` are a label and one number per column."""

    columns: list[str]
    rows: list[tuple[str, list[int]]]


def preview(snapshot: Snapshot) -> dict[str, Any]:
    """Return the context of `monitoring/_content.html`."""
    measures = all_measures(snapshot)
    return {
        "snapshot": snapshot,
        "figures": key_figures(snapshot),
        "charts": _with_tables(snapshot) if measures else [],
        "deviations": [m for m in measures if m["light_stated"]["code"] in ("yellow", "red")],
        "rows": list(zip(measures, _roll_out_of(snapshot, measures), strict=True)),
        "resolutions": [(parse_date(row["date"]), row, _validity(row)) for row in snapshot["resolutions"]],
    }


def _validity(resolution: Resolution) -> str:
    """What is to be said where another resolution has taken its place; a snapshot of version 1 knows none."""
    if resolution.get("in_force", True):
        return ""
    number = resolution["superseded_by"]
    return _("Nicht mehr in Kraft, ersetzt durch %s") % number if number else _("Nicht mehr in Kraft")


def _with_tables(snapshot: Snapshot) -> list[tuple[Chart, DataTable]]:
    scales, drawn = snapshot["scales"], charts(snapshot)
    lights = (measure["light_stated"]["code"] for measure in all_measures(snapshot))
    stages = (cell["stage"] for row in snapshot["roll_out"]["rows"] for cell in row["cells"])
    phases = [
        (
            field["name"],
            segments(scales["phases"], (measure["phase"]["code"] for measure in field["measures"])),
        )
        for field in snapshot["fields"]
    ]
    return [
        (drawn["lights"], _table([(_("Maßnahmen"), segments(scales["lights"], lights))])),
        (drawn["phases"], _table(phases)),
        (drawn["stages"], _table([(_("Kommunen"), segments(scales["stages"], stages))])),
    ]


def _table(rows: list[tuple[str, list[Segment]]]) -> DataTable:
    columns = [segment.label for segment in rows[0][1]] if rows else []
    return DataTable(columns, [(label, [segment.value for segment in parts]) for label, parts in rows])


def _roll_out_of(snapshot: Snapshot, measures: list[Any]) -> list[Any]:
    by_no = {row["measure_no"]: row for row in snapshot["roll_out"]["rows"]}
    return [by_no[measure["no"]] for measure in measures]
