"""No form lets a stranger send many mails to an address, one after the other or all at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from participation.models import (
    AccessRequest,
    AskedMail,
    Sheet,
    SubscriptionRequest,
    VisitorMail,
    pseudonym,
)
from participation.services.access import ask_for_access
from participation.services.registrations import confirm, register
from participation.services.subscriptions import request_subscription
from participation.services.surveys import answer_survey
from participation.tasks import forget_requests
from smartregion.base.public_news import Topic
from tests.beside import threads
from tests.factories import make_region
from tests.participation.event_rows import make_event, send_form
from tests.participation.open import stamp
from tests.participation.rows import make_idea, make_question, make_survey

pytestmark = pytest.mark.django_db
VICTIM = "opfer@example.org"


@pytest.fixture(autouse=True)
def region(db: None) -> None:
    cache.clear()
    make_region()


def from_anywhere(number: int) -> Client:
    return Client(REMOTE_ADDR=f"198.51.100.{number}")


def test_an_address_gets_only_so_many_mails_a_day_whichever_forms_are_filled_in() -> None:
    ideas = [make_idea(f"Idee {number}") for number in range(8)]
    answers = [
        from_anywhere(number).post(f"/ideen/{idea.pk}/unterstuetzen/", {"email": VICTIM, **stamp()})
        for number, idea in enumerate(ideas)
    ]
    answers += [
        send_form(from_anywhere(number), make_event(f"Tag {number}"), "Ada", email=VICTIM.upper())
        for number in range(8)
    ]
    survey = make_survey(way="email")
    question = make_question(survey)
    answers.append(
        from_anywhere(1).post(survey.get_absolute_url(), {"email": VICTIM, f"q{question.pk}": 0, **stamp()})
    )
    typed = {"title": "Bänke", "text": "Zum Ausruhen.", "email": VICTIM, "step": "send"}
    answers.append(from_anywhere(1).post("/ideen/neu/", {**typed, **stamp()}))

    assert [answer.status_code for answer in answers] == [302] * 18
    assert VisitorMail.objects.filter(to__iexact=VICTIM).count() == AskedMail.MOST == 10


def test_the_count_ends_after_a_day_and_holds_no_address() -> None:
    for number in range(10):
        register(event=make_event(f"Tag {number}"), name="Ada", email=VICTIM)
    full = make_event("Noch einer")
    register(event=full, name="Ada", email=VICTIM)
    before = VisitorMail.objects.count()
    held = str(list(AskedMail.objects.values()))
    AskedMail.objects.update(asked_at=now() - AskedMail.KEPT_FOR)
    register(event=full, name="Ada", email=VICTIM)
    forget_requests()

    assert (before, VisitorMail.objects.count(), VICTIM in held) == (10, 11, False)
    assert AskedMail.objects.count() == 1


def test_what_the_office_or_a_confirmed_act_sends_is_not_counted() -> None:
    row = register(event=make_event(), name="Ada", email=VICTIM)
    assert row
    VisitorMail.objects.all().delete()
    for _turn in range(AskedMail.MOST):
        AskedMail.objects.create(who=pseudonym(VICTIM, AskedMail.PURPOSE))

    confirm(registration=row)

    assert [mail.subject for mail in VisitorMail.objects.all()] == ["Ihr Platz: Digitaltag"]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """On connections of their own."""

    def at_once(self, work: Callable[[], Any], number: int = 8) -> list[Any]:
        with threads(number) as start:
            return [running.result(60) for running in [start(work) for _each in range(number)]]

    def test_asking_for_ones_data_sends_one_mail(self) -> None:
        self.at_once(partial(ask_for_access, email=VICTIM))

        assert (AccessRequest.objects.count(), VisitorMail.objects.count()) == (1, 1)

    def test_a_subscription_is_asked_for_three_times(self) -> None:
        self.at_once(partial(request_subscription, email=VICTIM, topics=[Topic("alles", "neues")]))

        assert (SubscriptionRequest.objects.count(), VisitorMail.objects.count()) == (3, 3)

    def test_two_answers_of_one_address_leave_one_sheet_and_no_error(self) -> None:
        survey = make_survey(way="email")

        self.at_once(lambda: answer_survey(survey=survey, replies=[], email=VICTIM))

        assert Sheet.objects.count() == 1

    def test_one_form_sent_at_once_acts_once(self) -> None:
        event, shown = make_event(), stamp()
        typed = {"overall": "1", **shown}
        page = f"/veranstaltungen/{event.pk}/rueckmeldung/"
        type(event).objects.update(starts_at=now())

        codes = self.at_once(lambda: Client().post(page, typed).status_code, 4)

        assert (codes, event.feedback.count()) == ([302] * 4, 1)
