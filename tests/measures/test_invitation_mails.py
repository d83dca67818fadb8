"""The mail of an invitation to a team, as a real worker hands it to a real mail server."""

import re
import signal
import threading

import pytest
from django.test import Client

from measures.models import InvitationLink, TeamInvitation, TeamMember
from measures.services.team import invite
from smartregion.base.models import Job
from tests.factories import make_measure, make_organisation, make_region, make_user
from tests.mail_server import MailServer
from tests.monitoring.worker import until
from tests.scale import on_its_turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seat(db: None) -> TeamMember:
    make_region()
    return TeamMember.objects.create(
        measure=make_measure("Netz"), organisation=make_organisation(), sector="civil", function="Beirat"
    )


def links_in(sink: MailServer) -> list[str]:
    found = (
        re.search(r"https://portal.example.org(/einladung/[\w-]+/)", mail.get_content())
        for mail in sink.mails
    )
    return [match[1] for match in found if match]


def has_ended() -> bool:
    return Job.objects.filter(status="done").exists()


def test_a_worker_sends_the_invitation_and_its_link_takes_the_seat(seat, sink, start_worker) -> None:
    coordinator = make_user()
    invite(seat=seat, email="neu@example.org", by=coordinator)
    start_worker()
    until(has_ended, "the mail is sent")

    (mail,) = sink.mails
    assert {name: str(mail[name]) for name in ("To", "Subject", "Reply-To", "Auto-Submitted")} == {
        "To": "neu@example.org",
        "Subject": "Einladung ins Entwicklungsteam: Netz",
        "Reply-To": coordinator.email,
        "Auto-Submitted": "auto-generated",
    }
    (link,) = links_in(sink)
    password = "vier Wörter sind besser"
    answer = Client().post(link, {"name": "Beirat", "password": password, "again": password})
    seat.refresh_from_db()
    assert (answer.status_code, seat.user.email, InvitationLink.objects.count()) == (
        302,
        "neu@example.org",
        0,
    )


@on_its_turn(4, of=5)
def test_a_worker_killed_when_the_mail_was_taken_sends_it_again_and_both_links_open(
    seat, sink, start_worker
) -> None:
    taken, killed = threading.Event(), threading.Event()

    def hold() -> None:
        taken.set()
        killed.wait()

    sink.on_taken = hold
    invite(seat=seat, email="neu@example.org", by=None)
    first = start_worker()
    taken.wait(60)
    first.signal(signal.SIGKILL)
    first.process.wait()
    killed.set()
    until(lambda: Job.objects.claimable().exists(), "the lease runs out")
    start_worker()
    until(has_ended, "the second worker sends it")

    assert TeamInvitation.objects.get().sent_at is not None
    assert [Client().get(link).status_code for link in links_in(sink)] == [200, 200]
