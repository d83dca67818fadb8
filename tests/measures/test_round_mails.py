"""The mails of a status round as a real worker in production settings hands them to a real mail server."""

import re
import signal
import threading
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, RolloutCell, RoundContact, RoundLink, RoundMail, StatusRound
from measures.services.rounds import open_round, send_again
from network.models import Municipality, User
from smartregion.base.models import Job
from tests.factories import make_measure, make_municipality, make_region, make_user
from tests.mail_server import MailServer
from tests.monitoring.worker import until
from tests.scale import on_its_turn

pytestmark = pytest.mark.django_db(transaction=True)
PORTAL = "https://portal.example.org"


@pytest.fixture
def coordinator(db: None) -> User:
    make_region()
    for name in ("Aadorf", "Bedorf", "Cedorf"):
        place = make_municipality(name)
        RoundContact.objects.create(municipality=place, email=f"{place.slug}@example.org")
    make_measure("Netz")
    return make_user(name="Frau Muster")


def begin(coordinator: User) -> StatusRound:
    return open_round(
        title="Statusabfrage für alle Städte",
        closes_on=localdate() + timedelta(days=7),
        measures=Measure.objects.all(),
        portal_url=f"{PORTAL}/",
        by=coordinator,
    )


def links_in(sink: MailServer) -> list[str]:
    found = (re.search(rf"{PORTAL}(/abfrage/[\w-]+/)", mail.get_content()) for mail in sink.mails)
    return [match[1] for match in found if match]


def has_ended() -> bool:
    return Job.objects.filter(status="done").exists()


def test_a_worker_sends_each_municipality_its_mail_and_the_link_is_answered(
    coordinator, sink, start_worker, client
) -> None:
    begin(coordinator)
    start_worker()
    until(has_ended, "the mails are sent")

    assert sink.recipients == ["aadorf@example.org", "bedorf@example.org", "cedorf@example.org"]
    first = sink.mails[0]
    assert {name: str(first[name]) for name in ("From", "Subject", "Reply-To", "Auto-Submitted")} == {
        "From": "smart-region@portal.example.org",
        "Subject": "Statusabfrage für alle Städte",
        "Reply-To": coordinator.email,
        "Auto-Submitted": "auto-generated",
    }
    assert first.get_content_type() == "text/plain"
    assert f"gilt bis zum {localdate() + timedelta(days=7):%d.%m.%Y}" in first.get_content()

    cells = RolloutCell.objects.order_by("municipality__name")
    for link, cell in zip(links_in(sink), cells, strict=True):
        assert client.post(link, {"cell": f"{cell.pk}:{cell.version}"}).status_code == 302
    assert [cell.confirmed_at is not None for cell in cells.all()] == [True, True, True]


@on_its_turn(0, of=5)
def test_a_worker_killed_when_a_mail_was_taken_loses_none_and_doubles_only_that_one(
    coordinator, sink, start_worker
) -> None:
    """Documented in `measures/round_mails.py`: one mail may come twice, and then both links open the page.

    By its Message-ID the second is known for a copy of the first.
    """
    taken, killed = threading.Event(), threading.Event()

    def hold() -> None:
        if len(sink.mails) == 2:
            taken.set()
            killed.wait()

    sink.on_taken = hold
    begin(coordinator)
    first = start_worker()
    taken.wait(60)
    first.signal(signal.SIGKILL)
    first.process.wait()
    killed.set()
    until(lambda: Job.objects.claimable().exists(), "the lease runs out")
    start_worker()
    until(has_ended, "the second worker sends the rest")

    assert sorted(sink.recipients) == [
        "aadorf@example.org",
        "bedorf@example.org",
        "bedorf@example.org",
        "cedorf@example.org",
    ]
    assert [mail.sent_at is not None for mail in RoundMail.objects.all()] == [True, True, True]
    assert [Client().get(link).status_code for link in links_in(sink)] == [200, 200, 200, 200]
    assert RoundLink.objects.count() == 4
    named = {(str(mail["To"]), str(mail["Message-ID"])) for mail in sink.mails}
    assert len(named) == len({message for _to, message in named}) == 3


def test_one_refused_address_keeps_no_other_mail_back(coordinator, sink, start_worker) -> None:
    sink.refused = "aadorf@"
    begin(coordinator)
    start_worker()
    until(has_ended, "the mails are sent")

    assert sink.recipients == ["bedorf@example.org", "cedorf@example.org"]
    refused = RoundMail.objects.get(invitation__municipality=Municipality.objects.get(name="Aadorf"))
    assert refused.problem == "Der Mailserver hat die Mail an diese Adresse abgelehnt."


def test_mails_wait_for_a_mail_server_that_is_away_and_are_sent_on_request(
    coordinator, sink, start_worker
) -> None:
    opened = begin(coordinator)
    nobody_there = 1
    Job.objects.update(attempts=Job.MAX_ATTEMPTS - 1)
    start_worker(port=nobody_there)
    until(lambda: Job.objects.filter(status="failed").exists(), "the worker gives up")
    assert (sink.mails, RoundMail.objects.filter(sent_at=None, problem="").count()) == ([], 3)
    told = "Der Mailserver war nicht erreichbar oder hat die Mails nicht angenommen."
    assert Job.objects.get().error == told

    send_again(opened)
    start_worker()
    until(has_ended, "the mails are sent")
    assert len(sink.mails) == 3
