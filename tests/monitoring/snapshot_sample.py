"""A made-up snapshot of any size. No place and no person in it exists."""

from collections.abc import Sequence
from itertools import cycle, islice, product

from monitoring.sections import SECTIONS_OF, ReportKind
from monitoring.sections import Section as SectionKey
from monitoring.snapshot.schema import (
    FORMAT_VERSION,
    Cell,
    Coded,
    Field,
    Measure,
    Municipality,
    Report,
    Resolution,
    RollOutRow,
    Scales,
    ScaleStep,
    Section,
    Snapshot,
    Tone,
)
from tests.monitoring.snapshot_parts import assessment, follow_ups, indicators, money, participation

FIELD_NAMES = (
    "Mobilität",
    "Energie",
    "Umwelt und Klima",
    "Freizeit, Kultur und Tourismus",
    "Gesellschaft und Zusammenleben",
    "Wirtschaft und Arbeit",
)
MEASURE_TITLES = (
    "Gemeinsame Mobilstationen mit Buchung",
    "Anzeige freier Parkflächen",
    "Zählung des Radverkehrs und Baustellenmelder",
    "Energiemonitoring kommunaler Gebäude",
    "Bedarfsgesteuerte Straßenbeleuchtung",
    "Frühwarnung bei Starkregen und Hochwasser",
    "Funknetz für Umweltsensoren",
    "Digitaler Erlebnispfad",
    "Online-Buchung kommunaler Räume",
    "Digitaler Dorfplatz",
    "Offenes Datenportal",
    "Digitalcoach für Handwerk und Handel",
    "Coworking auf dem Land",
    "Digitale Energieberatung",
)
SECTORS: list[Coded] = [
    {"code": "municipality", "label": "Kommune"},
    {"code": "business", "label": "Wirtschaft"},
    {"code": "science", "label": "Wissenschaft"},
    {"code": "civil_society", "label": "Zivilgesellschaft"},
]
TEAM = (
    ("Stadt Birkenau", "Fachbereich Planen und Bauen"),
    ("Stadtwerke Auetal", "Netzbetrieb"),
    ("Hochschule am Fluss", "Institut für Verkehr"),
    ("Bürgerverein Lindenhof", "Vorstand"),
)
MILESTONES = (
    ("Lastenheft liegt vor", "2025-02-15", "reached", "erreicht"),
    ("Vergabe abgeschlossen", "2025-09-30", "overdue", "überfällig"),
    ("Abnahme der ersten Ausbaustufe", "2026-04-15", "open", "offen"),
    ("Übergabe in den Regelbetrieb", "2027-06-30", "open", "offen"),
)
LEADS = ("Kreisverwaltung", "Wirtschaftsförderung", "Stadt Birkenau", "Zweckverband Digitales")


def _scale(*steps: tuple[str, str, str, Tone]) -> list[ScaleStep]:
    return [ScaleStep(code=code, label=label, short=short, tone=tone) for code, label, short, tone in steps]


SCALES = Scales(
    phases=_scale(
        ("idea", "Ideenfindung", "ID", "step1"),
        ("concept", "Konzept", "KO", "step2"),
        ("pilot", "Pilot", "PI", "step3"),
        ("operation", "Verstetigung", "VE", "step4"),
        ("rollout", "Transfer", "TR", "step5"),
    ),
    statuses=_scale(
        ("planned", "geplant", "GE", "step1"),
        ("active", "laufend", "LA", "step4"),
        ("on_hold", "ruhend", "RU", "grey"),
        ("completed", "abgeschlossen", "AB", "step5"),
        ("discontinued", "eingestellt", "EI", "out"),
    ),
    lights=_scale(
        ("green", "Grün – im Plan", "GN", "green"),
        ("yellow", "Gelb – Abweichung", "GB", "yellow"),
        ("red", "Rot – kritisch", "RT", "red"),
        ("grey", "Grau – nicht bewertet", "GR", "grey"),
    ),
    stages=_scale(
        ("live", "im Regelbetrieb", "RB", "step5"),
        ("introducing", "in Einführung", "EF", "step4"),
        ("preparing", "in Vorbereitung", "VB", "step3"),
        ("committed", "zugesagt", "ZU", "step2"),
        ("interested", "Interesse bekundet", "IN", "step1"),
        ("not_started", "nicht begonnen", "NB", "step0"),
        ("unknown", "unbekannt", "?", "unknown"),
        ("not_affected", "nicht betroffen", "–", "out"),
        ("declined", "abgelehnt", "AL", "out"),
        ("withdrawn", "zurückgezogen", "ZZ", "out"),
    ),
)


def _coded(scale: list[ScaleStep], index: int) -> Coded:
    step = scale[index % len(scale)]
    return Coded(code=step["code"], label=step["label"])


def municipalities(count: int) -> list[Municipality]:
    prefixes = ("Birken", "Eichen", "Erlen", "Hasel", "Linden", "Tannen", "Ulmen", "Weiden")
    suffixes = ("au", "feld", "hausen", "tal", "kirchen an der Aue", "brück", "stein", "moor")
    series = ("", *(f" {number}" for number in range(2, 2 + count // 64)))
    names = sorted(islice((a + b + c for c, a, b in product(series, prefixes, suffixes)), count))
    return [
        Municipality(
            key=f"{99000000 + n}",
            name=name,
            abbr=f"{name[0]}{n + 1:02d}",
            residents=8000 + 1375 * n,
        )
        for n, name in enumerate(names)
    ]


def _measure(index: int) -> Measure:
    light = (0, 1, 0, 2, 0, 3)[index % 6]
    title = MEASURE_TITLES[index % len(MEASURE_TITLES)]
    return Measure(
        no=f"B-{index + 1:02d}",
        title=title if index < len(MEASURE_TITLES) else f"{title} (Teil {index // len(MEASURE_TITLES) + 1})",
        url=f"https://portal.example/massnahmen/b-{index + 1:02d}/",
        lead=LEADS[index % len(LEADS)],
        phase=_coded(SCALES["phases"], index),
        status=_coded(SCALES["statuses"], 2 if light == 3 else 1),
        status_reason="Wartet auf den Zuwendungsbescheid des Landes." if light == 3 else None,
        light_stated=_coded(SCALES["lights"], light),
        light_reason={
            1: "Die Sensoren kommen sechs Wochen später; der Pilot beginnt im Herbst.",
            2: "Der Eigenanteil für 2026 ist nicht gesichert. Ohne Entscheidung endet der Pilot.",
        }.get(light),
        light_computed=_coded(SCALES["lights"], 1 if index % 5 == 2 else light),
        light_computed_reasons=["1 Meilenstein überfällig"] if index % 5 == 2 or light in (1, 2) else [],
        needed_decision="Der Lenkungskreis entscheidet über den Eigenanteil für 2026." if light == 2 else None,
        summary=f"{title} für alle Kommunen des Kreises, gemeinsam beschafft und betrieben. "
        "Die Lösung wird zuerst an zwei Orten erprobt und dann schrittweise übernommen.",
        goal="Bis Ende 2027 nutzen die beteiligten Kommunen die Lösung im Regelbetrieb.",
        benefit="Weniger Aufwand für jede Kommune, gleiche Qualität für alle." if index % 4 else None,
        target_group="Bürgerinnen und Bürger, Verwaltungen" if index % 3 else None,
        contact="Fachdienst Digitalisierung, digital@kreis.example",
        starts_on="2024-07-01",
        ends_on="2027-12-31" if index % 5 else None,
        guidelines=["Standards und Übertragbarkeit", "Beteiligung"][: index % 3],
        team=[
            {"organisation": organisation, "function": function, "sector": SECTORS[n]}
            for n, (organisation, function) in enumerate(TEAM[: index % 5])
        ],
        milestones=[
            {
                "title": title,
                "planned_date": planned,
                "forecast_date": "2026-02-28" if state == "overdue" else None,
                "actual_date": planned if state == "reached" else None,
                "weight": 1 + n,
                "state": {"code": state, "label": label},
            }
            for n, (title, planned, state, label) in enumerate(MILESTONES[: index % 5])
        ],
        is_starter=index % 4 == 0,
        is_example=True,
        progress_percent=None if index % 6 == 5 else (index * 17 + 8) % 101,
        next_milestone=None
        if index % 6 == 5
        else {"title": "Abnahme der ersten Ausbaustufe", "planned_date": f"2026-{index % 12 + 1:02d}-15"},
        milestones_overdue=1 if index % 5 == 2 else 0,
        milestones_in_period=[
            {
                "title": "Vergabe abgeschlossen",
                "planned_date": "2025-03-31",
                "actual_date": "2025-04-11" if index % 3 else None,
                "result": {"code": "late", "label": "verspätet erreicht"}
                if index % 3
                else {"code": "missed", "label": "nicht erreicht"},
            }
        ],
        last_update={
            "date": "2025-11-20",
            "text": "Die ersten beiden Standorte sind in Betrieb. Die Rückmeldungen sind gut, "
            "die Schnittstelle zur Fachanwendung wird im Januar abgenommen.",
        }
        if index % 7 != 6
        else None,
    )


def _row(measure: Measure, index: int, places: list[Municipality]) -> RollOutRow:
    codes = [step["code"] for step in SCALES["stages"]]
    stages = [codes[(index * 3 + n * n + n // 3) % len(codes)] for n in range(len(places))]
    cells = [
        Cell(
            stage=stage,
            since=None if stage in ("unknown", "not_affected") else "2025-06-01",
            confirmed_at=None if stage == "unknown" else "2025-11-05",
            stale=False,
        )
        for n, stage in enumerate(stages)
    ]
    for cell in cells[index % 9 :: 9]:
        if cell["confirmed_at"]:
            cell["confirmed_at"], cell["stale"] = "2024-11-05", True
    affected = [place for place, stage in zip(places, stages, strict=True) if stage != "not_affected"]
    live = [place for place, stage in zip(places, stages, strict=True) if stage == "live"]
    residents = sum(place["residents"] for place in affected)
    reached = sum(place["residents"] for place in live)
    return RollOutRow(
        measure_no=measure["no"],
        measure_title=measure["title"],
        cells=cells,
        affected=len(affected),
        live=len(live),
        reached_percent=round(100 * reached / residents) if residents else None,
    )


def _resolution(index: int) -> Resolution:
    adopted = index != 1
    return Resolution(
        date=f"2025-{2 + index * 3:02d}-12",
        committee="Lenkungskreis",
        number=f"LK 2025/{index + 1:02d}",
        title=("Freigabe des Pilotbetriebs", "Kenntnisnahme des Sachstands", "Längere Laufzeit")[index],
        wording="Der Lenkungskreis gibt den Pilotbetrieb für zwölf Monate frei und bittet die "
        "Koordinierungsstelle, über die Ergebnisse zu berichten.",
        outcome={"code": "adopted", "label": "ungeändert beschlossen"}
        if adopted
        else {"code": "noted", "label": "zur Kenntnis genommen"},
        votes={"in_favour": 19, "against": 0, "abstentions": 2, "label": "einstimmig"} if adopted else None,
        in_force=index != 0,
        superseded_by=None if index else "LK 2025/03",
        measure_nos=["B-01", "B-04"][: index + 1],
    )


def sample_snapshot(
    measures: int = 14,
    places: int = 17,
    kind: str = "evaluation",
    number_of_indicators: int = 12,
    sections: Sequence[str] | None = None,
) -> Snapshot:
    """Return a snapshot of `measures` × `places`, with the sections of its kind or those that are named."""
    columns = municipalities(places)
    rows = [_measure(index) for index in range(measures)]
    fields = [
        Field(slug=f"feld-{n}", name=name, order=n, measures=[])
        for n, name in enumerate(FIELD_NAMES, start=1)
    ]
    for measure, field in zip(rows, cycle(fields), strict=False):
        field["measures"].append(measure)
    return Snapshot(
        format_version=FORMAT_VERSION,
        report=_report(kind, SECTIONS_OF[kind] if sections is None else sections),
        region={
            "name": "Kreis Muster",
            "portal_title": "Smart Region Kreis Muster",
            "portal_url": "https://portal.example",
            "coordination_office": "Koordinierungsstelle Smart Region Kreis Muster",
            "source_notes": ["Einwohnerzahlen: Gemeindeverzeichnis, Stand 31.12.2018."],
            "residents": sum(place["residents"] for place in columns),
            "residents_date": "2018-12-31",
        },
        concept={
            "title": "Smart Region Konzept",
            "vision": "Gemeinsam genutzte digitale Lösungen machen das Leben auf dem Land leichter.",
            "resolution_date": "2023-12-07",
            "resolution_body": "Kreistag",
            "guidelines": [
                {"name": "Standards und Übertragbarkeit", "text": "Lösungen sollen überall nutzbar sein."},
                {"name": "Beteiligung", "text": "Bürgerinnen und Bürger wirken früh mit."},
            ],
        },
        scales=SCALES,
        changes={
            "previous": {"title": "Evaluationsbericht 2024", "as_of": "2024-12-31", "sha256": "0f" * 32},
            "sentences": [
                "B-04 Energiemonitoring kommunaler Gebäude: Ampel von Gelb auf Rot.",
                "B-07 Funknetz für Umweltsensoren: Phase von Konzept zu Pilot.",
                "Drei weitere Kommunen sind bei B-01 im Regelbetrieb.",
            ],
        },
        fields=fields,
        roll_out={
            "municipalities": columns,
            "rows": [_row(measure, n, columns) for n, measure in enumerate(rows)],
            "counting_rule": "Betroffen sind alle Kommunen außer „nicht betroffen“. Die Reichweite ist "
            "der Anteil der Einwohnerinnen und Einwohner betroffener Kommunen, in denen "
            "die Lösung im Regelbetrieb ist.",
            "stale_rule": "Veraltet ist eine Angabe, die sechs Monate lang niemand bestätigt hat.",
        },
        money=money(fields),
        indicators=indicators(number_of_indicators, fields, columns),
        resolutions=[_resolution(index) for index in range(3)],
        follow_ups=follow_ups(),
        participation=participation(),
        assessment=assessment(fields),
        outlook={
            "period_label": "Jahr 2026",
            "milestones": [
                {
                    "title": "Abnahme der ersten Ausbaustufe",
                    "planned_date": f"2026-{n + 1:02d}-15",
                    "measure_no": measure["no"],
                    "measure_title": measure["title"],
                }
                for n, measure in enumerate(rows[:8])
            ],
        },
        method=[
            {
                "term": "Ampel",
                "text": "Einschätzung der federführenden Stelle; Gelb und Rot brauchen eine Begründung. "
                "Daneben steht eine berechnete Ampel aus überfälligen Meilensteinen und dem "
                "Alter der letzten Meldung.",
            },
            {"term": "Stand", "text": "Gewichteter Anteil erreichter Meilensteine. Kein Wert ist nicht 0 %."},
        ],
    )


def _report(kind: str, sections: Sequence[str]) -> Report:
    texts = {
        "overview": "Das Jahr war von den ersten Übergängen in den Regelbetrieb geprägt.\n\n"
        "Zwei Maßnahmen brauchen eine Entscheidung.",
        "outlook": "Im Jahr 2026 steht der Übergang in den Regelbetrieb im Mittelpunkt.",
    }
    return Report(
        kind=kind,
        title=str(ReportKind(kind).label),
        scope=None,
        occasion="Jährlicher Bericht an den Lenkungskreis nach dem Beschluss zum Konzept.",
        period_start="2025-01-01",
        period_end="2025-12-31",
        period_label="Jahr 2025",
        as_of="2025-12-31",
        moment="2026-01-05T09:30:00+01:00",
        sections=[
            Section(key=key, title=str(SectionKey(key).label), text=texts.get(key)) for key in sections
        ],
        audience="internal",
        audience_label="Lenkungskreis",
        is_example=True,
        example_notice="Beispieldaten – frei formuliert, keine Aussagen über wirkliche Vorhaben.",
    )
