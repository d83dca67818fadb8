"""Money, indicators, follow-ups, participation and assessment of the made-up snapshot."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from monitoring.snapshot.schema import (
    Assessment,
    Coded,
    Field,
    FollowUp,
    Indicator,
    IndicatorPoint,
    Measure,
    Money,
    MoneyEntry,
    MoneyFigures,
    MoneyRow,
    Municipality,
    Participation,
)

INDICATORS = (
    ("Fahrten mit Mobilstationen", "Fahrten", 0, "outcome"),
    ("Stromverbrauch je Quadratmeter", "kWh/m²", 2, "impact"),
    ("Eingebaute Sensoren", "Stück", 0, "output"),
    ("Zufriedenheit der Nutzenden", "Punkte", 1, "outcome"),
    ("Eingesetzte Arbeitszeit", "Stunden", 0, "input"),
)
LEVELS = {"input": "Input", "output": "Output", "outcome": "Outcome", "impact": "Impact"}
STATES: tuple[tuple[Coded, Coded], ...] = (
    ({"code": "yes", "label": "auf Kurs"}, {"code": "better", "label": "besser"}),
    ({"code": "no", "label": "nicht auf Kurs"}, {"code": "worse", "label": "schlechter"}),
    ({"code": "unknown", "label": "nicht beurteilbar"}, {"code": "unknown", "label": "unbekannt"}),
)
CRITERIA = (
    ("relevance", "Relevanz"),
    ("effectiveness", "Wirksamkeit"),
    ("efficiency", "Effizienz"),
    ("sustainability", "Nachhaltigkeit"),
    ("transferability", "Übertragbarkeit"),
)
RATINGS = ("trifft nicht zu", "trifft eher nicht zu", "trifft eher zu", "trifft zu")


def _measures(fields: Iterable[Field]) -> list[Measure]:
    return [measure for field in fields for measure in field["measures"]]


def _amounts(index: int) -> MoneyFigures:
    plan = 5_000_000 + 157_345 * index
    return MoneyFigures(
        plan=plan,
        committed=None if index % 6 == 5 else plan * 3 // 5,
        spent=None if index % 4 == 3 else plan // 3,
    )


def _total(amounts: Iterable[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


YEARS = (2024, 2025, 2026)
SOURCES = ("Land: Förderprogramm Digitale Region", "Eigenanteil der Kommunen")


def _entries(measures: list[Measure]) -> Iterator[MoneyEntry]:
    """A third of each amount in each year."""
    for index, measure in enumerate(measures):
        for kind, amount in _amounts(index).items():
            for number, year in enumerate(YEARS):
                if isinstance(amount, int):
                    yield MoneyEntry(
                        measure_no=measure["no"],
                        year=year,
                        kind=kind,
                        source=SOURCES[index % 2] if kind == "plan" else None,
                        amount=amount // 3 + (amount % 3 if number == 0 else 0),
                    )


def _figures(entries: Iterable[MoneyEntry]) -> MoneyFigures:
    rows = list(entries)
    plan, committed, spent = (
        _total(row["amount"] for row in rows if row["kind"] == kind)
        for kind in ("plan", "committed", "spent")
    )
    return MoneyFigures(plan=plan, committed=committed, spent=spent)


def money(fields: list[Field]) -> Money:
    measures = _measures(fields)
    entries = list(_entries(measures))
    numbers = {field["slug"]: {measure["no"] for measure in field["measures"]} for field in fields}
    return Money(
        total=_figures(entries),
        years=[
            {"year": year, "figures": _figures(row for row in entries if row["year"] == year)}
            for year in YEARS
        ],
        fields=[
            MoneyRow(
                key=field["slug"],
                label=field["name"],
                figures=_figures(row for row in entries if row["measure_no"] in numbers[field["slug"]]),
            )
            for field in fields
        ],
        measures=[
            MoneyRow(key=measure["no"], label=measure["title"], figures=_amounts(index))
            for index, measure in enumerate(measures)
        ],
        sources=[
            {"label": source, "plan": sum(row["amount"] for row in entries if row["source"] == source)}
            for source in SOURCES
        ],
        entries=entries,
        grants=[
            {
                "programme": "Digitale Region",
                "measure_no": measure["no"],
                "ends_on": "2027-06-30",
                "amount": 12_345_600,
            }
            for measure in measures[:2]
        ],
        counting_rule="Plan ist die Summe der Planansätze. Ein Strich heißt: keine Angabe, nicht 0 €.",
    )


def _number(hundredths: int, decimals: int) -> str:
    """120050 with two digits is "1200.50", with none "1200"."""
    return f"{Decimal(hundredths) / 100:.{decimals}f}"


def indicators(count: int, fields: list[Field], places: list[Municipality]) -> list[Indicator]:
    measures = _measures(fields)
    return [_indicator(index, fields, measures, places) for index in range(count)]


def _indicator(
    index: int, fields: list[Field], measures: list[Measure], places: list[Municipality]
) -> Indicator:
    name, unit, decimals, level = INDICATORS[index % len(INDICATORS)]
    on_target, trend = STATES[index % 3]
    measure = measures[index % len(measures)] if measures and index % 3 else None
    field = fields[index % len(fields)] if index % 3 == 0 and index % 2 else None
    per_place = index % 6 == 1
    points: list[IndicatorPoint] = [
        {
            "on": f"2025-{month:02d}-28",
            "value": _number(100_000 + index * 731 + month * month * 417, decimals),
            "note": None,
        }
        for month in range(1, 12, 2)
    ]
    points[2] = {"on": "2025-05-28", "value": None, "note": "Die Erhebung fiel aus."}
    target = {"on": "2026-12-31", "value": _number(200_000 + index * 100, decimals)}
    known = index % 3 != 2
    subject = (
        f"{measure['no']} {measure['title']}"
        if measure
        else field["name"]
        if field
        else "Smart Region Konzept"
    )
    return Indicator(
        key=f"kennzahl-{index + 1:02d}",
        name=f"{name} {index + 1}",
        definition="Gezählt wird, was im Betrieb erfasst ist." if index % 2 else None,
        level={"code": level, "label": LEVELS[level]},
        unit=unit,
        decimals=decimals,
        direction={"code": "fall", "label": "soll sinken"}
        if index % 5 == 1
        else {"code": "rise", "label": "soll steigen"},
        subject=subject,
        measure_no=measure["no"] if measure else None,
        field_slug=field["slug"] if field else None,
        baseline={"on": "2024-12-31", "value": _number(100_000, decimals), "note": None} if known else None,
        targets=[{"on": target["on"], "value": target["value"]}] if known else [],
        target={"on": target["on"], "value": target["value"]} if known else None,
        value=points[-1]["value"],
        on=points[-1]["on"],
        attainment=(index * 13) % 140 - 10 if known else None,
        on_target=on_target,
        trend=trend,
        is_overdue=index % 7 == 3,
        points=points,
        places=[
            {
                "name": place["name"],
                "on": "2025-11-28" if n % 4 else None,
                "value": _number(10_000 + n * 117, decimals) if n % 4 else None,
            }
            for n, place in enumerate(places)
        ]
        if per_place
        else [],
        combination="Summe der Kommunen" if per_place else None,
        source="Meldung der Betreiber",
        rhythm="vierteljährlich",
        tags=["SDG 11", "U4SSC EC: ICT"][: index % 3],
        is_example=True,
    )


def follow_ups() -> list[FollowUp]:
    states = (
        ("open", "offen"),
        ("overdue", "überfällig"),
        ("reported", "Erledigung gemeldet"),
        ("noted", "erledigt"),
    )
    return [
        FollowUp(
            committee="Lenkungskreis",
            resolution_number="LK 2025/02",
            what=f"Bericht über den Pilotbetrieb, Teil {number}",
            responsible="Koordinierungsstelle",
            due_on="2026-01-31" if number > 1 else None,
            reported_on="2025-12-01" if code in ("reported", "noted") else None,
            noted_on="2025-12-12" if code == "noted" else None,
            state={"code": code, "label": label},
        )
        for number, (code, label) in enumerate(states, start=1)
    ]


def participation() -> Participation:
    return Participation(
        figures=[
            {
                "label": "Entwicklungsteams",
                "value": 9,
                "rule": "Maßnahmen mit mindestens einem besetzten Sitz.",
                "rows": [{"label": "B-01 Netz", "count": 1}, {"label": "B-02 Pfad", "count": 8}],
            },
            {
                "label": "Antworten in Statusrunden",
                "value": 1214,
                "rule": "Bestätigte Zellen im Zeitraum.",
                "rows": [],
            },
        ],
        sectors=[
            {
                "label": label,
                "value": value,
                "rule": "Besetzte Sitze in Entwicklungsteams.",
                "rows": [{"label": "Stadt Birkenau", "count": value}] if value else [],
            }
            for label, value in (
                ("Kommune", 14),
                ("Wirtschaft", 6),
                ("Wissenschaft", 3),
                ("Zivilgesellschaft", 0),
            )
        ],
    )


def assessment(fields: list[Field]) -> Assessment:
    ratings: list[Coded] = [{"code": str(n), "label": label} for n, label in enumerate(RATINGS, start=1)]
    criteria: list[Coded] = [{"code": code, "label": label} for code, label in CRITERIA]
    names = [None, *(field["name"] for field in fields)]
    return Assessment(
        title="jährliche Evaluation Jahr 2025",
        fields=[
            {
                "field": name,
                "criterion": criterion,
                "rating": None if (n + m) % 6 == 5 else ratings[(n + m) % 4],
                "text": "Die Übernahme gelingt dort, wo der Betrieb gemeinsam geregelt ist."
                if m % 2
                else None,
            }
            for n, name in enumerate(names)
            for m, criterion in enumerate(criteria)
        ],
        teams=[
            {
                "measure_no": measure["no"],
                "criterion": criteria[n % 5],
                "question": "Erreicht die Maßnahme ihre Zielgruppe?",
                "rating": ratings[n % 4] if n % 5 else None,
                "text": "Erste Befragungen sind ermutigend." if n % 2 else None,
            }
            for n, measure in enumerate(_measures(fields))
        ],
        recommendations=[
            {
                "number": 1,
                "field": None,
                "title": "Betrieb gemeinsam regeln",
                "text": "Für gemeinsam genutzte Lösungen wird eine Betriebsvereinbarung geschlossen.",
                "addressee": "Lenkungskreis",
                "state": {"code": "on_agenda", "label": "auf der Tagesordnung"},
            },
            {
                "number": 2,
                "field": fields[0]["name"],
                "title": "Daten offen bereitstellen",
                "text": None,
                "addressee": None,
                "state": {"code": "noted", "label": "festgehalten"},
            },
        ],
    )
