"""Consultations are answered while they run, once per address, and their results are open afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from network.models import Role
from participation.links import secret_of
from participation.models import Question, Reply, Sheet, Survey, VisitorMail
from participation.services.surveys import CONFIRM
from participation.tally import results_of
from smartregion.base.personal import Person, data_types
from tests.factories import make_region, make_user
from tests.participation.event_rows import make_event
from tests.participation.open import stamp
from tests.participation.rows import end, make_question, make_sheet, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def answer(client: Client, survey: Survey, **values: Any) -> Any:
    return client.post(survey.get_absolute_url(), {**stamp(), **values})


def test_every_kind_of_question_is_answered_in_one_form(client: Client) -> None:
    survey = make_survey()
    kinds = ["single", "multiple", "scale", "points", "ranking", "text"]
    single, multiple, scale, points, ranking, text = (make_question(survey, kind) for kind in kinds)

    response = answer(
        client,
        survey,
        **{
            f"q{single.pk}": 1,
            f"q{multiple.pk}": [0, 2],
            f"q{scale.pk}": 4,
            f"q{points.pk}_0": 7,
            f"q{points.pk}_1": 3,
            f"q{ranking.pk}_0": 2,
            f"q{ranking.pk}_2": 1,
            f"q{text.pk}": "Danke",
        },
    )

    assert response["Location"] == f"{survey.get_absolute_url()}danke/"
    rows = Reply.objects.counted().order_by("pk").values_list("question__kind", "option", "value", "text")
    assert list(rows) == [
        ("single", 1, None, ""),
        ("multiple", 0, None, ""),
        ("multiple", 2, None, ""),
        ("scale", None, 4, ""),
        ("points", 0, 7, ""),
        ("points", 1, 3, ""),
        ("ranking", 0, 2, ""),
        ("ranking", 2, 1, ""),
        ("text", None, None, "Danke"),
    ]
    assert client.cookies == {}


def test_too_many_points_a_rank_twice_and_a_missing_answer_are_refused(client: Client) -> None:
    survey = make_survey()
    points, ranking = make_question(survey, "points"), make_question(survey, "ranking")
    needed = make_question(survey, "single", is_required=True)

    errors = (
        answer(
            client,
            survey,
            **{f"q{points.pk}_0": 7, f"q{points.pk}_1": 4, f"q{ranking.pk}_0": 1, f"q{ranking.pk}_1": 1},
        )
        .context["form"]
        .errors
    )

    assert errors == {
        f"q{points.pk}_0": ["Sie haben 11 Punkte verteilt; es sind höchstens 10."],
        f"q{ranking.pk}_0": ["Bitte geben Sie jeden Rang nur einmal."],
        f"q{needed.pk}": ["Bitte beantworten Sie diese Frage."],
    }
    assert Sheet.objects.count() == 0


def test_an_address_answers_once_and_the_answer_counts_after_confirmation(client: Client) -> None:
    make_region()
    survey = make_survey(way="email")
    question = make_question(survey)
    key = f"q{question.pk}"
    answer(client, survey, email="a@example.org", **{key: 0})
    answer(client, survey, email="A@example.org", **{key: 1})
    before = Reply.objects.counted().count()
    page = reverse("sheet_confirm", args=[secret_of(Sheet.objects.get(), CONFIRM)])
    shown = client.get(page).content.decode()
    assert [f"<dd>{option}</dd>" in shown for option in question.options[:2]] == [False, True]
    client.post(page)
    again = answer(client, survey, email="a@example.org", **{key: 2})

    assert (before, Reply.objects.counted().values_list("option", flat=True).get()) == (0, 1)
    assert again["Location"] == f"{survey.get_absolute_url()}danke/"
    assert "schon eine bestätigte Antwort" in VisitorMail.objects.order_by("pk").last().body
    with pytest.raises(IntegrityError), transaction.atomic():
        Sheet.objects.create(survey=survey, who=Sheet.objects.get().who)


def test_nothing_counts_before_the_beginning_or_after_the_end(client: Client) -> None:
    coming = make_survey("Kommt", opens_at=now() + timedelta(hours=1))
    over, by_mail = make_survey("Vorbei"), make_survey("Mail", way="email")
    for survey in (coming, over, by_mail):
        make_question(survey)
    answer(client, by_mail, email="a@example.org")
    end(over)
    end(by_mail)
    answer(client, coming)
    answer(client, over)
    client.post(reverse("sheet_confirm", args=[secret_of(Sheet.objects.get(), CONFIRM)]))

    assert list(Sheet.objects.counted()) == []


def test_results_are_open_after_the_end_and_only_of_enough_answers(client: Client) -> None:
    survey = make_survey()
    single, ranking, rare = (
        make_question(survey),
        make_question(survey, "ranking"),
        make_question(survey, "scale"),
    )
    for number in range(5):
        replies = [Reply(question=single, option=number % 2)]
        replies += [Reply(question=ranking, option=option, value=option + 1) for option in range(3)]
        replies += [Reply(question=rare, value=5)] if number < 4 else []
        make_sheet(survey, *replies)
    make_sheet(survey, Reply(question=single, option=2), confirmed_at=None, who="unbestätigt")
    during = client.get(survey.get_absolute_url())
    end(survey)
    page = client.get(survey.get_absolute_url())

    assert (during.context["results"], during.context["turnout"]) == ([], 5)
    first, second, third = page.context["results"]
    assert [(line.label, line.value, line.share) for line in first.lines] == [
        ("Rad", 3, 60),
        ("Bus", 2, 40),
        ("Bahn", 0, 0),
    ]
    assert [(line.label, line.value) for line in second.lines] == [("Rad", 15), ("Bus", 10), ("Bahn", 5)]
    assert (third.is_too_small, third.lines, third.chart) == (True, [], None)


def test_a_free_text_appears_only_when_it_was_published(client: Client) -> None:
    survey = make_survey()
    question = make_question(survey, "text")
    for number in range(5):
        make_sheet(survey, Reply(question=question, text=f"Text {number}"))
    end(survey)
    editor = Client()
    editor.force_login(make_user(Role.COORDINATION))
    before = results_of(survey)[0].texts
    first = Reply.objects.order_by("pk").first()
    editor.post(f"{survey.get_absolute_url()}texte/", {"selected": first.pk, "state": "published"})
    refused = client.post(f"{survey.get_absolute_url()}texte/", {"selected": first.pk, "state": "rejected"})

    assert (before, results_of(survey)[0].texts, refused.status_code) == ([], ["Text 0"], 302)


def test_the_coordinator_makes_a_survey_with_questions_and_sees_it_before_others(editor: Client) -> None:
    values = {"title": "Was zuerst?", "intro": "Bitte.", "way": "email"}
    times = {"opens_at": "2026-01-01T10:00", "closes_at": "2099-01-01T10:00"}
    editor.post("/ideen/umfragen/neu/", {**values, **times})
    survey = Survey.objects.get()
    url = survey.get_absolute_url()
    wrong = editor.post(
        f"{url}frage/neu/", {"text": "Wie?", "kind": "single", "options": "Eins", "points": 10, "position": 1}
    )
    editor.post(
        f"{url}frage/neu/",
        {"text": "Wie?", "kind": "single", "options": "Rad\nBus\n", "points": 10, "position": 1},
    )

    assert list(wrong.context["form"].errors) == ["options"]
    assert Question.objects.get().options == ["Rad", "Bus"]
    assert (editor.get(url).context["phase"], Client().get(url).status_code) == ("draft", 404)


def test_questions_stay_as_they_were_answered(editor: Client) -> None:
    survey = make_survey()
    question = make_question(survey)
    make_sheet(survey, Reply(question=question, option=0))
    page = f"{survey.get_absolute_url()}frage/{question.pk}"
    values = {
        "version": 1,
        "text": "Anders?",
        "kind": "single",
        "options": "A\nB",
        "points": 10,
        "position": 1,
    }

    edited = editor.post(f"{page}/bearbeiten/", values)
    removed = editor.post(f"{page}/entfernen/", {"version": 1, "reason": "weg"})

    said = "Es gibt schon Antworten; Fragen und Teilnahme bleiben jetzt, wie sie sind."
    assert edited.context["form"].errors["__all__"] == [said]
    assert removed.context["form"].errors["__all__"] == [said]
    for change in (
        lambda: Question.objects.update(text="Anders?"),
        lambda: Survey.objects.update(way="email"),
        lambda: make_question(survey),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_removed_question_comes_back_and_a_change_is_undone(editor: Client) -> None:
    survey = make_survey()
    question = make_question(survey)
    page = f"{survey.get_absolute_url()}frage/{question.pk}"
    values = {
        "version": 1,
        "text": "Anders?",
        "kind": "single",
        "options": "A\nB",
        "points": 10,
        "position": 1,
    }
    editor.post(f"{page}/bearbeiten/", values)
    editor.post(f"{page}/rueckgaengig/?version=2")
    undone = Question.objects.get()
    editor.post(f"{page}/entfernen/", {"version": undone.version, "reason": "weg"})
    gone = Question.objects.exists()
    editor.post(f"{page}/wiederherstellen/")

    assert (undone.text, undone.options) == ("Frage single", ["Rad", "Bus", "Bahn"])
    assert (gone, Question.objects.get().text) == (False, "Frage single")


def test_after_the_end_a_sheet_is_nobodys_and_unconfirmed_ones_are_gone() -> None:
    survey = make_survey(way="email", opens_at=now() - timedelta(days=90))
    make_sheet(survey, who="bestätigt")
    make_sheet(survey, who="nie", confirmed_at=None, made_at=now() - timedelta(days=60))
    Survey.objects.update(closes_at=now() - timedelta(days=31))
    (dropping,) = [each for each in data_types() if each.key == "survey_sheets"]

    dropping.drop_outdated()

    assert [sheet.who for sheet in Sheet.objects.all()] == [None]


def test_a_survey_belongs_to_an_event_by_its_form_and_each_page_leads_to_the_other(editor: Client) -> None:
    make_region()
    event, other = make_event(), make_event("Anderes")
    survey = make_survey()
    url = survey.get_absolute_url()
    form = editor.get(f"{url}bearbeiten/").context["form"]
    values = {name: form[name].value() for name in ("title", "intro", "way", "version")}
    times = {"opens_at": "2026-01-01T10:00", "closes_at": "2099-01-01T10:00"}
    saved = editor.post(
        f"{url}bearbeiten/", {**values, **times, "event": event.pk, "is_published": "on", "conclusion": ""}
    )
    visitor = Client()

    assert saved.status_code == 302
    assert list(visitor.get(event.get_absolute_url()).context["surveys"]) == [survey]
    assert list(visitor.get(other.get_absolute_url()).context["surveys"]) == []
    assert f'href="{event.get_absolute_url()}"' in visitor.get(url).content.decode()
    assert visitor.get("/ideen/umfragen/").context["page_obj"].object_list[0].event == event


def test_an_event_shows_what_comes_runs_and_has_ended_and_no_draft(client: Client) -> None:
    make_region()
    event, day = make_event(), timedelta(days=1)
    make_survey("Läuft", event=event)
    make_survey("Kommt", event=event, opens_at=now() + day, closes_at=now() + 2 * day)
    end(make_survey("Vorbei", event=event, conclusion="Der Bus kommt zuerst."))
    make_survey("Entwurf", event=event, is_published=False)
    coordinator = Client()
    coordinator.force_login(make_user(Role.COORDINATION))

    page = client.get(event.get_absolute_url())
    shown = [(survey.title, survey.phase.value) for survey in page.context["surveys"]]
    of_the_coordinator = {
        survey.title for survey in coordinator.get(event.get_absolute_url()).context["surveys"]
    }

    assert shown == [("Kommt", "coming"), ("Läuft", "running"), ("Vorbei", "ended")]
    assert "Der Bus kommt zuerst." in page.content.decode()
    assert of_the_coordinator == {"Kommt", "Läuft", "Entwurf", "Vorbei"}
    assert client.cookies == {}


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        ("public", {None, "team", "coordination"}),
        ("internal", {"team", "coordination"}),
        ("draft", {"coordination"}),
    ],
)
def test_an_event_is_named_to_those_who_may_see_it_only(visibility: str, seen_by: set[str | None]) -> None:
    make_region()
    survey = make_survey(event=make_event("Klausurtag", visibility=visibility))
    named = set()
    for role in (None, Role.TEAM, Role.COORDINATION):
        reader = Client()
        if role:
            reader.force_login(make_user(role))
        for url in (survey.get_absolute_url(), "/ideen/umfragen/"):
            if "Klausurtag" in reader.get(url).content.decode():
                named.add((role and role.value, url))

    assert named == {
        (role, url) for role in seen_by for url in (survey.get_absolute_url(), "/ideen/umfragen/")
    }


def test_a_survey_stays_when_its_event_goes() -> None:
    event = make_event()
    survey = make_survey(event=event)
    event.delete()

    survey.refresh_from_db()
    assert survey.event_id is None


def test_erasing_deletes_the_sheet_so_that_one_address_has_one_answer(client: Client) -> None:
    make_region()
    survey = make_survey(way="email")
    question = make_question(survey)
    (sheets,) = [each for each in data_types() if each.key == "survey_sheets"]
    counted = []
    for _turn in range(3):
        answer(client, survey, email="a@example.org", **{f"q{question.pk}": 0})
        client.post(reverse("sheet_confirm", args=[secret_of(Sheet.objects.get(), CONFIRM)]))
        counted.append(Reply.objects.counted().count())
        sheets.erase_person(Person.of("a@example.org"))

    assert (counted, Sheet.objects.count()) == ([1, 1, 1], 0)


def test_an_end_that_has_passed_stays_once_there_are_answers(editor: Client) -> None:
    answered, empty = make_survey("Beantwortet"), make_survey("Leer")
    make_sheet(answered)
    page = f"{answered.get_absolute_url()}bearbeiten/"
    form = editor.get(page).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    typed |= {"opens_at": "2026-01-01T10:00", "closes_at": "2099-01-01T10:00"}
    for survey in (answered, empty):
        end(survey)

    moved = editor.post(page, typed)

    assert list(moved.context["form"].errors) == ["closes_at"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.filter(pk=answered.pk).update(closes_at=now() + timedelta(days=9))
    assert Survey.objects.filter(pk=empty.pk).update(closes_at=now() + timedelta(days=9)) == 1
