"""The rows behind each figure, so that whoever reads a number can count it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from monitoring.compile.figures import KeyFigure, all_measures, key_figures
from monitoring.snapshot import schema
from monitoring.snapshot.schema import Measure, Snapshot

DEVIATING: Final = {"yellow", "red"}


@dataclass(frozen=True)
class Row:
    """What was counted: a measure by its number, or a resolution; `note` says what of it.

    `anchor`: the place on the page where more is said about it, or empty.
    """

    label: str
    anchor: str
    note: str = ""
    count: int = 1


@dataclass(frozen=True)
class Evidence:
    """All rows that a figure counts; `key` names the place that the figure leads to."""

    key: str
    title: str
    rows: list[Row]
    is_money: bool = False
    """Its rows count cents."""

    @property
    def total(self) -> int:
        return sum(row.count for row in self.rows)


@dataclass(frozen=True)
class Figure:
    label: str
    value: int
    note: str
    evidence: str
    """The key of its rows; empty where there are none to show."""


def figures_of(snapshot: Snapshot, evidence: dict[str, Evidence]) -> list[Figure]:
    """The key figures, the same as in every format, each with its evidence."""
    return [
        Figure(figure.label, figure.value, figure.note, key if key in evidence else "")
        for figure, key in zip(key_figures(snapshot), _keys(key_figures(snapshot)), strict=True)
    ]


def _keys(figures: list[KeyFigure]) -> list[str]:
    keys = {
        "Maßnahmen": "massnahmen",
        "im Plan (grün)": "ampel-green",
        "gelb oder rot": "gelb-oder-rot",
        "Meilensteine erreicht": "meilensteine",
        "Einführungen im Regelbetrieb": "stand-live",
        "Beschlüsse": "beschluesse",
    }
    return [keys.get(figure.label, "") for figure in figures]


def evidence_of(snapshot: Snapshot) -> Iterator[Evidence]:
    """Of what the report counts."""
    yield from _measures(snapshot)
    yield from _stages(snapshot)
    yield _resolutions(snapshot)
    yield from _participation(snapshot)


def _measures(snapshot: Snapshot) -> Iterator[Evidence]:
    measures = all_measures(snapshot)
    yield Evidence("massnahmen", _("Alle Maßnahmen"), [_row(measure) for measure in measures])
    for step in snapshot["scales"]["lights"]:
        rows = [_row(each) for each in measures if each["light_stated"]["code"] == step["code"]]
        yield Evidence(f"ampel-{step['code']}", _("Ampel %s") % step["label"], rows)
    deviating = [each for each in measures if each["light_stated"]["code"] in DEVIATING]
    rows = [_row(each, each["light_stated"]["label"]) for each in deviating]
    yield Evidence("gelb-oder-rot", _("Ampel gelb oder rot"), rows)
    yield Evidence("meilensteine", _("Meilensteine, im Zeitraum erreicht"), list(_reached(measures)))
    for field in snapshot["fields"]:
        for step in snapshot["scales"]["phases"]:
            rows = [_row(each) for each in field["measures"] if each["phase"]["code"] == step["code"]]
            title = _("%(field)s, Phase %(phase)s") % {"field": field["name"], "phase": step["label"]}
            yield Evidence(f"phase-{field['slug']}-{step['code']}", title, rows)


def _reached(measures: list[Measure]) -> Iterator[Row]:
    for measure in measures:
        for item in measure["milestones_in_period"]:
            if item["result"]["code"] != "missed":
                yield _row(measure, f"{item['title']}, {item['result']['label']}")


def _stages(snapshot: Snapshot) -> Iterator[Evidence]:
    roll_out = snapshot["roll_out"]
    places: dict[str, list[Row]] = defaultdict(list)
    for row in roll_out["rows"]:
        by_stage: dict[str, list[str]] = defaultdict(list)
        for place, cell in zip(roll_out["municipalities"], row["cells"], strict=True):
            by_stage[cell["stage"]].append(place["name"])
        for stage, names in by_stage.items():
            label = f"{row['measure_no']} {row['measure_title']}"
            places[stage].append(Row(label, f"rollout-{row['measure_no']}", ", ".join(names), len(names)))
    for step in snapshot["scales"]["stages"]:
        yield Evidence(f"stand-{step['code']}", _("Roll-out: %s") % step["label"], places[step["code"]])


def _resolutions(snapshot: Snapshot) -> Evidence:
    rows = [
        Row(f"{each['number']} {each['title']}", f"beschluss-{each['number']}", each["committee"])
        for each in snapshot["resolutions"]
    ]
    return Evidence("beschluesse", _("Beschlüsse im Zeitraum"), rows)


def _participation(snapshot: Snapshot) -> Iterator[Evidence]:
    for key, figure in participation_figures(snapshot):
        rows = [
            Row(row["label"], "", str(row["count"]) if row["count"] > 1 else "", row["count"])
            for row in figure["rows"]
        ]
        yield Evidence(key, figure["label"], rows)


def participation_figures(snapshot: Snapshot) -> Iterator[tuple[str, schema.Figure]]:
    """Each figure of the section with the key of its rows."""
    participation = snapshot["participation"]
    for number, figure in enumerate([*participation["figures"], *participation["sectors"]], start=1):
        yield f"beteiligung-{number}", figure


def _row(measure: Measure, note: str = "") -> Row:
    return Row(f"{measure['no']} {measure['title']}", f"massnahme-{measure['no']}", note)
