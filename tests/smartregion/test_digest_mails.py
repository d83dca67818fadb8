"""Reminders as a real worker hands them to a real mail server: one mail, however much is due."""

import signal
import threading
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from measures.models import Task, TeamMember
from network.digest_mails import request_digests
from network.models import Digest, Role, User
from smartregion.base.models import Job
from tests.factories import make_committee, make_measure, make_organisation, make_region, make_user
from tests.governance.circular_rows import make_seat, opened, vote
from tests.governance.rows import make_meeting
from tests.mailing_worker import WORKERS_KEY
from tests.monitoring.worker import until
from tests.scale import on_its_turn

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def members(db: None) -> list[User]:
    """Two, each with a hundred tasks that are overdue."""
    make_region()
    measure = make_measure("Netz", status="planned")
    found = []
    for number in range(2):
        user = make_user(Role.TEAM)
        seat = TeamMember.objects.create(
            measure=measure,
            organisation=make_organisation(),
            sector="civil",
            function=f"Sitz {number}",
            user=user,
        )
        Task.objects.bulk_create(
            Task(measure=measure, title=f"Aufgabe {each}", seat=seat, due_on=TUESDAY - timedelta(days=1))
            for each in range(100)
        )
        found.append(user)
    return found


def has_ended() -> bool:
    return Job.objects.filter(status="done").exists()


def test_a_hundred_things_that_are_due_make_one_mail_with_a_way_out(
    members, sink, start_worker, settings
) -> None:
    assert [request_digests(TUESDAY) for _ in range(2)] == [2, 0]
    start_worker()
    until(has_ended, "the mails are sent")

    assert sink.recipients == [user.email for user in members]
    mail = sink.mails[0]
    assert str(mail["Subject"]) == "Smart Region Musterland: 100 Sachen warten auf Sie"
    assert mail.get_content().count("Aufgabe ") == 30
    assert "noch 70 Sachen" in mail.get_content()
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    settings.SECRET_KEY = WORKERS_KEY
    link = str(mail["List-Unsubscribe"]).strip(" <>").removeprefix("https://portal.example.org")
    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert [User.objects.get(pk=user.pk).digest for user in members] == ["never", "daily"]


@on_its_turn(3, of=5)
def test_a_worker_killed_when_a_mail_was_taken_loses_none_and_doubles_only_that_one(
    members, sink, start_worker
) -> None:
    taken, killed = threading.Event(), threading.Event()

    def hold() -> None:
        if len(sink.mails) == 1:
            taken.set()
            killed.wait()

    sink.on_taken = hold
    request_digests(TUESDAY)
    first = start_worker()
    taken.wait(60)
    first.signal(signal.SIGKILL)
    first.process.wait()
    killed.set()
    until(lambda: Job.objects.claimable().exists(), "the lease runs out")
    start_worker()
    until(has_ended, "the second worker sends the rest")

    once, twice = members[1].email, members[0].email
    assert sink.recipients == [twice, twice, once]
    assert [digest.sent_at is not None for digest in Digest.objects.all()] == [True, True]


def test_a_member_is_told_by_mail_of_the_kinds_that_it_chose_and_of_no_vote(sink, start_worker) -> None:
    make_region()
    committee = make_committee()
    voter, silent = (make_seat(committee, function).user for function in ("Vorsitz", "Mitglied"))
    circular = opened(committee, title="Ausschreibung vorziehen")
    vote(circular, voter, "no", "Kanarivogel")
    make_meeting(committee, "Sommersitzung", starts_at=now() + timedelta(days=20), status="invited")
    User.objects.filter(pk=voter.pk).update(digest_muted=["umlauf"])
    User.objects.filter(pk=silent.pk).update(digest_muted=["einladungen"])

    request_digests(TUESDAY)
    start_worker()
    until(has_ended, "the mails are sent")

    words = {str(mail["To"]): mail.get_content() for mail in sink.mails}
    told = [
        [title in words[user.email] for title in ("Ausschreibung", "Sommersitzung", "Kanari")]
        for user in (voter, silent)
    ]
    assert told == [[False, True, False], [True, False, False]]
    assert f"https://portal.example.org{circular.get_absolute_url()}stimme/" in words[silent.email]
