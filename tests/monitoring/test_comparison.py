"""Two sealed reports side by side: the pure function, and who may see which pair."""

import json
from copy import deepcopy
from datetime import date

import pytest
from django.urls import reverse

from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import keep_compiled, request_report
from monitoring.snapshot.comparison import compare
from network.models import Role
from tests.factories import make_user
from tests.monitoring.flow import CONTENTS, client_of, sealed
from tests.monitoring.snapshot_sample import sample_snapshot

A = sample_snapshot()


def changed() -> tuple[dict, dict]:
    """The sample, and one in which something of each kind has moved."""
    old, new = deepcopy(A), deepcopy(A)
    first, second = new["fields"][0], new["fields"][1]
    return old, new, first["measures"], second["measures"]


def test_a_report_is_the_same_as_itself() -> None:
    found = compare(A, A)

    assert {pair.difference for pair in found.figures} == {0}
    assert [found.appeared, found.ended, found.missing, found.moved, found.roll_out] == [[]] * 5


def test_what_happened_in_periods_of_different_length_has_no_difference() -> None:
    longer = {**deepcopy(A), "report": {**A["report"], "period_start": "2024-01-01"}}

    found = compare(longer, A)

    assert {pair.label for pair in found.figures if pair.difference is None} == {
        "Meilensteine erreicht",
        "Beschlüsse",
    }


def test_measures_appear_go_end_and_move() -> None:
    old, new, first, second = changed()
    gone = first.pop(0)
    added = {**deepcopy(second[0]), "no": "X-99", "title": "Neu"}
    ended, moved = first[0], second[1]
    second.append(added)
    old_status = ended["status"]
    ended["status"] = {"code": "completed", "label": "abgeschlossen"}
    if old_status["code"] in {"completed", "discontinued"}:
        old["fields"][0]["measures"][1]["status"] = {"code": "active", "label": "laufend"}
    was = moved["phase"]
    moved["phase"] = {"code": "neu", "label": "Neue Phase"}

    found = compare(old, new)

    assert found.missing == [f"{gone['no']} {gone['title']}"]
    assert found.appeared == ["X-99 Neu"]
    assert found.ended == [f"{ended['no']} {ended['title']}: abgeschlossen"]
    moves = {row.name: [(move.label, move.a, move.b) for move in row.moves] for row in found.moved}
    assert moves[f"{moved['no']} {moved['title']}"] == [("Phase", was["label"], "Neue Phase")]
    assert set(moves) == {f"{row['no']} {row['title']}" for row in (ended, moved)}


def test_a_measure_that_changed_its_field_is_told_so() -> None:
    old, new, first, second = changed()
    measure = first.pop(0)
    second.append(measure)

    (row,) = compare(old, new).moved

    fields = [field["name"] for field in old["fields"]]
    assert [(move.label, move.a, move.b) for move in row.moves] == [("Handlungsfeld", *fields[:2])]


def test_the_roll_out_is_compared_place_by_place() -> None:
    old, new = deepcopy(A), deepcopy(A)
    row, place = new["roll_out"]["rows"][0], new["roll_out"]["municipalities"][2]
    old["roll_out"]["rows"][0]["cells"][2]["stage"] = "preparing"
    row["cells"][2]["stage"] = "live"

    (moved,) = compare(old, new).roll_out

    labels = {step["code"]: step["label"] for step in A["scales"]["stages"]}
    assert moved.name == f"{row['measure_no']} {row['measure_title']}"
    assert [(move.label, move.a, move.b) for move in moved.moves] == [
        (place["name"], labels["preparing"], labels["live"])
    ]


def test_money_is_compared_only_where_both_have_it() -> None:
    old, new = deepcopy(A), deepcopy(A)
    new["money"]["total"]["spent"] = old["money"]["total"]["spent"] + 100

    pairs = compare(old, new).money

    assert [(pair.label, pair.difference) for pair in pairs] == [
        ("geplant", 0),
        ("gebunden", 0),
        ("abgeflossen", 100),
    ]
    assert compare(old, {**new, "money": None}).money is None


def test_an_indicator_without_a_value_has_no_difference() -> None:
    old, new = deepcopy(A), deepcopy(A)
    old["indicators"][0] |= {"value": "10.5"}
    new["indicators"][0] |= {"value": "12.25"}
    new["indicators"][1] |= {"value": None}

    first, second = compare(old, new).indicators[:2]

    assert (first.difference, second.difference) == ("1.75", None)


def store(kind: str, audience: str, year: int) -> Report:
    """A sealed report whose snapshot is the sample's."""
    report = request_report(kind=kind, audience=audience, period=Period.year(date(year, 1, 1)))
    snapshot = json.dumps(sample_snapshot(), ensure_ascii=False).encode()
    keep_compiled(report, {**CONTENTS, "json": snapshot})
    return sealed(Report.objects.get(pk=report.pk))


@pytest.mark.django_db
def test_whoever_sees_both_compares_them_and_nobody_else() -> None:
    public, internal = store("status", "public", 2023), store("status", "internal", 2024)
    query = {"a": public.pk, "b": internal.pk}
    address = reverse("report_comparison")

    member = client_of(make_user(Role.STEERING)).get(address, query)

    assert member.status_code == 200
    assert "Die Berichte sind für verschiedene Empfänger" in member.content.decode()
    assert client_of(None).get(address, query).status_code == 404
    visitor = client_of(None).get(address).content.decode()
    assert str(internal) not in visitor


@pytest.mark.django_db
def test_reports_of_different_kinds_are_compared_with_a_note() -> None:
    a, b = store("status", "public", 2023), store("evaluation", "public", 2024)

    page = client_of(None).get(reverse("report_comparison"), {"a": a.pk, "b": b.pk}).content.decode()

    assert "Die Berichte sind von verschiedener Art" in page


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", ["0", "x", "-1", "9" * 30, "\0"])
def test_a_report_that_is_none_is_not_there(nonsense: str) -> None:
    report = store("status", "public", 2023)

    answer = client_of(None).get(reverse("report_comparison"), {"a": nonsense, "b": report.pk})

    assert answer.status_code == 404
