"""The figures of the summary, counted from the snapshot once for all formats."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.snapshot.schema import Field, Measure, ScaleStep, Snapshot
from smartregion.base.charts import Chart, Row, Segment, simple_bars, stacked_bars


@dataclass(frozen=True)
class KeyFigure:
    """A counted number with what it counts; `note` qualifies it."""

    label: str
    value: int
    note: str


def all_measures(snapshot: Snapshot) -> list[Measure]:
    """Return the measures of all fields in the order of the report."""
    return [measure for field in snapshot["fields"] for measure in field["measures"]]


def key_figures(snapshot: Snapshot) -> list[KeyFigure]:
    """Return the six numbers with which the summary opens."""
    measures = all_measures(snapshot)
    milestones = Counter(item["result"]["code"] for m in measures for item in m["milestones_in_period"])
    lights = Counter(m["light_stated"]["code"] for m in measures)
    rows = snapshot["roll_out"]["rows"]
    starters = sum(measure["is_starter"] for measure in measures)
    with_live = sum(1 for row in rows if row["live"])
    return [
        KeyFigure("Maßnahmen", len(measures), f"davon {starters} Startermaßnahmen"),
        KeyFigure("im Plan (grün)", lights["green"], f"{lights['grey']} nicht bewertet (grau)"),
        KeyFigure("gelb oder rot", lights["yellow"] + lights["red"], f"davon {lights['red']} rot"),
        KeyFigure(
            "Meilensteine erreicht",
            milestones["met"] + milestones["late"],
            f"davon {milestones['late']} verspätet; {milestones['missed']} nicht erreicht",
        ),
        KeyFigure(
            "Einführungen im Regelbetrieb",
            sum(row["live"] for row in rows),
            f"bei {with_live} von {len(rows)} Maßnahmen",
        ),
        KeyFigure("Beschlüsse", len(snapshot["resolutions"]), "im Berichtszeitraum"),
    ]


def charts(snapshot: Snapshot) -> dict[str, Chart]:
    """Return the summary's charts by name."""
    scales, measures = snapshot["scales"], all_measures(snapshot)
    stages = (cell["stage"] for row in snapshot["roll_out"]["rows"] for cell in row["cells"])
    return {
        "lights": stacked_bars(
            chart_id="lights",
            title="Ampel aller Maßnahmen",
            rows=[Row("", segments(scales["lights"], (m["light_stated"]["code"] for m in measures)))],
        ),
        "phases": stacked_bars(
            chart_id="phases",
            title="Phasen je Handlungsfeld",
            rows=[_phase_row(scales["phases"], field) for field in snapshot["fields"]],
        ),
        "stages": simple_bars(
            chart_id="stages",
            title="Stand der Einführung in den Kommunen",
            segments=segments(scales["stages"], stages),
        ),
    }


def segments(scale: Iterable[ScaleStep], codes: Iterable[str]) -> list[Segment]:
    """Return how often each step of the scale occurs among the codes, steps without any included."""
    counted = Counter(codes)
    return [Segment(step["label"], step["short"], step["tone"], counted[step["code"]]) for step in scale]


def _phase_row(scale: list[ScaleStep], field: Field) -> Row:
    return Row(field["name"], segments(scale, (measure["phase"]["code"] for measure in field["measures"])))
