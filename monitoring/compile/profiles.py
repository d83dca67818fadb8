"""The Steckbrief of each measure: what fits on one page of its own."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from monitoring.compile.values import day, euros, in_words, percent, quantity
from monitoring.snapshot.schema import Field, Indicator, Measure, MoneyRow, RollOutRow, Snapshot

LINES: Final = 47
"""Of a page, below its title."""
LINE: Final = 95
FACT_LINE: Final = 52
"""Characters of a line of text, and of the narrower list of facts."""
LONGEST_TEXT: Final = 8 * LINE
"""Longer texts are cut, and so are all if the page would overflow; it then says where they stand in full."""
LONGEST_TITLE: Final = 100
MOST_ROWS: Final = 4
ROW_LINES: Final = 1.7
HEAD_LINES: Final = 3.7


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
    texts = [(label, text) for label, text in _texts(measure) if text]
    facts = [[label, shortened(text, LONGEST_TITLE)] for label, text in _facts(measure, money, row)]
    lists = (measure["milestones"], measure["team"], indicators)
    room = _room(facts, lists, len(texts))
    return {
        "no": measure["no"],
        "title": shortened(measure["title"], LONGEST_TITLE),
        "url": measure["url"],
        "field": shortened(field["name"], LONGEST_TITLE),
        "begins_field": measure is field["measures"][0],
        "is_starter": measure["is_starter"],
        "light": measure["light_stated"],
        "progress": measure["progress_percent"],
        "facts": facts,
        "texts": [[label, shortened(text, room)] for label, text in texts],
        "milestones": [
            [
                shortened(item["title"], LONGEST_TITLE),
                in_words(day(item["planned_date"])),
                in_words(day(item["actual_date"] or item["forecast_date"])),
                item["state"]["label"],
            ]
            for item in measure["milestones"][:MOST_ROWS]
        ],
        "team": [
            shortened(
                f"{seat['organisation']} ({seat['function']}, {seat['sector']['label']})", LONGEST_TITLE
            )
            for seat in measure["team"][:MOST_ROWS]
        ],
        "indicators": [_indicator(item) for item in indicators[:MOST_ROWS]],
        "is_cut": any(len(text) > room for _label, text in texts)
        or any(len(items) > MOST_ROWS for items in lists),
    }


def _room(facts: list[list[str]], lists: Sequence[Sequence[Any]], texts: int) -> int:
    """Characters that each text may have, so that all together fill the page at most."""
    used = sum(-(-len(text) // FACT_LINE) for _label, text in facts)
    rows = sum(HEAD_LINES + ROW_LINES * min(len(items), MOST_ROWS) for items in lists if items)
    lines_for_each = (LINES - used - rows) / max(texts, 1) - 1.5
    return min(max(int(lines_for_each * LINE), LINE), LONGEST_TEXT)


def _texts(measure: Measure) -> list[tuple[str, str | None]]:
    return [
        ("Kurzbeschreibung", measure["summary"]),
        ("Ziel", measure["goal"]),
        ("Nutzen", measure["benefit"]),
        ("Ursache der Ampel", measure["light_reason"]),
        ("Nötige Entscheidung", measure["needed_decision"]),
        ("Zum Status", measure["status_reason"]),
    ]


def _facts(measure: Measure, money: MoneyRow | None, row: RollOutRow | None) -> list[tuple[str, str]]:
    facts: list[tuple[str, str | None]] = [
        ("Federführung", measure["lead"]),
        ("Phase, Status", f"{measure['phase']['label']}, {measure['status']['label']}"),
        ("Laufzeit", f"{in_words(day(measure['starts_on']))} bis {in_words(day(measure['ends_on']))}"),
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
        plan, committed, spent = (
            in_words(euros(cents))
            for cents in (
                money["figures"]["plan"],
                money["figures"]["committed"],
                money["figures"]["spent"],
            )
        )
        facts.append(("Mittel", f"Plan {plan}, gebunden {committed}, abgeflossen {spent}"))
    return [(label, text) for label, text in facts if text]


def _indicator(item: Indicator) -> list[str]:
    target = item["target"]
    return [
        f"{item['name']} ({item['unit']})",
        in_words(quantity(item["value"])),
        in_words(target and quantity(target["value"])),
        in_words(percent(item["attainment"])),
    ]


def shortened(text: str, longest: int) -> str:
    """The text in one paragraph, cut after the last word that fits."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    kept = line[: longest - 1]
    return f"{kept[: kept.rfind(' ')] if ' ' in kept[longest // 2 :] else kept} …"
