"""What a report tells of the time since the last one: all that moved, on no more than a page."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest
from django.utils.timezone import get_current_timezone

from governance.models import FollowUp
from measures.models import Measure, Milestone, RolloutCell
from monitoring.models import IndicatorTarget
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.changes import sentences
from monitoring.snapshot.changes.told import LINES_OF_A_PAGE, lines_of
from tests.factories import (
    make_budget_line,
    make_committee,
    make_field,
    make_measure,
    make_movement,
    make_municipality,
    set_cell,
)
from tests.governance.rows import make_meeting
from tests.monitoring.snapshot_rows import (
    Q2,
    Q3,
    custom,
    make_indicator,
    make_value,
    measures_of,
    report_on,
    resolve,
    seal_with,
)
from tests.monitoring.snapshot_sample import sample_snapshot

pytestmark = pytest.mark.django_db
Change = Callable[[], object]


@pytest.fixture
def told_of(date_events) -> Callable[..., list[str]]:
    """`told_of(change)`: what the report on the third quarter says after the second's was sealed."""

    def tell(
        change: Change, audience: str = "internal", kind: str = "evaluation", scope: Any = None
    ) -> list[str]:
        date_events(2024, 6, 2)
        first = report_on(Q2, audience, kind, scope)
        seal_with(first, build_snapshot(first))
        change()
        date_events(2024, 9, 1)
        return build_snapshot(report_on(Q3, audience, kind, scope))["changes"]["sentences"]

    return tell


def test_the_report_opens_with_what_changed_since_the_last_one(municipalities, told_of) -> None:
    measure = make_measure("Sensornetz", no="M-1", light="green", phase="pilot")
    cells = [
        set_cell(measure, place, stage=stage)
        for place, stage in zip(municipalities, ["committed", "preparing"], strict=True)
    ]
    Milestone.objects.create(measure=measure, title="Aufbau", planned_date=date(2024, 8, 1))
    Milestone.objects.create(measure=measure, title="Abnahme", planned_date=date(2024, 8, 20))

    def change() -> None:
        Measure.objects.update(light="red", light_reason="Geld fehlt", phase="operation")
        Milestone.objects.filter(title="Aufbau").update(actual_date=date(2024, 8, 3))
        RolloutCell.objects.filter(pk=cells[0].pk).update(
            stage="live", since=date(2024, 8, 1), evidence="Adresse"
        )
        RolloutCell.objects.filter(pk=cells[1].pk).update(stage="committed")
        make_measure("Dorfplatz", no="M-2")

    assert told_of(change) == [
        "Neu im Bericht: M-2 Dorfplatz.",
        "M-1 Sensornetz: Ampel jetzt „rot“, zuvor „grün“; Phase jetzt „Verstetigung“, zuvor „Pilot“; "
        "Meilenstein „Aufbau“ am 03.08.2024 erreicht; Meilenstein „Abnahme“ vom 20.08.2024 nicht erreicht.",
        "M-1 Sensornetz, Roll-out weiter – jetzt im Regelbetrieb: Aadorf.",
        "M-1 Sensornetz, Roll-out zurück – Bdorf: jetzt zugesagt, zuvor in Vorbereitung.",
    ]


def test_a_first_report_has_nothing_to_be_compared_with(municipalities, date_events) -> None:
    make_measure()
    date_events(2024, 6, 2)

    assert build_snapshot(report_on())["changes"] == {"previous": None, "sentences": []}


def test_what_stayed_is_not_told(municipalities, told_of) -> None:
    measure = make_measure("Sensornetz", light="green")
    make_budget_line(measure)
    make_value(make_indicator(measure=measure), date(2024, 5, 1), 3)
    resolve(make_committee(), "LK 2024/01")

    assert told_of(lambda: None) == []


def test_measures_that_move_end_or_go(municipalities, told_of) -> None:
    make_measure("Wandert", no="M-1")
    make_measure("Endet", no="M-2")
    make_measure("Archiviert", no="M-3")
    make_measure("Versteckt", no="M-4")
    make_measure("Gelöscht", no="M-5")

    def change() -> None:
        Measure.objects.filter(no="M-1").update(field=make_field("Energie"))
        Measure.objects.filter(no="M-2").update(status="completed")
        Measure.objects.filter(no="M-3").update(archived_at=moment(2024, 8, 1))
        Measure.objects.filter(no="M-4").update(visibility="internal")
        Measure.objects.filter(no="M-5").delete()

    assert told_of(change, audience="public") == [
        "Nicht mehr im Bericht: M-3 Archiviert.",
        "2 Maßnahmen des letzten Berichts sind nicht mehr enthalten.",
        "M-2 Endet: Status jetzt „abgeschlossen“, zuvor „laufend“.",
        "M-1 Wandert: Handlungsfeld jetzt „Energie“, zuvor „Mobilität“.",
    ]


def moment(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=get_current_timezone())


def test_money_is_told_in_words_and_only_to_those_with_a_role(municipalities, told_of) -> None:
    measure = make_measure()
    make_budget_line(measure, amount=1_000)

    def change() -> None:
        make_budget_line(measure, year=2025, amount=500)
        make_movement(measure, kind="commitment", amount=250)

    assert told_of(change) == [
        "Mittel: Plan jetzt 1.500,00\u00a0€, zuvor 1.000,00\u00a0€; "
        "gebunden jetzt 250,00\u00a0€, zuvor ohne Angabe."
    ]
    assert told_of(lambda: None, audience="public") == []


def test_indicators_get_values_and_reach_or_miss_their_targets(municipalities, told_of) -> None:
    rows = {
        name: make_indicator(name, baseline=0, baseline_on=date(2024, 1, 1), decimals=1)
        for name in ("Erreicht", "Erster", "Verfehlt", "Vorher schon")
    }
    for name, indicator in rows.items():
        day = date(2024, 8, 1) if name == "Verfehlt" else date(2024, 12, 31)
        IndicatorTarget.objects.create(indicator=indicator, on=day, value=10)
    make_value(rows["Erreicht"], date(2024, 5, 1), 5)
    make_value(rows["Verfehlt"], date(2024, 5, 1), 5)
    make_value(rows["Vorher schon"], date(2024, 5, 1), 10)

    def change() -> None:
        make_value(rows["Erreicht"], date(2024, 8, 1), "10.5")
        make_value(rows["Erster"], date(2024, 8, 1), 1)

    assert told_of(change) == [
        "Erreicht: jetzt 10,5 Stück, zuvor 5,0 Stück; Ziel erreicht.",
        "Erster: erster Wert 1,0 Stück.",
        "Verfehlt: weiter 5,0 Stück; Ziel verfehlt.",
    ]


def test_resolutions_and_what_the_committee_has_noted(municipalities, told_of) -> None:
    committee = make_committee()
    resolve(committee, "LK 2024/01", what="Sensoren bestellen")

    def change() -> None:
        resolve(
            committee,
            "LK 2024/02",
            resolved_on=date(2024, 8, 5),
            votes_for=9,
            votes_against=0,
            abstentions=1,
            outcome="adopted",
        )
        meeting = make_meeting(committee, starts_at=moment(2024, 8, 6), status="held")
        FollowUp.objects.filter(what="Sensoren bestellen").update(noted_in=meeting)

    assert told_of(change) == [
        "Beschluss LK 2024/02 vom 05.08.2024: LK 2024/02 (ungeändert beschlossen, einstimmig).",
        "Als erledigt festgestellt: Sensoren bestellen (LK 2024/01).",
    ]


def test_what_one_of_the_two_reports_leaves_out_is_not_compared(municipalities, told_of) -> None:
    measure = make_measure("Netz", no="M-1")
    template = custom(sections=["indicators"])

    def change() -> None:
        template.sections = ["indicators", "roll_out"]
        template.save()
        set_cell(measure, municipalities[0], stage="interested")
        make_value(make_indicator("Sensoren", measure=measure), date(2024, 8, 1), 1)

    assert told_of(change, kind="custom", scope=template) == ["Sensoren: erster Wert 1 Stück."]


def make_all(measures: int, places: int) -> None:
    towns = [make_municipality(f"Kirchdorf am Wald {number}") for number in range(places)]
    fields = [make_field(f"Handlungsfeld {number}") for number in range(6)]
    for number in range(measures):
        measure = make_measure(
            "Gemeinsame Mobilstationen mit Buchung und Auskunft",
            no=f"M-{number:03d}",
            field=fields[number % 6],
        )
        for title in ("Vergabe", "Abnahme"):
            Milestone.objects.create(measure=measure, title=title, planned_date=date(2024, 8, 1))
        make_budget_line(measure)
    for number in range(2 * measures):
        make_indicator(f"Fahrten je Woche an der Station {number}", baseline=0, baseline_on=date(2024, 1, 1))
    RolloutCell.objects.filter(municipality__in=towns).update(stage="not_started")


def change_all(measures: int) -> None:
    """Everything moves, and much appears."""
    Measure.objects.update(light="red", light_reason="Geld fehlt", phase="pilot")
    Milestone.objects.update(actual_date=date(2024, 8, 3))
    RolloutCell.objects.filter(pk__gt=0).update(stage="interested")
    committee = make_committee()
    for measure in Measure.objects.all():
        make_movement(measure)
        resolution = resolve(committee, f"LK {measure.no}", resolved_on=date(2024, 8, 5))
        meeting = make_meeting(committee, starts_at=moment(2024, 8, 6), status="held")
        FollowUp.objects.filter(resolution=resolution).update(noted_in=meeting)
        make_value(make_indicator(measure=measure), date(2024, 8, 1), 1)
    for number in range(measures):
        make_measure("Noch eine Maßnahme mit einem längeren Titel", no=f"N-{number:03d}")


@pytest.mark.parametrize("measures", [31, 62])
def test_it_is_never_more_than_a_page(municipalities, told_of, measures: int) -> None:
    make_all(measures, 5)

    told = told_of(lambda: change_all(measures))

    assert lines_of(told) <= LINES_OF_A_PAGE
    assert told[0].endswith(f"und {measures - 12} weitere.")
    assert [
        word
        for word in ("Ampel jetzt „rot“", "Roll-out weiter", "Mittel:")
        if not any(word in row for row in told)
    ] == []


def test_a_quiet_quarter_of_31_measures_is_told_in_full(municipalities, told_of) -> None:
    make_all(31, 5)

    Milestone.objects.update(planned_date=date(2025, 8, 1))

    def change() -> None:
        for measure in Measure.objects.order_by("no")[:12]:
            Measure.objects.filter(pk=measure.pk).update(light="yellow", light_reason="Etwas spät")

    told = told_of(change)

    assert told == [
        f"M-{number:03d} Gemeinsame Mobilstationen mit Buchung und Auskunft: "
        "Ampel jetzt „gelb“, zuvor „grau“."
        for number in sorted(range(12), key=lambda number: (number % 6, number))
    ]


def test_comparing_changes_neither_snapshot(municipalities, date_events) -> None:
    make_measure()
    date_events(2024, 6, 2)
    snapshot = build_snapshot(report_on())
    other = deepcopy(snapshot)
    measures_of(other)[0]["phase"] = {"code": "pilot", "label": "Pilot"}
    kept = deepcopy(other)

    told = sentences(snapshot, other)

    assert ([row.split(": ")[1] for row in told], other) == (["Phase jetzt „Pilot“, zuvor „Idee“."], kept)


def test_a_report_whose_last_one_is_older_than_its_period_says_what_it_counts() -> None:
    before, now = sample_snapshot(), sample_snapshot()
    before["report"] = {**before["report"], "as_of": "2023-12-31"}
    later = {**before, "report": {**before["report"], "as_of": "2024-12-31"}}
    start = now["report"]["period_start"]

    assert start == "2025-01-01"
    assert sentences(before, now)[0] == (
        "Verglichen wird der Stand mit dem vom 31.12.2023; Meilensteine, Beschlüsse und erledigte Aufträge "
        "sind die seit dem 01.01.2025."
    )
    assert not sentences(later, now)[0].startswith("Verglichen wird")
