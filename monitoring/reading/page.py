"""What a report's page shows of its snapshot."""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from django.utils.text import slugify
from django.utils.translation import gettext as _

from monitoring.compile.figures import all_measures
from monitoring.compile.figures import charts as draw_charts
from monitoring.models import Section
from monitoring.reading.charts import DataTable, charts_of
from monitoring.reading.evidence import (
    DEVIATING,
    Evidence,
    Figure,
    evidence_of,
    figures_of,
    participation_figures,
)
from monitoring.reading.links import Links, links_for
from monitoring.reading.money import Amount, MoneyTable, evidence_of_money, money_tables, sources_of
from monitoring.snapshot import schema
from monitoring.snapshot.schema import Indicator, Measure, Resolution, Snapshot
from smartregion.base.charts import Chart

TEMPLATES: Final[dict[str, str]] = {
    Section.CHANGES: "monitoring/sections/_changes.html",
    Section.OVERVIEW: "monitoring/sections/_overview.html",
    Section.FIELDS: "monitoring/sections/_fields.html",
    Section.DEVIATIONS: "monitoring/sections/_deviations.html",
    Section.MONEY: "monitoring/sections/_money.html",
    Section.ROLL_OUT: "monitoring/sections/_roll_out.html",
    Section.INDICATORS: "monitoring/sections/_indicators.html",
    Section.DECISIONS: "monitoring/sections/_decisions.html",
    Section.PARTICIPATION: "monitoring/sections/_participation.html",
    Section.ASSESSMENT: "monitoring/sections/_assessment.html",
    Section.OUTLOOK: "monitoring/sections/_outlook.html",
    Section.PROFILES: "monitoring/sections/_profiles.html",
    Section.DATA_SHEET: "monitoring/sections/_data_sheet.html",
    Section.METHOD: "monitoring/sections/_method.html",
}


@dataclass(frozen=True)
class Part:
    """A section with the coordination office's words, and the template of what the portal says."""

    key: str
    title: str
    text: str | None
    template: str


@dataclass(frozen=True)
class Reading:
    """Everything that `monitoring/_content.html` shows."""

    snapshot: Snapshot
    parts: list[Part]
    links: Links
    figures: list[Figure]
    charts: list[tuple[Chart, DataTable]]
    money_chart: Chart | None
    money: list[MoneyTable]
    sources: list[tuple[str, Amount]]
    evidence: list[Evidence]
    fields: list[tuple[str, list[dict[str, Any]]]]
    matrix: list[tuple[Any, list[tuple[str, Any]]]]
    resolutions: list[tuple[Resolution, str]]
    participation: list[tuple[schema.Figure, str]]
    sectors: list[tuple[schema.Figure, str]]
    """Each figure with the key of its rows, empty where they are not named."""
    levels: list[tuple[str, list[tuple[Indicator, str]]]]
    """Each indicator with the address of its values: in the data sheet, or its page on that day."""

    @property
    def measures(self) -> list[dict[str, Any]]:
        return [measure for _name, measures in self.fields for measure in measures]

    @property
    def deviations(self) -> list[dict[str, Any]]:
        return [each for each in self.measures if each["light_stated"]["code"] in DEVIATING]


def read_snapshot(snapshot: Snapshot, user: Any) -> Reading:
    """The page for one reader: the rows are the snapshot's, the links only lead where the reader may go."""
    links, drawn = links_for(snapshot, user), draw_charts(snapshot)
    evidence = all_evidence(snapshot)
    parts = [
        Part(section["key"], section["title"], section["text"], TEMPLATES[section["key"]])
        for section in snapshot["report"]["sections"]
    ]
    places = links.indicators
    if Section.DATA_SHEET in [part.key for part in parts]:
        places = {each["key"]: f"#indikator-{slugify(each['key'])}" for each in snapshot["indicators"]}
    counted = [(each, key if key in evidence else "") for key, each in participation_figures(snapshot)]
    others = len(snapshot["participation"]["figures"])
    anchors = _anchors(snapshot, [part.key for part in parts]) | {f"beleg-{key}" for key in evidence}
    return Reading(
        snapshot=snapshot,
        parts=parts,
        links=links,
        figures=figures_of(snapshot, evidence),
        charts=charts_of(snapshot, drawn, evidence),
        money_chart=drawn.get("money"),
        money=money_tables(snapshot["money"]),
        sources=sources_of(snapshot["money"]),
        evidence=[_leading_to(each, anchors) for each in evidence.values()],
        fields=[
            (field["name"], [_with_page(measure, links) for measure in field["measures"]])
            for field in snapshot["fields"]
        ],
        matrix=_matrix(snapshot),
        resolutions=[(each, _validity(each)) for each in snapshot["resolutions"]],
        participation=counted[:others],
        sectors=counted[others:],
        levels=[
            (label, [(each, places.get(each["key"], "")) for each in group])
            for label, group in groupby(snapshot["indicators"], key=lambda each: each["level"]["label"])
        ],
    )


def all_evidence(snapshot: Snapshot) -> dict[str, Evidence]:
    """By key, in the order in which the page lists it; a figure of nothing has no rows and no entry."""
    found = [*evidence_of(snapshot), *evidence_of_money(snapshot)]
    return {each.key: each for each in found if each.rows}


def _with_page(measure: Measure, links: Links) -> dict[str, Any]:
    return {**measure, "page": links.measures.get(measure["no"], "")}


def _matrix(snapshot: Snapshot) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Each row with its cells and their labels."""
    labels = {step["code"]: step["label"] for step in snapshot["scales"]["stages"]}
    return [
        (row, [(labels[cell["stage"]], cell) for cell in row["cells"]])
        for row in snapshot["roll_out"]["rows"]
    ]


def _anchors(snapshot: Snapshot, keys: list[str]) -> set[str]:
    """The places that the page really has."""
    measures = [measure["no"] for measure in all_measures(snapshot)]
    places = {
        Section.FIELDS: [f"massnahme-{no}" for no in measures],
        Section.ROLL_OUT: [f"rollout-{no}" for no in measures],
        Section.DECISIONS: [f"beschluss-{each['number']}" for each in snapshot["resolutions"]],
    }
    return {place for section, found in places.items() if section in keys for place in found}


def _leading_to(evidence: Evidence, anchors: set[str]) -> Evidence:
    rows = [row if row.anchor in anchors else replace(row, anchor="") for row in evidence.rows]
    return replace(evidence, rows=rows)


def _validity(resolution: Resolution) -> str:
    """What is to be said where another resolution has taken its place."""
    if resolution["in_force"]:
        return ""
    number = resolution["superseded_by"]
    return _("Nicht mehr in Kraft, ersetzt durch %s") % number if number else _("Nicht mehr in Kraft")
