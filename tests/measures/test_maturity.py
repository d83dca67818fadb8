"""Maturity: the lowest criterion decides, what is missing is not 0, and what was found once stays."""

from datetime import date
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.models import MaturityAssessment, MaturityRating, MaturityScale, Solution
from network.models import Role
from tests.factories import make_user
from tests.measures.solution_rows import make_assessment, make_scale, make_solution

pytestmark = pytest.mark.django_db
LEVELS = st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=4)


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def overall(assessment: MaturityAssessment) -> int | None:
    return MaturityAssessment.objects.with_overall().get(pk=assessment.pk).overall  # type: ignore[attr-defined,no-any-return]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels=LEVELS, data=st.data())
def test_the_overall_level_is_the_lowest_one_and_none_if_one_is_missing(levels: Any, data: Any) -> None:
    solution = make_solution()
    expected = None if None in levels else min(levels)
    names = [f"Kriterium {number}" for number in range(len(levels))]
    named = dict(zip(names, levels, strict=True))

    for order in (names, data.draw(st.permutations(names))):
        scale = make_scale(MaturityScale.objects.count() + 1, list(order))
        assessment = make_assessment(solution, {name: named[name] for name in order}, scale=scale)
        assert overall(assessment) == expected
        assert Solution.objects.with_maturity().get(pk=solution.pk).maturity == expected  # type: ignore[attr-defined]


def test_an_assessment_without_any_rating_is_none_and_not_zero() -> None:
    solution = make_solution()

    assert overall(make_assessment(solution, {})) is None
    assert overall(make_assessment(solution, {"Funktion": 0, "Betrieb": 0})) == 0


def test_the_newest_assessment_counts_and_on_one_day_the_later_one() -> None:
    solution = make_solution()
    make_assessment(solution, {"Funktion": 4, "Betrieb": 4}, on=date(2024, 6, 1))
    make_assessment(solution, {"Funktion": 2, "Betrieb": 2}, on=date(2024, 6, 1))
    make_assessment(solution, {"Funktion": 1, "Betrieb": 1}, on=date(2024, 5, 1))

    assert Solution.objects.with_maturity().get().maturity == 2  # type: ignore[attr-defined]


def test_a_newer_assessment_with_a_gap_is_not_filled_from_an_earlier_one() -> None:
    solution = make_solution()
    make_assessment(solution, {"Funktion": 4, "Betrieb": 4})
    make_assessment(solution, {"Funktion": 4}, on=date(2024, 6, 1))

    assert Solution.objects.with_maturity().get().maturity is None  # type: ignore[attr-defined]


def test_a_new_scale_leaves_old_assessments_as_they_were(client: Client) -> None:
    solution = make_solution()
    old = make_assessment(solution, {"Funktion": 3, "Betrieb": 2})
    new = make_scale(2, ["Funktion", "Betrieb", "Offenheit"])
    assert overall(old) == 2
    assert "Skala v1" in client.get("/loesungen/plattform/").content.decode()

    make_assessment(solution, {"Funktion": 4, "Betrieb": 4}, scale=new, on=date(2024, 6, 1))

    assert overall(old) == 2
    page = client.get(f"/loesungen/plattform/bewertungen/{old.pk}/")
    assert [(row.criterion.name, row.rating.level, row.decides) for row in page.context["table"]] == [
        ("Funktion", 3, False),
        ("Betrieb", 2, True),
    ]
    assert page.context["is_newest"] is False
    assert [
        row.rating and row.rating.level for row in client.get("/loesungen/plattform/").context["table"]
    ] == [
        4,
        4,
        None,
    ]


@pytest.mark.parametrize("model", ["scale", "criterion", "assessment", "rating"])
def test_the_database_refuses_to_change_or_delete_what_was_found(model: str) -> None:
    assessment = make_assessment(make_solution(), {"Funktion": 1})
    rows: dict[str, tuple[Any, dict[str, Any]]] = {
        "scale": (assessment.scale, {"note": "Anders"}),
        "criterion": (assessment.scale.criteria.get(name="Betrieb"), {"name": "Anders"}),
        "assessment": (assessment, {"on": date(2020, 1, 1)}),
        "rating": (assessment.ratings.get(), {"level": 4}),
    }
    row, change = rows[model]
    same = type(row)._base_manager.filter(pk=row.pk)

    for attempt in (lambda: same.update(**change), lambda: same._raw_delete(using="default")):
        with pytest.raises(ProgrammingError, match="pgtrigger: Cannot"), transaction.atomic():
            attempt()
    with pgtrigger.ignore():
        assert same.update(**change) == 1, "without the triggers nothing else would refuse it"


def test_an_account_may_go_and_its_assessment_stays() -> None:
    user = make_user(Role.COORDINATION)
    assessment = make_assessment(make_solution(), {"Funktion": 1}, by=user)

    user.delete()

    assessment.refresh_from_db()
    assert assessment.by is None


@pytest.mark.parametrize(
    "values", [{"level": 5}, {"level": 1, "reason": ""}, {"level": 1, "evidence": ""}], ids=str
)
def test_the_database_demands_a_level_in_range_its_reason_and_its_evidence(values: dict[str, Any]) -> None:
    assessment = make_assessment(make_solution(), {})
    criterion = assessment.scale.criteria.get(name="Funktion")
    whole = {"level": 1, "reason": "Darum", "evidence": "Beleg", **values}

    with pytest.raises(IntegrityError), transaction.atomic():
        MaturityRating.objects.create(assessment=assessment, criterion=criterion, **whole)
    MaturityRating.objects.create(
        assessment=assessment, criterion=criterion, level=0, reason="Darum", evidence=""
    )


# In the browser

TYPED = {
    "on": "2024-06-01",
    "level_1": "3",
    "reason_1": "Läuft",
    "evidence_1": "Bericht",
    "level_2": "0",
    "reason_2": "Nicht geregelt",
}


def test_the_coordinator_assesses_and_the_page_shows_who_when_and_by_which_scale(coordinator: Client) -> None:
    make_solution()
    make_scale()

    answer = coordinator.post("/loesungen/plattform/bewerten/1/", TYPED)

    assert answer.status_code == 302
    [found] = MaturityAssessment.objects.with_overall()
    assert (found.on, found.by.name, found.overall) == (date(2024, 6, 1), "Koordination", 0)  # type: ignore[union-attr,attr-defined]
    texts = [(row.level, row.reason, row.evidence) for row in found.ratings.all()]
    assert texts == [(3, "Läuft", "Bericht"), (0, "Nicht geregelt", "")]
    public = Client().get("/loesungen/plattform/").content.decode()
    assert ["Koordinierungsstelle" in public, "Läuft" in public, "Bericht<" in public] == [True, True, False]


def test_the_form_begins_with_what_was_found_last_by_this_scale(coordinator: Client) -> None:
    solution = make_solution()
    make_assessment(solution, {"Funktion": 3})
    make_scale(2)

    first, second = (
        coordinator.get(f"/loesungen/plattform/bewerten/{number}/").context["form"] for number in (1, 2)
    )

    assert (first["level_1"].value(), first["level_2"].value()) == (3, None)
    assert second["level_1"].value() is None
    assert first["on"].value() == localdate()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason_1": ""}, "reason_1"),
        ({"evidence_1": ""}, "evidence_1"),
        ({"level_1": ""}, "level_1"),
        ({"level_1": "7"}, "level_1"),
        ({"on": "2999-01-01"}, "on"),
        ({"on": ""}, "on"),
    ],
)
def test_a_rating_that_is_not_whole_is_refused_at_its_field(
    coordinator: Client, changes: dict[str, str], field: str
) -> None:
    make_solution()
    make_scale()

    answer = coordinator.post("/loesungen/plattform/bewerten/1/", {**TYPED, **changes})

    assert list(answer.context["form"].errors) == [field]
    assert MaturityAssessment.objects.count() == 0


def test_a_form_without_any_level_is_no_assessment(coordinator: Client) -> None:
    make_solution()
    make_scale()

    answer = coordinator.post("/loesungen/plattform/bewerten/1/", {"on": "2024-06-01"})

    assert answer.context["form"].non_field_errors() == ["Bitte bewerten Sie mindestens ein Kriterium."]


def test_the_next_scale_begins_as_a_copy_and_leaves_the_first_one_alone(coordinator: Client) -> None:
    first = make_scale()
    form = coordinator.get("/loesungen/skala/neu/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    assert (typed["name_1"], typed["name_2"], typed["name_3"], typed["number"]) == (
        "Funktion",
        "Betrieb",
        "",
        2,
    )
    added = {name: "Text" for name in form.fields if name.endswith("_3")}

    answer = coordinator.post("/loesungen/skala/neu/", {**typed, **added, "note": "Offenheit", "name_1": ""})

    assert answer.status_code == 302
    newest = MaturityScale.objects.first()
    assert newest is not None
    assert (newest.number, newest.note, [row.name for row in newest.criteria.all()]) == (
        2,
        "Offenheit",
        ["Betrieb", "Text"],
    )
    assert [row.name for row in first.criteria.all()] == ["Funktion", "Betrieb"]
    shown = {
        address: client_page.context["scale"].number
        for address in ("/loesungen/skala/", "/loesungen/skala/1/")
        if (client_page := Client().get(address))
    }
    assert shown == {"/loesungen/skala/": 2, "/loesungen/skala/1/": 1}


def test_two_who_publish_at_once_give_one_version(coordinator: Client) -> None:
    make_scale()
    form = coordinator.get("/loesungen/skala/neu/").context["form"]
    typed = {**{name: form[name].value() or "" for name in form.fields}, "note": "Zweite"}

    answers = [coordinator.post("/loesungen/skala/neu/", typed) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 200]
    assert "Inzwischen wurde eine andere Fassung" in str(answers[1].context["form"].non_field_errors())
    assert MaturityScale.objects.count() == 2


def test_a_scale_without_criteria_or_with_one_twice_is_refused(coordinator: Client) -> None:
    make_scale()
    form = coordinator.get("/loesungen/skala/neu/").context["form"]
    typed = {**{name: form[name].value() or "" for name in form.fields}, "note": "Zweite"}

    def errors(**changes: str) -> list[str]:
        return list(coordinator.post("/loesungen/skala/neu/", {**typed, **changes}).context["form"].errors)

    assert errors(name_1="", name_2="") == ["__all__"]
    assert errors(name_2="funktion") == ["name_2"]
    assert errors(level_3_1="") == ["level_3_1"]
    assert MaturityScale.objects.count() == 1


def test_without_a_scale_the_page_says_so_and_nothing_can_be_assessed(coordinator: Client) -> None:
    make_solution()

    assert "Noch keine Skala" in coordinator.get("/loesungen/skala/").content.decode()
    assert coordinator.get("/loesungen/plattform/bewerten/1/").status_code == 404
    assert "Noch nicht bewertet" in coordinator.get("/loesungen/plattform/").content.decode()


@pytest.mark.parametrize(
    "role", [None, *[role for role in Role if role not in {Role.COORDINATION, Role.MUNICIPALITY}]]
)
def test_nobody_else_assesses_or_publishes_a_scale(client: Client, role: Role | None) -> None:
    make_solution()
    make_scale()
    if role:
        client.force_login(make_user(role))

    codes = [
        client.post(address, TYPED).status_code
        for address in ("/loesungen/plattform/bewerten/1/", "/loesungen/skala/neu/")
    ]

    assert codes == ([404, 403] if role else [302, 302])
    assert (MaturityAssessment.objects.count(), MaturityScale.objects.count()) == (0, 1)
