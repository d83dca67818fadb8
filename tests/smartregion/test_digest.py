"""When an account is reminded, of what, and how it says that it does not want to be."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from measures.models import Task, TeamMember
from network.digest_mails import enqueue, request_digests
from network.digests import unsubscribe_path
from network.models import Digest, Role, User
from smartregion.base.jobs import run
from smartregion.base.models import Job
from smartregion.base.working_days import begins_week, is_working_day
from tests.factories import make_measure, make_organisation, make_region, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def member() -> User:
    make_region()
    user = make_user(Role.TEAM)
    measure = make_measure("Netz", status="planned")
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function="Beirat", user=user
    )
    return user


def add_task(user: User, title: str = "Vertrag") -> Task:
    seat = TeamMember.objects.get(user=user)
    return Task.objects.create(measure=seat.measure, title=title, seat=seat, due_on=MONDAY - DAY)


def titles() -> list[list[str]]:
    """Of each mail that is wanted, oldest first."""
    return [
        [entry["title"].partition(" –")[0] for entry in digest.entries]
        for digest in Digest.objects.order_by("on", "pk")
    ]


def test_nothing_new_makes_no_mail_and_the_same_thing_comes_again_after_a_week(member: User) -> None:
    add_task(member)

    wanted = [request_digests(MONDAY + number * DAY) for number in range(9)]

    assert wanted == [1, 0, 0, 0, 0, 0, 0, 1, 0]


def test_whoever_got_a_mail_at_the_same_moment_takes_it_from_nobody_else(member: User) -> None:
    """Two ask at once: both have seen that nobody has a mail yet."""
    late = make_user(Role.TEAM)
    add_task(member)
    request_digests(MONDAY)

    told = [enqueue([Digest(user=user, on=MONDAY, entries=[]) for user in (member, late)]) for _ in range(2)]

    assert told == [1, 0]
    assert set(Digest.objects.values_list("user", flat=True)) == {member.pk, late.pk}
    assert Job.objects.count() == 2


def test_only_what_is_new_is_told(member: User) -> None:
    add_task(member)
    request_digests(MONDAY)
    add_task(member, "Angebot")
    request_digests(MONDAY + DAY)

    assert titles() == [["Vertrag"], ["Angebot"]]


def test_what_became_more_urgent_is_told_before_the_week_is_over(member: User) -> None:
    add_task(member)
    request_digests(MONDAY)
    digest = Digest.objects.get()
    digest.entries[0]["severity"] = 2
    digest.save()

    assert [request_digests(MONDAY + number * DAY) for number in (1, 2)] == [1, 0]


def test_the_database_holds_one_mail_for_an_account_and_day(member: User) -> None:
    job = Job.objects.create(kind="test")
    Digest.objects.create(user=member, on=MONDAY, entries=[], job=job)

    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(user=member, on=MONDAY, entries=[], job=job)
    add_task(member)
    assert request_digests(MONDAY) == 0


@pytest.mark.parametrize(("digest", "days"), [("daily", [0, 1, 2, 3, 4]), ("weekly", [0]), ("never", [])])
def test_everybody_is_reminded_as_often_as_they_chose_and_never_on_a_weekend(
    member: User, digest: str, days: list[int]
) -> None:
    User.objects.filter(pk=member.pk).update(digest=digest)
    reminded = []
    for number in range(7):
        add_task(member, f"Aufgabe {number}")
        if request_digests(MONDAY + number * DAY):
            reminded.append(number)

    assert reminded == days


def test_who_has_no_account_any_more_is_not_reminded(member: User) -> None:
    add_task(member)
    User.objects.filter(pk=member.pk).update(is_active=False)

    assert request_digests(MONDAY) == 0


def test_the_week_begins_on_its_first_working_day() -> None:
    days = [date(2026, 12, 20) + number * DAY for number in range(15)]
    assert [day.day for day in days if is_working_day(day)] == [21, 22, 23, 28, 29, 30]
    assert [day.day for day in days if begins_week(day)] == [21, 28]
    assert begins_week(date(2028, 5, 2))  # after a Monday that is a holiday


def test_who_unsubscribed_meanwhile_gets_no_mail(member: User) -> None:
    add_task(member)
    request_digests(MONDAY)
    Client().post(unsubscribe_path(member))

    run(Job.objects.get().pk)

    assert mail.outbox == []
    assert Digest.objects.get().problem == "Das Konto bekommt keine Erinnerungen mehr."


def test_opening_the_link_ends_nothing_and_a_forged_one_does_nothing(member: User) -> None:
    path = unsubscribe_path(member)

    assert Client().get(path).status_code == 200
    assert Client().post(f"{path[:-4]}xyz/").status_code == 404
    member.refresh_from_db()
    assert member.digest == "daily"


def test_an_account_chooses_on_its_own_page(member: User) -> None:
    client = Client()
    assert client.get("/konto/benachrichtigungen/").status_code == 302
    client.force_login(member)

    client.post("/konto/benachrichtigungen/", {"digest": "weekly"})

    member.refresh_from_db()
    assert member.digest == "weekly"
    assert client.post("/konto/benachrichtigungen/", {"digest": "stündlich"}).status_code == 200


def test_old_mails_are_forgotten(member: User) -> None:
    job = Job.objects.create(kind="test")
    Digest.objects.create(user=member, on=date(2020, 1, 1), entries=[], job=job)

    request_digests(MONDAY)

    assert Digest.objects.count() == 0
