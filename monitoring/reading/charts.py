"""The charts of a page with their figures as tables, in which each number leads to its rows."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.compile.figures import all_measures
from monitoring.reading.evidence import Evidence
from monitoring.snapshot.schema import ScaleStep, Snapshot
from smartregion.base.charts import Chart


@dataclass(frozen=True)
class Number:
    value: int
    evidence: str


@dataclass(frozen=True)
class DataTable:
    """A chart's figures: `rows` are a label and one number per column."""

    columns: list[str]
    rows: list[tuple[str, list[Number]]]


def charts_of(
    snapshot: Snapshot, drawn: dict[str, Chart], evidence: dict[str, Evidence]
) -> list[tuple[Chart, DataTable]]:
    """Those of the overview; that of money stands above its own tables."""
    if not all_measures(snapshot):
        return []
    scales = snapshot["scales"]

    def numbers(scale: list[ScaleStep], key: Callable[[str], str]) -> list[Number]:
        found = [(evidence.get(key(step["code"])), key(step["code"])) for step in scale]
        return [Number(rows.total, name) if rows else Number(0, "") for rows, name in found]

    lights = [(_("Maßnahmen"), numbers(scales["lights"], "ampel-{}".format))]
    phases = [
        (field["name"], numbers(scales["phases"], f"phase-{field['slug']}-{{}}".format))
        for field in snapshot["fields"]
    ]
    stages = [(_("Kommunen"), numbers(scales["stages"], "stand-{}".format))]
    return [
        (drawn["lights"], DataTable([step["label"] for step in scales["lights"]], lights)),
        (drawn["phases"], DataTable([step["label"] for step in scales["phases"]], phases)),
        (drawn["stages"], DataTable([step["label"] for step in scales["stages"]], stages)),
    ]
