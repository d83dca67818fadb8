"""The Steckbrief of each measure. The Word file has it in full, the PDF as much of it as fits on one page."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from monitoring.compile.values import day, euros, in_words, percent, quantity
from monitoring.snapshot.schema import Field, Indicator, Measure, MoneyFigures, MoneyRow, RollOutRow, Snapshot


def profiles(snapshot: Snapshot) -> list[dict[str, Any]]:
    money = snapshot["money"]
    amounts = {row["key"]: row for row in money["measures"]} if money else {}
    roll_out = {row["measure_no"]: row for row in snapshot["roll_out"]["rows"]}
    indicators: dict[str | None, list[Indicator]] = defaultdict(list)
    for item in snapshot["indicators"]:
        indicators[item["measure_no"]].append(item)
    return [
        _profile(
            field,
            measure,
            amounts.get(measure["no"]),
            roll_out.get(measure["no"]),
            indicators.get(measure["no"], []),
        )
        for field in snapshot["fields"]
        for measure in field["measures"]
    ]


def _profile(
    field: Field,
    measure: Measure,
    money: MoneyRow | None,
    row: RollOutRow | None,
    indicators: Sequence[Indicator],
) -> dict[str, Any]:
    return {
        "no": measure["no"],
        "title": measure["title"],
        "url": measure["url"],
        "field": field["name"],
        "begins_field": measure is field["measures"][0],
        "is_starter": measure["is_starter"],
        "light": measure["light_stated"],
        "progress": measure["progress_percent"],
        "facts": _facts(measure, money, row),
        "texts": [[label, text] for label, text in _texts(measure) if text],
        "milestones": [
            [
                item["title"],
                in_words(day(item["planned_date"])),
                in_words(day(item["actual_date"] or item["forecast_date"])),
                item["state"]["label"],
            ]
            for item in measure["milestones"]
        ],
        "team": [
            f"{seat['organisation']} ({seat['function']}, {seat['sector']['label']})"
            for seat in measure["team"]
        ],
        "indicators": [_indicator(item) for item in indicators],
    }


def _texts(measure: Measure) -> list[tuple[str, str | None]]:
    return [
        ("Kurzbeschreibung", measure["summary"]),
        ("Ziel", measure["goal"]),
        ("Nutzen", measure["benefit"]),
        ("Ursache der Ampel", measure["light_reason"]),
        ("Nötige Entscheidung", measure["needed_decision"]),
        ("Zum Status", measure["status_reason"]),
    ]


def _facts(measure: Measure, money: MoneyRow | None, row: RollOutRow | None) -> list[list[str]]:
    facts: list[tuple[str, str | None]] = [
        ("Federführung", measure["lead"]),
        ("Phase, Status", f"{measure['phase']['label']}, {measure['status']['label']}"),
        ("Laufzeit", _period(measure)),
        ("Zielgruppe", measure["target_group"]),
        ("Kontakt", measure["contact"]),
        ("Leitlinien", ", ".join(measure["guidelines"]) or None),
    ]
    if row is not None:
        reached = in_words(percent(row["reached_percent"]))
        words = (
            f"{row['live']} von {row['affected']} betroffenen Kommunen im Regelbetrieb, Reichweite {reached}"
        )
        facts.append(("Roll-out", words))
    if money is not None:
        facts.append(("Mittel", _amounts(money["figures"])))
    return [[label, text] for label, text in facts if text]


def _period(measure: Measure) -> str | None:
    begins, ends = measure["starts_on"], measure["ends_on"]
    return f"{in_words(day(begins))} bis {in_words(day(ends))}" if begins or ends else None


def _amounts(figures: MoneyFigures) -> str:
    named = (("Plan", figures["plan"]), ("gebunden", figures["committed"]), ("abgeflossen", figures["spent"]))
    known = [f"{label} {in_words(euros(cents))}" for label, cents in named if cents is not None]
    return ", ".join(known) or "keine Angaben"


def _indicator(item: Indicator) -> list[str]:
    target = item["target"]
    return [
        f"{item['name']} ({item['unit']})",
        in_words(quantity(item["value"])),
        in_words(target and quantity(target["value"])),
        in_words(percent(item["attainment"])),
    ]
