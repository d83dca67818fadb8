"""What the templates print: the snapshot in the shape of its pages, its figures, charts and checksum."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from monitoring.compile.content import Content
from monitoring.compile.figures import all_measures, charts, deviating, key_figures, light_segments
from monitoring.compile.profiles import profiles
from monitoring.compile.tables import MOST_PRINTED, Table
from monitoring.compile.tables.rollout import stage_counts
from monitoring.compile.values import day, in_words, percent, quantity
from monitoring.snapshot.schema import Indicator, IndicatorPoint, Report, Snapshot
from smartregion.base.charts import TONES
from smartregion.base.rich_text import Part, parts_of

MATRIX_PLACES: Final = 60
"""More municipalities than these fill pages that nobody reads: then the matrix is printed as counts."""
ON_PAPER: Final = (
    "meilensteine-im-zeitraum",
    "mittel",
    "mittel-je-handlungsfeld",
    "mittel-je-massnahme",
    "mittelherkunft",
    "zuwendungen",
    "auftraege",
    "beteiligung",
    "selbsteinschaetzungen",
    "ausblick",
    "methode",
)
"""The tables that are printed as they are; the others have a look of their own."""
OF_A_MEASURE: Final = (
    "no",
    "title",
    "url",
    "lead",
    "is_starter",
    "is_example",
    "phase",
    "status",
    "light_stated",
    "light_computed",
    "progress_percent",
    "next_milestone",
    "milestones_overdue",
    "last_update",
)
OF_A_DEVIATION: Final = (
    "no",
    "title",
    "lead",
    "phase",
    "status",
    "status_reason",
    "light_stated",
    "light_reason",
    "light_computed",
    "light_computed_reasons",
    "needed_decision",
)
OF_AN_INDICATOR: Final = (
    "name",
    "subject",
    "unit",
    "definition",
    "source",
    "rhythm",
    "combination",
    "tags",
    "is_example",
    "is_overdue",
    "attainment",
    "on_target",
    "trend",
)
LONG_ROW: Final = 900
"""Characters; a row with such a text may break over pages."""


def document_data(content: Content, *, draft: bool) -> dict[str, Any]:
    """Return what both templates read but charts and checksums. What no section prints is left out."""
    snapshot = content.snapshot
    shown = {section["key"] for section in snapshot["report"]["sections"]}
    return {
        "title": content.title,
        "heading": content.heading,
        "report": _report(snapshot["report"]),
        "region": snapshot["region"],
        "concept": snapshot["concept"],
        "scales": snapshot["scales"],
        "changes": snapshot["changes"],
        "draft": draft,
        "key_figures": [vars(figure) for figure in key_figures(snapshot)],
        "fields": _fields(snapshot),
        "deviations": _counted([only(measure, OF_A_DEVIATION) for measure in deviating(snapshot)]),
        "roll_out": _roll_out(snapshot),
        "money_rule": snapshot["money"] and snapshot["money"]["counting_rule"],
        "levels": _levels(snapshot["indicators"]),
        "resolutions": snapshot["resolutions"],
        "assessment": _assessment(snapshot),
        "outlook": snapshot["outlook"],
        "tables": {table.key: _table(table) for table in content.tables if table.key in ON_PAPER},
        "profiles": _profiles(snapshot, is_shown="profiles" in shown),
        "tones": {tone: {"fill": paint.fill, "ink": paint.ink} for tone, paint in TONES.items()},
    }


def _report(report: Report) -> dict[str, Any]:
    """With the coordination office's own words in their parts."""
    sections = [
        {**section, "text": [_part(part) for part in parts_of(section["text"] or "")]}
        for section in report["sections"]
    ]
    return {**report, "sections": sections}


def _part(part: Part) -> dict[str, Any]:
    return {"kind": part.kind, "items": [[span._asdict() for span in spans] for spans in part.items]}


def chart_data(snapshot: Snapshot) -> dict[str, Any]:
    return {
        name: {"title": chart.title, "description": chart.description, "svg": chart.svg}
        for name, chart in charts(snapshot).items()
    }


def _counted(rows: list[Any]) -> dict[str, Any]:
    """The rows, or how many they are where that is too many for paper."""
    left_out = len(rows) if len(rows) > MOST_PRINTED else 0
    return {"rows": [] if left_out else rows, "left_out": left_out}


def _table(table: Table) -> dict[str, Any]:
    if table.left_out:
        return {"parts": [], "left_out": table.left_out}
    parts = table.parts
    is_long = any(len(text) > LONG_ROW for part in parts for row in part.rows for text in row)
    return {"parts": [vars(part) for part in parts], "is_long": is_long, "left_out": 0}


def _fields(snapshot: Snapshot) -> dict[str, Any]:
    """Each field with its measures, or with how many of them have which light."""
    count = len(all_measures(snapshot))
    left_out = count if count > MOST_PRINTED else 0
    return {
        "left_out": left_out,
        "rows": [
            {
                "name": field["name"],
                "count": len(field["measures"]),
                "lights": [segment.value for segment in light_segments(snapshot, field)],
                "measures": []
                if left_out
                else [only(measure, OF_A_MEASURE) for measure in field["measures"]],
            }
            for field in snapshot["fields"]
        ],
    }


def _profiles(snapshot: Snapshot, *, is_shown: bool) -> dict[str, Any]:
    count = len(all_measures(snapshot))
    left_out = count if count > MOST_PRINTED else 0
    return {"left_out": left_out, "rows": profiles(snapshot) if is_shown and not left_out else []}


def only(item: Mapping[str, object], names: tuple[str, ...]) -> dict[str, object]:
    return {name: item[name] for name in names}


def _roll_out(snapshot: Snapshot) -> dict[str, Any]:
    """The matrix cell by cell as "RB" or "RB*", or as counts by stage where it is too wide to print."""
    roll_out = snapshot["roll_out"]
    places = roll_out["municipalities"]
    is_counted = len(places) > MATRIX_PLACES
    counted = _counted(roll_out["rows"])
    counts = stage_counts(snapshot) if is_counted else []
    return {
        "counting_rule": roll_out["counting_rule"],
        "stale_rule": roll_out["stale_rule"],
        "count": len(places),
        "places": [] if is_counted else [place["name"] for place in places],
        "is_counted": is_counted,
        "left_out": counted["left_out"],
        "rows": [
            {
                "no": row["measure_no"],
                "title": row["measure_title"],
                "figures": [row["affected"], row["live"], in_words(percent(row["reached_percent"]))],
                "counts": counts[place] if is_counted else [],
                "cells": [] if is_counted else [[cell["stage"], cell["stale"]] for cell in row["cells"]],
            }
            for place, row in enumerate(counted["rows"])
        ],
    }


def _levels(indicators: Sequence[Indicator]) -> list[dict[str, Any]]:
    """The indicators by their level in the logic model, in the order in which the levels occur there."""
    order = {"impact": 0, "outcome": 1, "output": 2, "input": 3}
    names = {item["level"]["code"]: item["level"]["label"] for item in indicators}
    return [
        {
            "name": names[code],
            "indicators": [_indicator(item) for item in indicators if item["level"]["code"] == code],
        }
        for code in sorted(names, key=lambda code: order.get(code, len(order)))
    ]


def _indicator(item: Indicator) -> dict[str, Any]:
    baseline, target = item["baseline"], item["target"]
    return {
        **only(item, OF_AN_INDICATOR),
        "direction": item["direction"]["label"],
        "baseline": baseline and _value_on(baseline["value"], baseline["on"]),
        "target": target and _value_on(target["value"], target["on"]),
        "value": _value_on(item["value"], item["on"]),
        "attainment_label": in_words(percent(item["attainment"])),
        "line": line_of(item["points"]),
        "points": [
            {**_value_on(point["value"], point["on"]), "note": point["note"]} for point in item["points"]
        ],
        "targets": [_value_on(point["value"], point["on"]) for point in item["targets"]],
        "places": [
            {"name": place["name"], **_value_on(place["value"], place["on"])} for place in item["places"]
        ],
    }


def _value_on(value: str | None, on: str | None) -> dict[str, str]:
    return {"value": in_words(quantity(value)), "on": in_words(day(on))}


def line_of(points: Sequence[IndicatorPoint]) -> list[list[list[int]]]:
    """The values as lines in a field of 100 x 100, from its lower left; a missing value breaks them."""
    known = [Decimal(point["value"]) for point in points if point["value"] is not None]
    if len(known) < 2:
        return []
    low, high = min(known), max(known)
    lines: list[list[list[int]]] = [[]]
    for place, point in enumerate(points):
        if point["value"] is None:
            lines.append([])
            continue
        height = (Decimal(point["value"]) - low) / (high - low) if high > low else Decimal("0.5")
        lines[-1].append([100 * place // (len(points) - 1), int(100 * height)])
    return [line for line in lines if line]


def _assessment(snapshot: Snapshot) -> dict[str, Any] | None:
    """The coordinator's ratings as a table of fields and criteria, with what was written to them."""
    assessment = snapshot["assessment"]
    if assessment is None:
        return None
    items = assessment["fields"]
    criteria = list(dict.fromkeys(item["criterion"]["label"] for item in items))
    ratings = {(item["field"], item["criterion"]["label"]): item["rating"] for item in items}
    fields = list(dict.fromkeys(item["field"] for item in items))
    return {
        "title": assessment["title"],
        "criteria": criteria,
        "rows": [
            {
                "field": field or "Konzept insgesamt",
                "ratings": [
                    rating and rating["label"] for rating in (ratings.get((field, c)) for c in criteria)
                ],
                "texts": [
                    [item["criterion"]["label"], item["text"]]
                    for item in items
                    if item["field"] == field and item["text"]
                ],
            }
            for field in fields
        ],
        "recommendations": assessment["recommendations"],
    }
