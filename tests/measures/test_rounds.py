"""A status round from its mails to its end: who is asked, reminded, and asked no more."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils.timezone import localdate, now

from measures.models import (
    RolloutCell,
    RoundInvitation,
    RoundLink,
    RoundMail,
    StatusRound,
)
from measures.round_progress import progress_of
from measures.services.rounds import close_round, remind, revoke_links
from smartregion.base.hashed import hash_of
from tests.beside import threads
from tests.factories import make_user
from tests.measures.status_rounds import begin, cell_of, link_for, read, send_mails

pytestmark = pytest.mark.django_db


def test_each_municipality_with_an_address_gets_one_mail_with_a_link_that_opens_its_page(
    places, client
) -> None:
    begin(by=make_user(name="Frau Muster"), message="Danke für die Mühe.")
    sent = send_mails()

    assert [(each.to, each.subject) for each in sent] == [
        (["aadorf@example.org"], "Herbst"),
        (["bedorf@example.org"], "Herbst"),
    ]
    assert "Danke für die Mühe." in sent[0].body
    link = sent[0].body.split("https://portal.example.org")[1].split()[0]
    answer = client.get(link)
    assert (answer.status_code, answer.context["municipality"]) == (200, places[0])
    assert send_mails() == []


def test_the_secret_of_a_link_stands_nowhere_in_the_database(places) -> None:
    begin()
    token = send_mails()[0].body.split("/abfrage/")[1].split("/")[0]

    assert len(token) == 43
    assert RoundLink.objects.filter(token_hash=hash_of(token)).count() == 1
    assert token not in str(list(RoundLink.objects.values())) + str(list(RoundMail.objects.values()))
    assert "token_hash" not in {field.name for field in RoundLink.pgh_event_model._meta.get_fields()}


def test_a_second_round_is_refused_by_the_database(places) -> None:
    begin()

    with pytest.raises(IntegrityError, match="round_at_most_one_open"):
        begin()


def test_a_round_past_its_last_day_makes_room_for_the_next(places) -> None:
    old = begin()
    StatusRound.objects.update(closes_on=localdate() - timedelta(days=1))

    begin(title="Winter")

    assert list(StatusRound.objects.running().values_list("title", flat=True)) == ["Winter"]
    old.refresh_from_db()
    assert old.closed_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_the_same_moment_one_opens_a_round(places) -> None:
    def attempt() -> bool:
        try:
            begin()
        except IntegrityError:
            return False
        return True

    with threads() as start:
        both = [start(attempt), start(attempt)]

    assert sorted(each.result() for each in both) == [False, True]
    assert (StatusRound.objects.count(), RoundMail.objects.count()) == (1, 2)


def test_those_who_are_missing_are_reminded_once_a_day(places, client) -> None:
    opened = begin()
    send_mails()
    client.post(link_for(places[0]), read(cell_of(places[0]), cell_of(places[0], "Radweg")))

    assert [remind(status_round=opened, by=None), remind(status_round=opened, by=None)] == [1, 0]
    assert [(each.to, each.subject) for each in send_mails()] == [
        (["bedorf@example.org"], "Erinnerung: Herbst")
    ]
    RoundMail.objects.update(wanted_on=localdate() - timedelta(days=1))
    assert remind(status_round=opened, by=None) == 1


def test_the_database_itself_refuses_a_second_reminder_on_one_day(places) -> None:
    opened = begin()
    remind(status_round=opened, by=None)
    first = RoundMail.objects.filter(kind="reminder").first()

    with pytest.raises(IntegrityError, match="mail_one_reminder_a_day"):
        RoundMail.objects.create(
            invitation=first.invitation, job=first.job, kind="reminder", address=first.address
        )


def test_a_reminder_leaves_the_link_of_the_first_mail_valid(places, client) -> None:
    opened = begin()
    first = send_mails()[0]
    remind(status_round=opened, by=None)
    second = send_mails()[0]
    pages = [f"/abfrage/{each.body.split('/abfrage/')[1].split('/')[0]}/" for each in (first, second)]

    assert pages[0] != pages[1]
    assert [client.get(page).status_code for page in pages] == [200, 200]


def test_a_mail_that_was_still_waiting_is_not_sent_after_its_link_was_revoked(places) -> None:
    begin()
    revoke_links(invitation=RoundInvitation.objects.get(municipality=places[0]), by=None)

    assert [each.to for each in send_mails()] == [["bedorf@example.org"]]


def test_no_mail_is_sent_once_the_round_is_closed(places) -> None:
    close_round(status_round=begin(), by=None)

    assert send_mails() == []
    assert set(RoundMail.objects.values_list("problem", flat=True)) == {"Die Abfrage war schon zu Ende."}


def test_a_closed_round_still_tells_who_answered_after_later_confirmations(places, client) -> None:
    opened = begin()
    cell = cell_of(places[0])
    client.post(link_for(places[0]), read(cell))
    close_round(status_round=opened, by=None)
    RolloutCell.objects.update(confirmed_at=now() + timedelta(hours=1))
    opened.refresh_from_db()

    assert [(part.answered, part.asked) for part in progress_of(opened).parts] == [(1, 2), (0, 2), (0, 2)]
