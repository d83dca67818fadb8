"""The news of the week by mail: one for each subscriber and week, by real workers and a real mail server."""

import re
import signal
import threading
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate, make_aware

from measures.models import Measure, StatusUpdate
from participation import weekly
from participation.models import Subscriber, WeeklyDigest
from participation.weekly import hand_over, request_weekly_digests
from smartregion.base.models import Job
from smartregion.celery import app
from smartregion.operation import TITLES
from tests.factories import make_field, make_measure, make_region
from tests.mailing_worker import WORKERS_KEY
from tests.monitoring.worker import until
from tests.participation.subscriber_rows import make_subscriber
from tests.past import happened_on
from tests.scale import on_its_turn

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = localdate() - timedelta(days=localdate().weekday())
LAST_WEEK = MONDAY - timedelta(days=3)
TOPIC = ("handlungsfelder", "mobilitaet")


def midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, datetime.min.time()))


@pytest.fixture(autouse=True)
def measure() -> Measure:
    with happened_on(MONDAY - timedelta(days=100)):
        make_region()
        row = make_measure("Netz", no="M-01", field=make_field("Mobilität"))
        make_measure("Wald", no="M-02", field=make_field("Umwelt"))
    return row


def tell(measure: Measure, text: str, day: date = LAST_WEEK) -> None:
    with happened_on(day):
        StatusUpdate.objects.create(measure=measure, on=day, text=text, visibility="public")


def subscribers(number: int) -> list[Subscriber]:
    told = midnight(MONDAY - timedelta(days=7))
    return [
        make_subscriber(TOPIC, email=f"gast{each}@example.org", told_until=told) for each in range(number)
    ]


def has_ended() -> bool:
    return not Job.objects.filter(status__in=Job.OPEN).exists()


def send_all() -> list[str]:
    """What the mails of this week say, in the order of their subscribers."""
    mail.outbox = []
    request_weekly_digests(MONDAY)
    for key in WeeklyDigest.objects.waiting().order_by("pk").values_list("pk", flat=True):
        hand_over(key)
    return [each.body for each in mail.outbox]


def test_one_mail_tells_the_week_and_its_links_end_and_change_it(
    measure, sink, start_worker, settings
) -> None:
    tell(measure, "Der Mast steht.")
    guest = subscribers(1)[0]
    assert [request_weekly_digests(day) for day in (MONDAY, MONDAY, MONDAY + timedelta(days=1))] == [1, 0, 0]
    start_worker()
    until(has_ended, "the mail is sent")

    letter, *others = sink.mails
    text = letter.get_content().replace("\r\n", "\n")
    assert (others, str(letter["To"])) == ([], guest.email)
    assert str(letter["Subject"]) == "Smart Region Musterland: 1 Neuigkeit der Woche"
    assert "M-01 Netz\nhttps://portal.example.org/massnahmen/netz/#sachstand\n- Neuer Sachstand" in text
    assert ("Der Mast steht." in text, "Wald" in text) == (True, False)
    assert str(letter["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"

    settings.SECRET_KEY = WORKERS_KEY
    change = re.search(r"https://portal.example.org(/abonnement/themen/\S+)", text)
    assert change
    assert Client().get(change[1]).status_code == 200
    link = str(letter["List-Unsubscribe"]).strip(" <>").removeprefix("https://portal.example.org")
    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, Subscriber.objects.count()) == (200, 0)


@on_its_turn(1, of=5)
def test_a_worker_killed_when_a_mail_was_taken_loses_none_and_doubles_only_that_one(
    measure, sink, start_worker
) -> None:
    taken, killed = threading.Event(), threading.Event()

    def hold() -> None:
        if len(sink.mails) == 1:
            taken.set()
            killed.wait()

    sink.on_taken = hold
    tell(measure, "Neu")
    subscribers(3)
    request_weekly_digests(MONDAY)
    first = start_worker()
    taken.wait(60)
    first.signal(signal.SIGKILL)
    first.process.wait()
    killed.set()
    until(lambda: Job.objects.claimable().exists(), "the lease runs out")
    start_worker()
    until(has_ended, "the second worker sends the rest")

    twice, *once = [f"gast{number}@example.org" for number in range(3)]
    assert sink.recipients == [twice, twice, *once]
    assert len({str(each["Message-ID"]) for each in sink.mails}) == 3
    assert WeeklyDigest.objects.waiting().count() == 0


def test_the_database_holds_one_digest_for_a_subscriber_and_week() -> None:
    subscribers(1)
    request_weekly_digests(MONDAY)
    digest = WeeklyDigest.objects.get()
    digest.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        digest.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyDigest.objects.update(week=MONDAY + timedelta(days=1))


def test_two_that_ask_at_once_ask_for_one(monkeypatch) -> None:
    """The second one looked before the first had written."""
    guest = subscribers(1)[0]
    request_weekly_digests(MONDAY)
    monkeypatch.setattr(weekly, "_pieces", lambda monday: iter([[guest.pk]]))

    assert (request_weekly_digests(MONDAY), WeeklyDigest.objects.count(), Job.objects.count()) == (0, 1, 1)


def test_many_are_served_in_pieces(monkeypatch) -> None:
    monkeypatch.setattr(weekly, "PIECE", 2)
    subscribers(5)

    assert request_weekly_digests(MONDAY) == 5
    assert list(Job.objects.order_by("pk").values_list("steps", flat=True)) == [2, 2, 1]


def test_nothing_new_makes_no_mail_and_is_done(measure) -> None:
    subscribers(1)
    tell(Measure.objects.get(slug="wald"), "Anderes Feld")

    assert (send_all(), WeeklyDigest.objects.waiting().count()) == ([], 0)


def test_what_happened_since_monday_waits_for_the_next_one(measure) -> None:
    subscribers(1)
    tell(measure, "Am Sonntag", MONDAY - timedelta(days=1))
    tell(measure, "Am Montag", MONDAY)
    now_told = send_all()
    assert (len(now_told), "Am Sonntag" in now_told[0], "Am Montag" in now_told[0]) == (1, True, False)

    mail.outbox = []
    request_weekly_digests(MONDAY + timedelta(days=7))
    hand_over(WeeklyDigest.objects.waiting().get().pk)
    body = mail.outbox[0].body
    assert ("Am Sonntag" in body, "Am Montag" in body) == (False, True)


def test_a_week_in_which_the_portal_was_down_is_made_up_for(measure) -> None:
    subscribers(1)
    Subscriber.objects.update(
        confirmed_at=midnight(MONDAY - timedelta(days=21)), told_until=midnight(MONDAY - timedelta(days=21))
    )
    tell(measure, "Vor zwei Wochen", MONDAY - timedelta(days=15))

    assert ["Vor zwei Wochen" in body for body in send_all()] == [True]


def test_who_confirmed_this_week_is_first_told_next_week() -> None:
    make_subscriber(TOPIC, told_until=midnight(MONDAY) + timedelta(hours=1))

    assert [request_weekly_digests(MONDAY + timedelta(days=each)) for each in (0, 7)] == [0, 1]


def test_what_is_hidden_before_the_mail_is_sent_is_not_in_it(measure) -> None:
    subscribers(1)
    tell(measure, "Zitronenfalter")
    request_weekly_digests(MONDAY)
    Measure.objects.filter(pk=measure.pk).update(visibility="internal")

    assert (send_all(), WeeklyDigest.objects.get().told) == ([], 0)


def test_who_unsubscribes_before_the_mail_is_sent_gets_none(measure) -> None:
    guest = subscribers(1)[0]
    tell(measure, "Neu")
    request_weekly_digests(MONDAY)
    key = WeeklyDigest.objects.get().pk
    guest.delete()
    mail.outbox = []
    hand_over(key)

    assert mail.outbox == []


def test_a_refused_address_is_noted_and_keeps_nobody_waiting(measure, sink, start_worker) -> None:
    sink.refused = "gast0@"
    tell(measure, "Neu")
    subscribers(2)
    request_weekly_digests(MONDAY)
    start_worker()
    until(has_ended, "the mails are sent")

    problems = list(WeeklyDigest.objects.order_by("pk").values_list("problem", flat=True))
    assert problems == ["Der Mailserver hat die Mail an diese Adresse abgelehnt.", ""]
    assert sink.recipients == ["gast1@example.org"]


def test_a_job_that_failed_is_asked_for_again() -> None:
    subscribers(1)
    request_weekly_digests(MONDAY)
    Job.objects.update(status="failed", error="Kein Mailserver", attempts=3)

    assert (request_weekly_digests(MONDAY), Job.objects.get().status) == (0, "queued")


def test_a_long_week_is_cut_and_counted(measure, monkeypatch) -> None:
    monkeypatch.setattr(weekly, "SHOWN", 2)
    for number in range(4):
        tell(measure, f"Stand {number}")
    subscribers(1)
    body = send_all()[0]

    assert (body.count("- Neuer Sachstand"), "noch 2 Neuigkeiten" in body) == (2, True)


def test_old_digests_are_forgotten() -> None:
    subscribers(1)
    request_weekly_digests(MONDAY)
    WeeklyDigest.objects.update(week=MONDAY - timedelta(days=35))
    Subscriber.objects.all().update(told_until=midnight(MONDAY))
    request_weekly_digests(MONDAY)

    assert WeeklyDigest.objects.count() == 0


def test_the_schedule_asks_on_monday_morning_in_the_region_and_more_than_once() -> None:
    entry = app.conf.beat_schedule["request-weekly-digests"]
    schedule = entry["schedule"]

    assert (min(schedule.hour), len(schedule.hour) > 1, min(schedule.day_of_week)) == (6, True, 1)
    assert (str(app.timezone), entry["task"] in TITLES) == ("Europe/Berlin", True)
