""" "Frag nach": what visitors ask, what the coordinator answers, what everyone reads, what is forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate

from network.models import Role
from participation.mails import hand_over
from participation.models import Enquiry, VisitorMail
from smartregion.base.history import event_model
from smartregion.base.models import Job
from smartregion.base.personal import Person, data_types, stored_about
from smartregion.base.worklist import entries_of
from tests.factories import make_measure, make_region, make_user
from tests.participation.open import stamp

pytestmark = pytest.mark.django_db
PAGE = "/massnahmen/netz/fragen/"
ASKED = {"text": "Wer betreibt das?", "email": "frau.muster@example.org"}


@pytest.fixture(autouse=True)
def measure() -> Any:
    make_region()
    return make_measure("Netz")


def ask(client: Client, **values: str) -> Enquiry:
    client.post(PAGE, {**stamp(), **ASKED, **values})
    return Enquiry.objects.order_by("-pk")[0]


def coordinator() -> Client:
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    return client


def answer(question: Enquiry, **values: str) -> Any:
    typed = {"version": str(question.version), "state": "answered", "answer": "Die Stadtwerke."}
    return coordinator().post(question.get_absolute_url(), {**typed, **values})


def test_a_visitor_asks_and_is_told_so_without_a_cookie(client: Client) -> None:
    sent = client.post(PAGE, {**stamp(), **ASKED}, follow=True)

    question = Enquiry.objects.get()
    assert (question.measure.slug, question.text, question.email) == ("netz", *ASKED.values())
    assert "Danke für Ihre Frage" in sent.content.decode()
    assert client.cookies == {}


@pytest.mark.parametrize("address", [PAGE, "/barrierefreiheit/melden/"])
def test_a_form_without_account_needs_no_cookie_to_be_taken(address: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(address, {**stamp(), **ASKED}).status_code == 302
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize(("field", "value"), [("text", ""), ("email", ""), ("email", "keine Adresse")])
def test_what_is_missing_is_asked_for_and_nothing_is_lost(client: Client, field: str, value: str) -> None:
    page = client.post(PAGE, {**stamp(), **ASKED, field: value})

    kept = next(text for name, text in ASKED.items() if name != field)
    assert kept in page.content.decode()
    assert (list(page.context["form"].errors), Enquiry.objects.count()) == ([field], 0)


def test_nobody_can_ask_about_a_measure_they_cannot_see(client: Client) -> None:
    make_measure("Geheim", visibility="internal")
    address = "/massnahmen/geheim/fragen/"

    assert client.get(address).status_code == 404
    assert client.post(address, {**stamp(), **ASKED}).status_code == 404
    assert client.get(f"{address}gesendet/").status_code == 404
    assert Enquiry.objects.count() == 0


def test_an_answer_goes_to_who_asked_and_is_not_public_by_itself(client: Client) -> None:
    answer(ask(client))

    hand_over(VisitorMail.objects.get().pk)
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["frau.muster@example.org"], "Antwort auf Ihre Frage zu „Netz“")
    ]
    assert "Die Stadtwerke." in mail.outbox[0].body
    assert "Die Stadtwerke." not in client.get(PAGE).content.decode()
    assert VisitorMail.objects.count() == 0


def test_what_is_published_shows_neither_address_nor_the_words_of_who_asked(client: Client) -> None:
    question = ask(client, text="Ich, Erika Muster, frage: Wer betreibt das?")
    answer(question, public_text="Wer betreibt das Netz?")

    for address in (PAGE, "/massnahmen/netz/"):
        page = client.get(address).content.decode()
        assert "Wer betreibt das Netz?" in page
        assert "Die Stadtwerke." in page
        assert "Erika" not in page
        assert "frau.muster" not in page


def test_an_answer_that_is_changed_later_is_not_mailed_again(client: Client) -> None:
    question = ask(client)
    answer(question)
    question.refresh_from_db()
    answer(question, answer="Die Stadtwerke und der Kreis.", public_text="Wer?")

    question.refresh_from_db()
    assert (question.answer, question.public_text) == ("Die Stadtwerke und der Kreis.", "Wer?")
    assert Job.objects.count() == 1


def test_two_answers_at_once_send_one_mail(client: Client) -> None:
    question = ask(client)
    answer(question)

    second = answer(question, answer="Etwas anderes.")

    assert (second.status_code, Job.objects.count()) == (409, 1)


def test_what_is_closed_without_an_answer_sends_and_publishes_nothing(client: Client) -> None:
    question = ask(client)
    answer(question, state="dropped", public_text="Wer?")

    question.refresh_from_db()
    assert (question.state, question.answer, question.public_text) == ("dropped", "", "")
    assert Job.objects.count() == 0


def test_an_answer_needs_words(client: Client) -> None:
    page = answer(ask(client), answer="")

    assert "Bitte schreiben Sie eine Antwort." in page.content.decode()


@pytest.mark.parametrize("role", [Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
def test_only_the_coordinator_reads_and_answers_questions(client: Client, role: Role) -> None:
    question = ask(client)
    client.force_login(make_user(role))

    assert client.get(question.get_absolute_url()).status_code == 403


def test_a_visitor_is_asked_to_sign_in_before_a_question_is_shown(client: Client) -> None:
    question = ask(client)

    assert client.get(question.get_absolute_url()).status_code == 302


def test_an_open_question_stands_on_the_coordinators_worklist_until_it_is_dealt_with(client: Client) -> None:
    question, user = ask(client), make_user(Role.COORDINATION)

    entries = entries_of("fragen", user, localdate())
    late = entries_of("fragen", user, localdate() + timedelta(days=7))
    answer(question)

    assert [(entry.title, entry.severity.name) for entry in entries] == [("Frage zu „Netz“", "SOON")]
    assert [entry.severity.name for entry in late] == ["NOW"]
    assert entries_of("fragen", user, localdate()) == []
    assert entries_of("fragen", make_user(Role.STEERING), localdate()) == []


def test_a_barrier_can_be_reported_without_saying_who_one_is(client: Client) -> None:
    reported = {"text": "Die Karte lässt sich nicht bedienen.", "page": "Karte", "email": ""}
    page = client.post("/barrierefreiheit/melden/", {**stamp(), **reported}, follow=True)

    question = Enquiry.objects.get()
    assert (question.measure, question.page, question.email) == (None, "Karte", "")
    assert "Danke für Ihre Meldung" in page.content.decode()
    assert str(question) == "Gemeldete Barriere"


def test_an_answer_to_an_anonymous_report_is_kept_and_sent_to_nobody(client: Client) -> None:
    client.post("/barrierefreiheit/melden/", {**stamp(), "text": "Zu blass"})
    answer(Enquiry.objects.get())

    assert (Enquiry.objects.get().state, Job.objects.count()) == ("answered", 0)


def test_who_asked_is_forgotten_90_days_after_the_answer_in_the_history_too(client: Client) -> None:
    question = ask(client)
    answer(question, public_text="Wer?")
    [kind] = [each for each in data_types(of_visitors=True) if each.key == "questions"]
    early = kind.drop_outdated()
    Enquiry.objects.update(answered_on=localdate() - timedelta(days=91))

    dropped = kind.drop_outdated(), kind.drop_outdated()

    question.refresh_from_db()
    events = event_model(Enquiry)._base_manager.values_list("email", "text")
    assert (early, dropped) == (0, (1, 0))
    assert (question.email, question.text, question.public_text) == ("", "–", "Wer?")
    assert set(events) == {("", "–")}


def test_a_person_is_told_what_is_stored_of_them_and_nothing_of_others(client: Client) -> None:
    ask(client)
    ask(client, email="anderer@example.org", text="Anders")

    told = [
        stored for stored in stored_about(Person("frau.muster@example.org")) if stored.type.key == "questions"
    ]

    assert [row["Frage"] for stored in told for row in stored.rows] == ["Wer betreibt das?"]
