"""Mails to visitors as a real worker hands them to a real mail server: none is lost, none leaves a trace."""

import signal
import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from participation.mails import Letter, send
from participation.models import VisitorMail
from participation.tasks import forget_requests
from smartregion.base.models import Job
from tests.factories import make_region
from tests.monitoring.worker import until
from tests.scale import on_its_turn

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATE = "participation/mails/subscription.txt"


def letter(to: str, **values: object) -> Letter:
    return Letter(to, "Bitte\nbestätigen", TEMPLATE, {"confirm": f"https://x/{to}"}, **values)  # type: ignore[arg-type]


def has_ended() -> bool:
    return not Job.objects.filter(status__in=Job.OPEN).exists()


def test_a_mail_is_sent_once_and_its_row_is_gone(sink, start_worker) -> None:
    make_region()
    count = send([letter("a@example.org", headers={"List-Id": "<neues>"}), letter("b@example.org")])
    start_worker()
    until(has_ended, "the mails are sent")

    mail = sink.mails[0]
    assert (count, sink.recipients, VisitorMail.objects.count()) == (2, ["a@example.org", "b@example.org"], 0)
    assert (str(mail["Subject"]), str(mail["List-Id"]), str(mail["Auto-Submitted"])) == (
        "Bitte bestätigen",
        "<neues>",
        "auto-generated",
    )
    assert "https://x/a@example.org" in mail.get_content()


@on_its_turn(2, of=5)
def test_a_worker_killed_when_a_mail_was_taken_loses_none_and_doubles_only_that_one(
    sink, start_worker
) -> None:
    taken, killed = threading.Event(), threading.Event()

    def hold() -> None:
        if len(sink.mails) == 1:
            taken.set()
            killed.wait()

    sink.on_taken = hold
    send([letter("a@example.org"), letter("b@example.org"), letter("c@example.org")])
    first = start_worker()
    taken.wait(60)
    first.signal(signal.SIGKILL)
    first.process.wait()
    killed.set()
    until(lambda: Job.objects.claimable().exists(), "the lease runs out")
    start_worker()
    until(has_ended, "the second worker sends the rest")

    assert sorted(sink.recipients) == ["a@example.org", "a@example.org", "b@example.org", "c@example.org"]
    twice = {str(mail["Message-ID"]) for mail in sink.mails if str(mail["To"]) == "a@example.org"}
    assert (len(twice), VisitorMail.objects.count()) == (1, 0)


def test_a_refused_address_is_noted_and_keeps_nobody_waiting(sink, start_worker) -> None:
    sink.refused = "weg@"
    send([letter("weg@example.org"), letter("da@example.org")])
    start_worker()
    until(has_ended, "the mails are sent")

    noted = list(VisitorMail.objects.values_list("to", "problem"))
    assert noted == [("weg@example.org", "Der Mailserver hat die Mail an diese Adresse abgelehnt.")]
    assert (sink.recipients, Job.objects.get().status) == (["da@example.org"], "done")


def test_an_address_that_is_put_off_is_tried_again_and_keeps_nobody_waiting(sink, start_worker) -> None:
    """A server that does not know the sender yet answers 450 at first (greylisting)."""
    sink.put_off = {"spaeter@example.org": 1}
    send([letter("spaeter@example.org"), letter("da@example.org")])
    start_worker()
    until(lambda: Job.objects.filter(status="queued", attempts=1).exists(), "the job waits for the next try")
    assert sink.recipients == ["da@example.org"]
    start_worker()
    until(has_ended, "the second try")

    assert sink.recipients == ["da@example.org", "spaeter@example.org"]
    assert VisitorMail.objects.count() == 0


def test_what_is_taken_back_sends_nothing() -> None:
    with transaction.atomic():
        send([letter("a@example.org")])
        transaction.set_rollback(True)

    assert (VisitorMail.objects.count(), Job.objects.count()) == (0, 0)


def test_no_letters_make_no_job() -> None:
    assert (send([]), Job.objects.count()) == (0, 0)


def test_a_mail_that_never_could_be_sent_is_forgotten_after_two_weeks() -> None:
    send([letter("a@example.org"), letter("b@example.org")])
    VisitorMail.objects.filter(to="a@example.org").update(created_at=now() - timedelta(days=15))
    forget_requests()

    assert list(VisitorMail.objects.values_list("to", flat=True)) == ["b@example.org"]
