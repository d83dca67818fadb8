"""What each part of a snapshot says, counted from rows that stand in the test."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.timezone import get_current_timezone

from fields.models import Guideline
from governance.models import FollowUp
from measures.models import (
    Experience,
    Measure,
    MeasureGuideline,
    Milestone,
    RolloutCell,
    RoundInvitation,
    RoundMeasure,
    StatusRound,
    TeamMember,
    Wish,
)
from measures.money import Figures, ledger
from monitoring.models import (
    Assessment,
    EvaluationQuestion,
    IndicatorTarget,
    SelfAssessment,
)
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.parts import NEEDED_BY
from network.models import Municipality
from tests.factories import (
    make_budget_line,
    make_committee,
    make_grant,
    make_measure,
    make_movement,
    make_organisation,
    set_cell,
)
from tests.governance.rows import make_item, make_meeting, make_topic
from tests.monitoring.snapshot_rows import (
    Q2,
    close,
    custom,
    make_evaluation,
    make_indicator,
    make_value,
    measures_of,
    recommend,
    report_on,
    resolve,
)

pytestmark = pytest.mark.django_db


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=get_current_timezone())


def test_a_steckbrief_has_texts_team_guidelines_and_all_milestones(municipalities, date_events) -> None:
    measure = make_measure(
        "Sensornetz",
        goal="**Pegel** kennen",
        benefit="Früher warnen",
        target_group="Feuerwehren",
        contact="Fachbereich Umwelt",
        starts_on=date(2024, 1, 1),
        light="red",
        light_reason="Kein Geld",
        needed_decision="Der Lenkungskreis entscheidet über den Eigenanteil.",
    )
    second, first = (
        Guideline.objects.create(concept=measure.field.concept, title=title, position=position)
        for title, position in (("Teilhabe", 2), ("Standards", 1))
    )
    for guideline in (second, first):
        MeasureGuideline.objects.create(measure=measure, guideline=guideline)
    university = make_organisation("Hochschule", sector="science")
    for sector, function, role in [
        ("science", "Messtechnik", "advice"),
        ("municipal", "Bauhof", "member"),
        ("municipal", "Projektleitung", "lead"),
    ]:
        TeamMember.objects.create(
            measure=measure, organisation=university, sector=sector, function=function, role=role
        )
    for title, planned, actual in [
        ("rechtzeitig", date(2024, 2, 1), date(2024, 2, 1)),
        ("verspätet", date(2024, 3, 1), date(2024, 4, 1)),
        ("überfällig", date(2024, 5, 1), None),
        ("offen", date(2025, 5, 1), None),
    ]:
        Milestone.objects.create(measure=measure, title=title, planned_date=planned, actual_date=actual)
    date_events(2024, 6, 2)

    [row] = measures_of(build_snapshot(report_on()))

    assert (row["goal"], row["benefit"], row["target_group"]) == (
        "Pegel kennen",
        "Früher warnen",
        "Feuerwehren",
    )
    assert (row["contact"], row["starts_on"], row["ends_on"]) == ("Fachbereich Umwelt", "2024-01-01", None)
    assert row["needed_decision"] == "Der Lenkungskreis entscheidet über den Eigenanteil."
    assert row["guidelines"] == ["Standards", "Teilhabe"]
    assert [(seat["sector"]["code"], seat["function"], seat["organisation"]) for seat in row["team"]] == [
        ("municipal", "Projektleitung", "Hochschule"),
        ("municipal", "Bauhof", "Hochschule"),
        ("science", "Messtechnik", "Hochschule"),
    ]
    assert [(item["title"], item["state"]["code"]) for item in row["milestones"]] == [
        ("rechtzeitig", "reached"),
        ("verspätet", "late"),
        ("überfällig", "overdue"),
        ("offen", "open"),
    ]


def test_money_says_what_the_pages_say(municipalities, date_events) -> None:
    measure, other = make_measure(no="M-1"), make_measure(no="M-2")
    make_measure("Ohne Geld", no="M-3")
    grant = make_grant(measure)
    make_budget_line(measure, year=2024, source="county", amount=Decimal("1000.55"))
    make_budget_line(measure, year=2025, source="grant", grant=grant, amount=4_000)
    make_budget_line(measure, year=2024, source="municipality", municipality=municipalities[0], amount=200)
    make_movement(measure, kind="commitment", on=date(2024, 3, 1), amount=900)
    make_movement(other, kind="outflow", on=date(2025, 3, 1), amount=Decimal("0.45"))
    date_events(2024, 6, 2)
    entries = ledger(measure.budgetlines.model.objects.all(), measure.movements.model.objects.all())
    page = Figures.of(entries)

    money = build_snapshot(report_on(audience="internal"))["money"]

    assert money is not None
    assert money["total"] == {"plan": 520_055, "committed": 90_000, "spent": 45}
    assert [money["total"]["plan"], money["total"]["spent"]] == [page.plan * 100, page.spent * 100]
    assert [(year["year"], *year["figures"].values()) for year in money["years"]] == [
        (2024, 120_055, 90_000, None),
        (2025, 400_000, None, 45),
    ]
    assert [(row["key"], *row["figures"].values()) for row in money["measures"]] == [
        ("M-1", 520_055, 90_000, None),
        ("M-2", None, None, 45),
        ("M-3", None, None, None),
    ]
    assert [(row["key"], *row["figures"].values()) for row in money["fields"]] == [
        ("mobilitaet", 520_055, 90_000, 45)
    ]
    assert [(row["label"], row["plan"]) for row in money["sources"]] == [
        ("Eigenmittel des Kreises", 100_055),
        ("Eigenanteil einer Kommune", 20_000),
        ("Zuwendung", 400_000),
    ]
    assert [tuple(row.values()) for row in money["entries"]] == [
        ("M-1", 2024, "committed", None, 90_000),
        ("M-1", 2024, "plan", "Eigenanteil einer Kommune", 20_000),
        ("M-1", 2024, "plan", "Eigenmittel des Kreises", 100_055),
        ("M-1", 2025, "plan", "Zuwendung", 400_000),
        ("M-2", 2025, "spent", None, 45),
    ]
    assert money["grants"] == [
        {
            "programme": "Digitale Region",
            "measure_no": "M-1",
            "ends_on": "2024-12-31",
            "amount": 1_000_000,
        }
    ]


def test_an_indicator_says_where_it_stands(municipalities, date_events) -> None:
    measure = make_measure("Sensornetz", no="M-1")
    indicator = make_indicator(
        "Sensoren",
        measure=measure,
        decimals=1,
        baseline=10,
        baseline_on=date(2024, 1, 1),
        sdgs=[13, 11],
        u4ssc="EN-1",
    )
    IndicatorTarget.objects.create(indicator=indicator, on=date(2024, 12, 31), value=50)
    make_value(indicator, date(2024, 3, 31), Decimal("20.25"))
    make_value(indicator, date(2024, 5, 31), None, note="Zähler defekt")
    make_value(indicator, date(2024, 6, 30), 30)
    make_value(indicator, date(2024, 9, 30), 99)
    date_events(2024, 6, 30)

    [row] = build_snapshot(report_on())["indicators"]

    assert (row["value"], row["on"], row["attainment"]) == ("30.0", "2024-06-30", 50)
    assert (row["trend"]["code"], row["on_target"]["code"], row["is_overdue"]) == ("better", "yes", False)
    assert [(point["on"], point["value"], point["note"]) for point in row["points"]] == [
        ("2024-03-31", "20.3", None),
        ("2024-05-31", None, "Zähler defekt"),
        ("2024-06-30", "30.0", None),
    ]
    assert row["target"] == {"on": "2024-12-31", "value": "50.0"}
    assert row["baseline"] == {"on": "2024-01-01", "value": "10.0", "note": None}
    assert (row["subject"], row["measure_no"], row["field_slug"]) == ("M-1 Sensornetz", "M-1", None)
    assert (row["tags"], row["rhythm"]) == (["SDG 11", "SDG 13", "U4SSC: EN-1"], "vierteljährlich")


def test_an_indicator_of_municipalities_has_the_regions_value_and_theirs(municipalities, date_events) -> None:
    indicator = make_indicator(per_municipality=True, combination="sum")
    make_value(indicator, date(2024, 6, 30), 3, municipality=municipalities[0])
    date_events(2024, 6, 30)
    [row] = build_snapshot(report_on())["indicators"]

    assert (row["value"], row["combination"]) == ("3", "Summe der Kommunen; Werte von 1 von 2")
    assert row["places"] == [
        {"name": "Aadorf", "on": "2024-06-30", "value": "3"},
        {"name": "Bdorf", "on": None, "value": None},
    ]
    assert row["subject"] == "Konzept"


def test_follow_ups_stand_there_until_the_committee_has_noted_them(municipalities, date_events) -> None:
    committee = make_committee()
    resolution = resolve(committee, "LK 2024/01", what="offen", due_on=date(2024, 12, 1))
    early = make_meeting(committee, starts_at=at(2024, 3, 1), status="held")
    late = make_meeting(committee, starts_at=at(2024, 6, 1), status="held")
    for what, values in {
        "überfällig": {"due_on": date(2024, 6, 1)},
        "gemeldet": {"due_on": date(2024, 6, 2), "reported_on": date(2024, 6, 20), "evidence": "Belegt"},
        "früher festgestellt": {"noted_in": early},
        "festgestellt": {"noted_in": late, "responsible": "Koordination"},
    }.items():
        FollowUp.objects.create(resolution=resolution, what=what, **values)
    date_events(2024, 6, 2)

    rows = build_snapshot(report_on())["follow_ups"]

    assert [(row["what"], row["state"]["code"], row["noted_on"]) for row in rows] == [
        ("überfällig", "overdue", None),
        ("gemeldet", "reported", None),
        ("offen", "open", None),
        ("festgestellt", "noted", "2024-06-01"),
    ]
    assert [row["responsible"] for row in rows] == [None, None, None, "Koordination"]


def test_follow_ups_of_what_is_no_longer_in_force_are_done_with(municipalities, date_events) -> None:
    committee = make_committee()
    old = resolve(committee, "LK 2024/01")
    resolve(committee, "LK 2024/02", supersedes=old, outcome="noted")
    date_events(2024, 6, 2)

    assert build_snapshot(report_on())["follow_ups"] == []


def figures_of(audience: str) -> dict[str, int]:
    figures = build_snapshot(report_on(audience=audience))["participation"]["figures"]
    assert all(figure["rule"] for figure in figures)
    return {figure["label"]: figure["value"] for figure in figures}


def seat(measure: Measure, name: str, sector: str) -> None:
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation(name), sector=sector, function=f"Sitz {name}"
    )


NOBODY_YET = dict.fromkeys(
    [
        *["Öffentliche Veranstaltungen", "davon für alle", "davon nur für Verwaltungen"],
        *["Angemeldete mit Platz", "davon anwesend", "Veröffentlichte Ideen", "Beantwortete Ideen"],
        *["Ideen in Maßnahmen", "Unterstützungen von Ideen", "Umfragen", "Antworten auf Umfragen"],
    ],
    0,
)


def test_participation_counts_teams_rounds_wishes_experiences_and_meetings(
    municipalities, date_events
) -> None:
    measure, other = make_measure(), make_measure()
    for name, sector in [("A", "municipal"), ("B", "business"), ("C", "science"), ("D", "civil")]:
        seat(measure, name, sector)
    seat(other, "A", "municipal")
    first = set_cell(measure, municipalities[0], stage="live", since=date(2024, 1, 1), evidence="Adresse")
    second = RolloutCell.objects.get(measure=measure, municipality=municipalities[1])
    answered_round(measure, first, municipalities)
    Wish.objects.create(cell=second, made_on=date(2024, 5, 1))
    Wish.objects.create(cell=first, made_on=date(2024, 5, 1), state="withdrawn")
    Wish.objects.create(cell=first, made_on=date(2023, 5, 1), state="handled", note="Gesprochen")
    Experience.objects.create(cell=first, lessons="Früh anfangen", is_public=True)
    Experience.objects.create(cell=second, lessons="Nur für uns")
    committee = make_committee()
    make_meeting(committee, starts_at=at(2024, 5, 2), status="held")
    make_meeting(committee, starts_at=at(2024, 5, 3), status="minutes_ready", visibility="internal")
    make_meeting(committee, starts_at=at(2024, 5, 4), status="cancelled")
    make_meeting(committee, starts_at=at(2024, 1, 4), status="held")
    date_events(2024, 6, 2)

    common = {
        "Entwicklungsteams": 2,
        "Teams mit allen vier Sektoren": 1,
        "Organisationen in den Teams": 4,
        "Statusabfragen": 1,
        "dabei gefragte Kommunen": 2,
        "davon haben geantwortet": 1,
    }
    assert figures_of("internal") == {
        **common,
        "Wünsche der Kommunen": 1,
        "Erfahrungsberichte": 2,
        "Sitzungen": 2,
        "davon öffentlich": 1,
        **NOBODY_YET,
        "Eingegangene Ideen": 0,
    }
    assert figures_of("public") == {
        **common,
        "Erfahrungsberichte": 1,
        "Sitzungen": 1,
        "davon öffentlich": 1,
        **NOBODY_YET,
    }
    for audience, named in (("internal", [municipalities[0].name]), ("public", [])):
        told = build_snapshot(report_on(audience=audience))["participation"]["figures"]
        assert [each["label"] for each in told if sum(r["count"] for r in each["rows"]) != each["value"]] == (
            ["dabei gefragte Kommunen", "davon haben geantwortet"] if audience == "public" else []
        )
        [answered] = [each for each in told if each["label"] == "davon haben geantwortet"]
        assert [row["label"] for row in answered["rows"]] == named
    sectors = build_snapshot(report_on())["participation"]["sectors"]
    assert [(row["label"], row["value"]) for row in sectors] == [
        ("Kommunen", 2),
        ("Wirtschaft", 1),
        ("Wissenschaft", 1),
        ("Zivilgesellschaft", 1),
    ]


def answered_round(measure: Measure, cell: RolloutCell, places: list[Municipality]) -> None:
    """Both are asked; of the one that answers, the cell is confirmed once more after the round."""
    opened = StatusRound.objects.create(
        title="Frühjahr",
        opened_at=at(2024, 4, 2),
        closes_on=date(2024, 4, 30),
        portal_url="https://x.example",
    )
    RoundMeasure.objects.create(round=opened, measure=measure)
    for place in places:
        RoundInvitation.objects.create(round=opened, municipality=place)
    for moment in (at(2024, 4, 30), at(2024, 5, 30)):
        RolloutCell.objects.filter(pk=cell.pk).update(confirmed_at=moment)
    after = RolloutCell.objects.exclude(municipality=cell.municipality).filter(measure=measure)
    after.update(confirmed_at=at(2024, 5, 1))


def test_the_newest_evaluation_that_was_closed_is_told(municipalities, date_events) -> None:
    measure = make_measure(no="M-1")
    field = measure.field
    older = make_evaluation(period_start=date(2022, 1, 1), period_end=date(2022, 12, 31), kind="interim")
    evaluation = make_evaluation()
    make_evaluation(period_start=date(2024, 1, 1), period_end=date(2024, 3, 31))
    later = make_evaluation(period_start=date(2024, 1, 1), period_end=date(2024, 4, 30))
    for place, criterion, rating in [
        (field, "efficiency", 2),
        (field, "relevance", None),
        (None, "relevance", 4),
    ]:
        Assessment.objects.create(
            evaluation=evaluation,
            field=place,
            criterion=criterion,
            rating=rating,
            text="Trägt" if rating else "",
        )
    question = EvaluationQuestion.objects.create(
        evaluation=evaluation, criterion="effectiveness", text="Wirkt es?"
    )
    SelfAssessment.objects.create(question=question, measure=measure, rating=3, text="Ja, messbar")
    close(older, evaluation)
    close(later, moment=at(2024, 8, 1))
    date_events(2024, 6, 2)

    told = build_snapshot(report_on(audience="internal"))["assessment"]

    assert told is not None
    assert told["title"] == str(evaluation)
    assert [(row["field"], row["criterion"]["code"], row["rating"]) for row in told["fields"]] == [
        (None, "relevance", {"code": "4", "label": "trifft zu"}),
        ("Mobilität", "efficiency", {"code": "2", "label": "trifft eher nicht zu"}),
    ]
    assert [(row["measure_no"], row["question"], row["text"]) for row in told["teams"]] == [
        ("M-1", "Wirkt es?", "Ja, messbar")
    ]
    assert build_snapshot(report_on())["assessment"] == {**told, "teams": []}


def test_of_a_recommendation_it_says_what_became_of_it(municipalities, date_events) -> None:
    committee = make_committee()
    evaluation = make_evaluation()
    meeting = make_meeting(committee, starts_at=at(2024, 5, 5), status="held")
    planned, resolved = make_item(meeting, 1), make_item(meeting, 2)
    resolve(committee, "LK 2024/07", item=resolved)
    recommend(evaluation, "festgehalten")
    recommend(evaluation, "wartet", topic=make_topic(committee, "Eins"))
    recommend(evaluation, "auf der Tagesordnung", topic=make_topic(committee, "Zwei", item=planned))
    recommend(evaluation, "beschlossen", topic=make_topic(committee, "Drei", item=resolved))
    close(evaluation)
    date_events(2024, 6, 2)

    assert states_of("public") == [
        ("festgehalten", "noted", "festgehalten"),
        ("wartet", "waiting", "im Themenspeicher"),
        ("auf der Tagesordnung", "on_agenda", "auf der Tagesordnung vom 05.05.2024"),
        ("beschlossen", "resolved", "Beschluss LK 2024/07: ungeändert beschlossen"),
    ]


def states_of(audience: str) -> list[Any]:
    told = build_snapshot(report_on(audience=audience))["assessment"]
    assert told is not None
    return [(row["title"], row["state"]["code"], row["state"]["label"]) for row in told["recommendations"]]


def test_what_became_of_it_out_of_sight_is_not_told(municipalities, date_events) -> None:
    committee = make_committee()
    evaluation = make_evaluation()
    inner = make_meeting(committee, starts_at=at(2024, 5, 5), status="held", visibility="internal")
    recommend(evaluation, "im Stillen", topic=make_topic(committee, "Eins", visibility="internal"))
    recommend(evaluation, "drinnen", topic=make_topic(committee, "Zwei", item=make_item(inner)))
    close(evaluation)
    date_events(2024, 6, 2)

    assert [state for _title, state, _label in states_of("public")] == ["noted", "noted"]
    assert [state for _title, state, _label in states_of("internal")] == ["waiting", "on_agenda"]


def fill_everything(places: list[Municipality]) -> None:
    measure = make_measure(no="M-1", goal="Ziel")
    set_cell(measure, places[0], stage="live", since=date(2024, 1, 1), evidence="Adresse")
    Milestone.objects.create(measure=measure, title="Künftig", planned_date=date(2024, 8, 1))
    make_budget_line(measure)
    make_value(make_indicator(measure=measure), date(2024, 5, 1), 1)
    resolve(make_committee(), "LK 2024/01")
    seat(measure, "A", "municipal")
    evaluation = make_evaluation()
    recommend(evaluation)
    close(evaluation)


def what_is_there(snapshot: Any) -> set[str]:
    [measure] = measures_of(snapshot)
    filled = {
        "profiles": measure["goal"],
        "roll_out": snapshot["roll_out"]["rows"],
        "money": snapshot["money"],
        "indicators": snapshot["indicators"],
        "resolutions": snapshot["resolutions"],
        "follow_ups": snapshot["follow_ups"],
        "participation": snapshot["participation"]["figures"],
        "assessment": snapshot["assessment"],
        "outlook": snapshot["outlook"]["milestones"],
    }
    return {part for part, value in filled.items() if value}


def test_what_no_section_needs_is_left_out(municipalities, date_events) -> None:
    fill_everything(municipalities)
    templates = {part: custom(sections=[min(sections)]) for part, sections in NEEDED_BY.items()}
    date_events(2024, 6, 2)

    found = {
        part: what_is_there(build_snapshot(report_on(Q2, "internal", "custom", template)))
        for part, template in templates.items()
    }

    assert found == {
        part: {other for other, needing in NEEDED_BY.items() if min(NEEDED_BY[part]) in needing}
        for part in NEEDED_BY
    }
    assert what_is_there(build_snapshot(report_on(audience="internal"))) == set(NEEDED_BY)
