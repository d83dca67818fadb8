"""Evaluations: teams answer, the coordinator assesses and recommends, and a closed one stays as it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from governance.models import Topic
from monitoring.models import Assessment, Evaluation, EvaluationQuestion, Recommendation, SelfAssessment
from monitoring.services.evaluation import Written, close_evaluation, save_ratings
from monitoring.worklist.evaluation import evaluations_to_close, questions_to_answer
from network.models import Role
from tests.beside import while_open
from tests.factories import make_committee, make_field, make_measure, make_user
from tests.governance.rows import make_item, make_meeting
from tests.monitoring.evaluation_rows import make_answer, make_evaluation, make_recommendation, make_teammate
from tests.monitoring.flow import client_of

pytestmark = pytest.mark.django_db
CRITERIA = ["relevance", "effectiveness", "efficiency", "sustainability", "transferability"]


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fields_of(page: Any) -> dict[str, Any]:
    """What a browser would send of the form as it stands."""
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields}


def close(evaluation: Evaluation) -> None:
    evaluation.refresh_from_db()
    close_evaluation(evaluation=evaluation, version=evaluation.version, by=None)


def test_an_evaluation_begins_with_one_question_for_each_criterion(coordinator: Client) -> None:
    values = {
        "kind": "yearly",
        "period_start": "2025-01-01",
        "period_end": "2025-12-31",
        "answers_due_on": "2026-02-15",
        "visibility": "internal",
    }
    page = coordinator.post("/evaluation/neu/", values, follow=True)

    evaluation = Evaluation.objects.get()
    assert page.redirect_chain[-1][0] == f"/evaluation/{evaluation.pk}/"
    assert list(evaluation.questions.values_list("criterion", flat=True)) == CRITERIA
    again = coordinator.post("/evaluation/neu/", values)
    assert "Diese Evaluation gibt es schon." in again.content.decode()


def test_a_team_answers_and_only_what_it_changed_is_written(client: Client) -> None:
    evaluation, measure = make_evaluation(), make_measure()
    mate = signed_in(make_teammate(measure))
    address = f"/evaluation/{evaluation.pk}/massnahmen/{measure.slug}/"
    question = evaluation.questions.get(criterion="relevance")

    sent = fields_of(mate.get(address)) | {f"rating_{question.pk}": "3", f"text_{question.pk}": "Bedarf da."}
    page = mate.post(address, sent, follow=True)

    assert "Gespeichert." in page.content.decode()
    answer = SelfAssessment.objects.get()
    assert (answer.question, answer.measure, answer.rating, answer.text) == (
        question,
        measure,
        3,
        "Bedarf da.",
    )
    page = mate.post(address, fields_of(mate.get(address)), follow=True)
    assert "Es hat sich nichts geändert." in page.content.decode()
    answer.refresh_from_db()
    assert answer.version == 1


def test_two_of_a_team_who_answer_different_questions_do_not_meet(client: Client) -> None:
    evaluation, measure = make_evaluation(), make_measure()
    address = f"/evaluation/{evaluation.pk}/massnahmen/{measure.slug}/"
    mate = signed_in(make_teammate(measure))
    opened = fields_of(mate.get(address))
    relevance, efficiency = (evaluation.questions.get(criterion=name) for name in ("relevance", "efficiency"))

    mate.post(address, opened | {f"text_{relevance.pk}": "Eins"})
    page = mate.post(address, opened | {f"text_{efficiency.pk}": "Zwei"}, follow=True)

    assert "Gespeichert." in page.content.decode()
    assert sorted(SelfAssessment.objects.values_list("text", flat=True)) == ["Eins", "Zwei"]


def test_who_answers_the_same_question_meanwhile_is_shown_both_texts_and_loses_none(client: Client) -> None:
    evaluation, measure = make_evaluation(), make_measure()
    address = f"/evaluation/{evaluation.pk}/massnahmen/{measure.slug}/"
    mate = signed_in(make_teammate(measure))
    question = evaluation.questions.get(criterion="relevance")
    opened = fields_of(mate.get(address))
    mate.post(address, opened | {f"rating_{question.pk}": "2", f"text_{question.pk}": "Andere"})

    mine = {f"rating_{question.pk}": "4", f"text_{question.pk}": "Meine"}
    refused = mate.post(address, opened | mine)

    assert refused.status_code == 409
    assert "Andere" in refused.content.decode() and "Meine" in refused.content.decode()
    assert SelfAssessment.objects.get().text == "Andere"
    mate.post(address, fields_of(refused))
    assert (SelfAssessment.objects.get().text, SelfAssessment.objects.get().rating) == ("Meine", 4)


def test_a_question_to_one_field_is_put_to_its_measures_alone() -> None:
    evaluation, mobility, energy = make_evaluation(), make_field("Mobilität"), make_field("Energie")
    inside, outside = make_measure("Bus", field=mobility), make_measure("Strom", field=energy)
    only = EvaluationQuestion.objects.create(
        evaluation=evaluation, criterion="relevance", text="Fährt er?", field=mobility
    )

    asked = [list(EvaluationQuestion.objects.to(measure).filter(pk=only.pk)) for measure in (inside, outside)]

    assert asked == [[only], []]


@pytest.mark.parametrize("role", [Role.TEAM, Role.STEERING, Role.ADMINISTRATION])
def test_whoever_is_not_on_the_team_answers_nothing(role: Role) -> None:
    evaluation, measure = make_evaluation(), make_measure()
    address = f"/evaluation/{evaluation.pk}/massnahmen/{measure.slug}/"
    assert signed_in(make_user(role)).get(address).status_code == 404
    assert signed_in(make_user(role)).post(address, {}).status_code == 404
    assert SelfAssessment.objects.count() == 0


def test_an_open_evaluation_keeps_words_from_those_they_are_not_for(client: Client) -> None:
    evaluation, own, other = make_evaluation(), make_measure("Eigene"), make_measure("Andere")
    make_answer(evaluation, own, "relevance", rating=1, text="Wort des eigenen Teams")
    make_answer(evaluation, other, "relevance", rating=1, text="Wort des anderen Teams")
    Assessment.objects.create(
        evaluation=evaluation, criterion="relevance", rating=2, text="Wort der Bewertung"
    )
    make_recommendation(evaluation, title="Wort der Empfehlung")
    mate = signed_in(make_teammate(own))
    address = evaluation.get_absolute_url()

    assert client.get(address).status_code == 404
    page = mate.get(address).content.decode()
    assert [word in page for word in ("Wort der Bewertung", "Wort der Empfehlung", "Andere")] == [False] * 3
    assert "1 × trifft nicht zu" in page

    close(evaluation)
    page = client.get(address).content.decode()
    assert [word in page for word in ("Wort der Bewertung", "Wort der Empfehlung", "Andere")] == [True] * 3
    assert "2 × trifft nicht zu" in page


def test_an_internal_evaluation_is_never_public(client: Client) -> None:
    evaluation = make_evaluation(visibility="internal")
    close(evaluation)
    assert client.get(evaluation.get_absolute_url()).status_code == 404
    assert str(evaluation) not in client.get("/evaluation/").content.decode()
    assert signed_in(make_user(Role.STEERING)).get(evaluation.get_absolute_url()).status_code == 200


def test_the_coordinator_assesses_a_field_and_the_whole_concept(coordinator: Client) -> None:
    evaluation, field = make_evaluation(), make_field("Energie")
    for slug in ("energie", "konzept"):
        address = f"/evaluation/{evaluation.pk}/bewertung/{slug}/"
        sent = fields_of(coordinator.get(address)) | {"rating_efficiency": "4", "text_efficiency": slug}
        coordinator.post(address, sent)
    rows = Assessment.objects.order_by("pk").values_list("field", "criterion", "rating", "text")
    assert list(rows) == [(field.pk, "efficiency", 4, "energie"), (None, "efficiency", 4, "konzept")]


def test_a_closed_evaluation_takes_nothing_more(coordinator: Client) -> None:
    evaluation, measure = make_evaluation(), make_measure()
    make_answer(evaluation, measure, "relevance", rating=1, text="Wort")
    addresses = [
        f"/evaluation/{evaluation.pk}/massnahmen/{measure.slug}/",
        f"/evaluation/{evaluation.pk}/bewertung/konzept/",
    ]
    sent = [fields_of(coordinator.get(address)) for address in addresses]
    close(evaluation)

    for address, data in zip(addresses, sent, strict=True):
        text = next(name for name in data if name.startswith("text_"))
        page = coordinator.post(address, data | {text: "Zu spät getippt"})
        assert "abgeschlossen" in page.content.decode() and "Zu spät getippt" in page.content.decode()
    assert SelfAssessment.objects.get().text == "Wort"
    assert Assessment.objects.count() == 0

    added = coordinator.post(f"/evaluation/{evaluation.pk}/empfehlungen/neu/", {"title": "Nachgeschoben"})
    assert "abgeschlossen" in added.content.decode() and "Nachgeschoben" in added.content.decode()
    assert "/empfehlungen/neu/" not in coordinator.get(evaluation.get_absolute_url()).content.decode()
    assert Recommendation.objects.count() == 0


@pytest.mark.parametrize(("visibility", "is_said"), [("internal", True), ("public", False)])
def test_before_the_end_of_an_internal_evaluation_its_page_says_that_visitors_will_not_see_it(
    coordinator: Client, visibility: str, is_said: bool
) -> None:
    evaluation = make_evaluation(visibility=visibility)
    page = coordinator.get(f"/evaluation/{evaluation.pk}/abschliessen/").content.decode()
    assert ("Gäste sehen das Ergebnis nicht" in page) == is_said


@pytest.mark.parametrize("model", [EvaluationQuestion, SelfAssessment, Assessment])
def test_the_database_refuses_every_change_of_a_closed_evaluation(model: Any) -> None:
    evaluation, measure = make_evaluation(), make_measure()
    make_answer(evaluation, measure, "relevance", rating=1)
    Assessment.objects.create(evaluation=evaluation, criterion="relevance", rating=2)
    assert model.objects.update(version=7) > 0  # as long as it is open
    close(evaluation)
    for change in (lambda: model.objects.update(version=8), lambda: model.objects.all()[:1].get().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_reopened_evaluation_goes_on(coordinator: Client) -> None:
    evaluation = make_evaluation()
    close(evaluation)
    evaluation.refresh_from_db()
    address = f"/evaluation/{evaluation.pk}/oeffnen/"
    coordinator.post(address, {"version": evaluation.version, "reason": "Ein Team fehlte."})
    evaluation.refresh_from_db()
    assert evaluation.closed_at is None
    assert "Ein Team fehlte." in coordinator.get(evaluation.get_absolute_url()).content.decode()


def test_an_evaluation_with_words_in_it_is_not_removed(coordinator: Client) -> None:
    empty, full = make_evaluation(), make_evaluation(kind="interim")
    make_recommendation(full)
    for evaluation in (empty, full):
        coordinator.post(
            f"/evaluation/{evaluation.pk}/entfernen/", {"version": evaluation.version, "reason": "Irrtum"}
        )
    assert list(Evaluation.objects.all()) == [full]


def test_a_question_that_was_answered_stays_and_another_comes_back(coordinator: Client) -> None:
    evaluation, measure = make_evaluation(), make_measure()
    answered, free = list(evaluation.questions.all()[:2])
    SelfAssessment.objects.create(question=answered, measure=measure, rating=1)
    for question in (answered, free):
        address = f"/evaluation/{evaluation.pk}/fragen/{question.pk}/entfernen/"
        coordinator.post(address, {"version": question.version, "reason": "Doppelt"})
    assert answered in evaluation.questions.all() and free not in evaluation.questions.all()
    coordinator.post(f"/evaluation/{evaluation.pk}/fragen/{free.pk}/wiederherstellen/")
    assert evaluation.questions.count() == 5


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_at_the_same_moment_keeps_its_question() -> None:
    evaluation, measure, client = make_evaluation(), make_measure(), client_of(make_user())
    question = evaluation.questions.all()[0]
    answer = Written(SelfAssessment(question=question, measure=measure, rating=3), None)
    address = f"/evaluation/{evaluation.pk}/fragen/{question.pk}/entfernen/"

    while_open(
        lambda: save_ratings(evaluation=evaluation, written=[answer], by=None),
        lambda: client.post(address, {"version": question.version, "reason": "Doppelt"}),
    )

    assert SelfAssessment.objects.get().question == question


def test_a_recommendation_becomes_a_topic_once_and_its_way_is_told(
    coordinator: Client, client: Client
) -> None:
    evaluation, committee = make_evaluation(), make_committee()
    recommendation = make_recommendation(evaluation, title="Mehr Austausch", text="Weil es hilft.")
    address = f"/evaluation/{evaluation.pk}/empfehlungen/{recommendation.pk}/themenspeicher/"
    for _ in range(2):
        coordinator.post(address, {"committee": committee.pk, "version": 1})

    topic = Topic.objects.get()
    assert (topic.title, topic.text, topic.committee) == ("Mehr Austausch", "Weil es hilft.", committee)
    close(evaluation)
    page = coordinator.get(evaluation.get_absolute_url()).content.decode()
    assert "wartet im Themenspeicher" in page
    topic.item = make_item(make_meeting(committee, title="Siebte Sitzung"), title="Austausch")
    topic.save()
    assert "Siebte Sitzung" in coordinator.get(evaluation.get_absolute_url()).content.decode()
    public = Client().get(evaluation.get_absolute_url()).content.decode()
    assert "Mehr Austausch" in public and "Siebte Sitzung" not in public


def test_recommendations_are_numbered_and_a_number_is_not_given_twice() -> None:
    evaluation = make_evaluation()
    numbers = [make_recommendation(evaluation).number for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_an_edit_over_another_one_shows_both(coordinator: Client) -> None:
    evaluation = make_evaluation()
    recommendation = make_recommendation(evaluation)
    address = f"/evaluation/{evaluation.pk}/empfehlungen/{recommendation.pk}/bearbeiten/"
    values = {"title": "Meins", "text": "", "addressee": "", "field": "", "version": 1}
    Recommendation.objects.filter(pk=recommendation.pk).update(title="Anderes", version=2)
    refused = coordinator.post(address, values)
    assert refused.status_code == 409
    assert "Meins" in refused.content.decode() and "Anderes" in refused.content.decode()


def test_a_team_is_asked_until_all_is_answered_and_the_coordinator_to_close_after_the_day() -> None:
    evaluation, measure = make_evaluation(), make_measure("Sensornetz")
    mate, coordinator, on = make_teammate(measure), make_user(Role.COORDINATION), localdate()
    assert [entry.title for entry in questions_to_answer(mate, on)] == ["Selbsteinschätzung: Sensornetz"]
    for criterion in CRITERIA:
        make_answer(evaluation, measure, criterion, rating=3)
    assert list(questions_to_answer(mate, on)) == []
    later = on + timedelta(days=30)
    assert list(evaluations_to_close(coordinator, on)) == []
    assert [entry.title for entry in evaluations_to_close(coordinator, later)] == [str(evaluation)]


def test_an_evaluation_costs_as_many_queries_with_many_measures(
    coordinator: Client,
) -> None:
    evaluation = make_evaluation()
    counts = []
    for number in (2, 20):
        for index in range(number):
            measure = make_measure(f"Maßnahme {number} {index}")
            make_answer(evaluation, measure, "relevance", rating=2)
            make_recommendation(evaluation)
        with CaptureQueriesContext(connection) as queries:
            coordinator.get(evaluation.get_absolute_url())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_dates_in_the_wrong_order_are_refused_with_a_word(coordinator: Client) -> None:
    values = {
        "kind": "yearly",
        "period_start": "2025-12-31",
        "period_end": "2025-01-01",
        "answers_due_on": "2026-02-15",
        "visibility": "internal",
    }
    page = coordinator.post("/evaluation/neu/", values)
    assert "Der Zeitraum endet vor seinem Beginn." in page.content.decode()
