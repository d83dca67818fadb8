"""A report on one thing has what belongs to it and nothing else."""

from datetime import date
from typing import Any

import pytest

from fields.models import ActionField
from measures.models import Measure, TeamMember
from monitoring.compile import canonical_json
from monitoring.models import Report, ReportTemplate
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.world import NoData
from network.models import Municipality
from tests.factories import (
    make_budget_line,
    make_committee,
    make_field,
    make_measure,
    make_municipality,
    set_cell,
)
from tests.monitoring.snapshot_rows import (
    Q2,
    Q3,
    custom,
    link_measures,
    make_indicator,
    make_value,
    measures_of,
    report_on,
    resolve,
    seal_with,
)

pytestmark = pytest.mark.django_db


def numbers(snapshot: Any) -> list[str]:
    return [measure["no"] for measure in measures_of(snapshot)]


def told(kind: str, scope: Any, audience: str = "internal") -> Any:
    return build_snapshot(report_on(Q2, audience, kind, scope))


def three_measures(places: list[Municipality]) -> list[Measure]:
    """M-1 runs in the first municipality, M-2 in the second, M-3 in another field and nowhere yet."""
    first, second = (
        make_measure(no="M-1", title="Netz"),
        make_measure(no="M-2", title="Bus", light="red", light_reason="x"),
    )
    third = make_measure(no="M-3", title="Amt", field=make_field("Energie"), is_starter=True, phase="pilot")
    live = {"stage": "live", "since": date(2024, 1, 1), "evidence": "Adresse"}
    set_cell(first, places[0], **live)
    set_cell(second, places[1], **live)
    set_cell(third, places[0], stage="not_affected")
    return [first, second, third]


def test_a_municipality_has_its_column_its_measures_and_no_other_name(municipalities, date_events) -> None:
    first, _second, _third = three_measures(municipalities)
    TeamMember.objects.create(
        measure=first, organisation=municipalities[1].organisation, sector="municipal", function="Planung"
    )
    indicator = make_indicator(measure=first, per_municipality=True, combination="sum")
    for number, place in enumerate(municipalities, start=1):
        make_value(indicator, date(2024, 6, 1), number, municipality=place)
        make_budget_line(first, source="municipality", municipality=place)
    make_indicator("Nicht je Kommune", measure=first)
    date_events(2024, 6, 2)

    snapshot = told("municipality", municipalities[0])

    assert snapshot["report"]["scope"] == {"kind": "municipality", "label": "Aadorf"}
    assert numbers(snapshot) == ["M-1"]
    assert [place["name"] for place in snapshot["roll_out"]["municipalities"]] == ["Aadorf"]
    assert [(row["affected"], row["live"], len(row["cells"])) for row in snapshot["roll_out"]["rows"]] == [
        (1, 1, 1)
    ]
    [row] = snapshot["indicators"]
    assert (row["value"], row["places"]) == ("3", [{"name": "Aadorf", "on": "2024-06-01", "value": "1"}])
    assert [seat["organisation"] for seat in measures_of(snapshot)[0]["team"]] == ["andere Kommune"]
    assert "Bdorf" not in canonical_json(snapshot).decode()


def test_a_field_has_its_measures_and_indicators(municipalities, date_events) -> None:
    _first, _second, third = three_measures(municipalities)
    make_indicator("des Feldes", field=third.field)
    make_indicator("der Maßnahme", measure=third)
    make_indicator("des anderen Feldes", field=make_field())
    make_indicator("des Konzepts")
    date_events(2024, 6, 2)

    snapshot = told("field", third.field)

    assert snapshot["report"]["scope"]["label"] == "Energie"
    assert [field["slug"] for field in snapshot["fields"]] == ["energie"]
    assert numbers(snapshot) == ["M-3"]
    assert [row["name"] for row in snapshot["indicators"]] == ["des Feldes", "der Maßnahme"]


def test_a_measure_has_its_own_decisions(municipalities, date_events) -> None:
    first, second, _third = three_measures(municipalities)
    committee = make_committee()
    link_measures(resolve(committee, "LK 2024/01"), first, second)
    link_measures(resolve(committee, "LK 2024/02"), second)
    date_events(2024, 6, 2)

    snapshot = told("measure", first)

    assert snapshot["report"]["scope"]["label"] == "M-1 Netz"
    assert numbers(snapshot) == ["M-1"]
    assert [(row["number"], row["measure_nos"]) for row in snapshot["resolutions"]] == [
        ("LK 2024/01", ["M-1"])
    ]
    assert [row["resolution_number"] for row in snapshot["follow_ups"]] == ["LK 2024/01"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["M-1", "M-2", "M-3"]),
        ({"fields": ["energie"]}, ["M-3"]),
        ({"phases": ["pilot"]}, ["M-3"]),
        ({"statuses": ["active"], "lights": ["red"]}, ["M-2"]),
        ({"starters": True}, ["M-3"]),
        ({"municipality": "bdorf"}, ["M-2"]),
        ({"municipality": "gibt-es-nicht"}, []),
        ({"fields": ["mobilitaet"], "lights": ["green"]}, []),
        ({"fields": [], "phases": [], "lights": [], "starters": False}, ["M-1", "M-2", "M-3"]),
    ],
)
def test_the_filters_of_a_template_choose_measures(
    municipalities, date_events, filters: dict[str, Any], expected: list[str]
) -> None:
    three_measures(municipalities)
    template = custom(filters)
    date_events(2024, 6, 2)

    snapshot = told("custom", template)

    assert numbers(snapshot) == expected
    assert [row["measure_no"] for row in snapshot["roll_out"]["rows"]] == expected


def test_the_concepts_own_indicators_are_in_what_is_not_filtered(municipalities, date_events) -> None:
    first, _second, third = three_measures(municipalities)
    for values in ({}, {"field": third.field}, {"field": first.field}, {"measure": first}):
        make_indicator(**values)
    sections = ["indicators"]
    whole, field, narrowed = (
        custom(filters, sections)
        for filters in ({}, {"fields": ["energie"]}, {"fields": ["energie"], "phases": ["pilot"]})
    )
    date_events(2024, 6, 2)

    assert [len(told("custom", template)["indicators"]) for template in (whole, field, narrowed)] == [4, 1, 0]


def test_names_are_those_of_the_stichtag_but_for_a_templates(municipalities, date_events) -> None:
    measure, template = make_measure(no="M-1", title="Alt"), custom()
    date_events(2024, 6, 2)
    Measure.objects.update(title="Neu")
    ReportTemplate.objects.update(name="Neu")
    ActionField.objects.update(name="Neu")
    Municipality.objects.filter(pk=municipalities[0].pk).update(name="Neu")

    labels = [
        told(kind, scope)["report"]["scope"]["label"]
        for kind, scope in [("measure", measure), ("custom", template), ("field", measure.field)]
    ]

    assert labels == ["M-1 Alt", "Neu", "Mobilität"]


def test_a_template_may_be_younger_than_the_stichtag(municipalities, date_events) -> None:
    three_measures(municipalities)
    date_events(2024, 6, 2)

    assert told("custom", custom())["report"]["scope"]["label"] == "Vorlage 1"


def test_a_compiled_report_keeps_the_name_of_its_template(municipalities, date_events) -> None:
    three_measures(municipalities)
    date_events(2024, 6, 2)
    report = report_on(Q2, kind="custom", scope=custom())
    seal_with(report, build_snapshot(report))
    ReportTemplate.objects.update(name="Neu")

    again = build_snapshot(Report.objects.get(pk=report.pk))

    assert again["report"]["scope"] == {"kind": "custom", "label": "Vorlage 1"}


@pytest.mark.parametrize("visibility", ["internal", "draft"])
def test_there_is_no_report_on_what_its_readers_may_not_see(
    municipalities, date_events, visibility: str
) -> None:
    measure = make_measure(visibility=visibility)
    date_events(2024, 6, 2)

    with pytest.raises(NoData, match=r"war zum Stichtag 30\.06\.2024 nicht zu sehen"):
        told("measure", measure, audience="public")


def test_there_is_no_report_on_what_was_not_there_yet(municipalities, date_events) -> None:
    date_events(2024, 6, 2)
    newcomer = make_municipality("Neudorf")
    date_events(2024, 7, 2)

    with pytest.raises(NoData):
        told("municipality", newcomer)


def test_a_report_on_one_thing_is_compared_with_the_last_one_on_it(municipalities, date_events) -> None:
    first, second, _third = three_measures(municipalities)
    date_events(2024, 6, 2)
    for measure in (first, second):
        report = report_on(Q2, "public", "measure", measure)
        seal_with(report, build_snapshot(report))
    Measure.objects.filter(pk=first.pk).update(phase="operation")
    date_events(2024, 9, 1)

    changes = build_snapshot(report_on(Q3, "public", "measure", first))["changes"]

    assert (
        changes["previous"] and changes["previous"]["title"] == "Maßnahmensteckbrief M-1 Netz 2. Quartal 2024"
    )
    assert changes["sentences"] == ["M-1 Netz: Phase jetzt „Verstetigung“, zuvor „Idee“."]
