"""The figures of the summary, counted from the snapshot once for all formats."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.compile.values import euros, in_words
from monitoring.snapshot.schema import Field, Measure, MoneyFigures, ScaleStep, Snapshot
from smartregion.base.charts import Chart, Row, Segment, grouped_bars, simple_bars, stacked_bars


@dataclass(frozen=True)
class KeyFigure:
    """A counted number with what it counts; `note` qualifies it."""

    label: str
    value: int
    note: str
    is_of_period: bool = False
    """What happened in the period, not what stood at its end."""


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
            is_of_period=True,
        ),
        KeyFigure(
            "Einführungen im Regelbetrieb",
            sum(row["live"] for row in rows),
            f"bei {with_live} von {len(rows)} Maßnahmen",
        ),
        KeyFigure("Beschlüsse", len(snapshot["resolutions"]), "im Berichtszeitraum", is_of_period=True),
    ]


def deviating(snapshot: Snapshot) -> list[Measure]:
    """Return the measures whose light is yellow or red."""
    return [m for m in all_measures(snapshot) if m["light_stated"]["code"] in ("yellow", "red")]


def charts(snapshot: Snapshot) -> dict[str, Chart]:
    """Return the charts by name; "money" only where there is any."""
    drawn = {
        "lights": stacked_bars(
            chart_id="lights",
            title="Ampel aller Maßnahmen",
            rows=[Row("", light_segments(snapshot))],
        ),
        "phases": stacked_bars(
            chart_id="phases",
            title="Phasen je Handlungsfeld",
            rows=[Row(field["name"], phase_segments(snapshot, field)) for field in snapshot["fields"]],
        ),
        "stages": simple_bars(
            chart_id="stages",
            title="Stand der Einführung in den Kommunen",
            segments=stage_segments(snapshot),
        ),
    }
    money = snapshot["money"]
    if money is not None and money["years"]:
        drawn["money"] = grouped_bars(
            chart_id="money",
            title="Mittel je Jahr",
            rows=[Row(str(year["year"]), _money_segments(year["figures"])) for year in money["years"]],
        )
    return drawn


def light_segments(snapshot: Snapshot, field: Field | None = None) -> list[Segment]:
    """How often each light is set, in one field or in all."""
    measures = field["measures"] if field else all_measures(snapshot)
    lights = (measure["light_stated"]["code"] for measure in measures)
    return segments(snapshot["scales"]["lights"], lights)


def phase_segments(snapshot: Snapshot, field: Field) -> list[Segment]:
    return segments(snapshot["scales"]["phases"], (m["phase"]["code"] for m in field["measures"]))


def stage_segments(snapshot: Snapshot) -> list[Segment]:
    stages = (cell["stage"] for row in snapshot["roll_out"]["rows"] for cell in row["cells"])
    return segments(snapshot["scales"]["stages"], stages)


def segments(scale: Iterable[ScaleStep], codes: Iterable[str]) -> list[Segment]:
    """Return how often each step of the scale occurs among the codes, steps without any included."""
    counted = Counter(codes)
    return [Segment(step["label"], step["short"], step["tone"], counted[step["code"]]) for step in scale]


def _money_segments(figures: MoneyFigures) -> list[Segment]:
    shown: list[tuple[str, str, int | None]] = [
        ("Plan", "step2", figures["plan"]),
        ("gebunden", "step4", figures["committed"]),
        ("abgeflossen", "step5", figures["spent"]),
    ]
    return [Segment(label, label, tone, cents or 0, in_words(euros(cents))) for label, tone, cents in shown]
