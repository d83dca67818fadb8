"""Votes and the end of a circular at the same moment, on connections of their own."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from governance.models import Ballot, Circular, Entitlement, Resolution
from governance.services.circulars import (
    cast_ballot,
    close_circular,
    close_due_circulars,
    open_circular,
    withdraw_circular,
)
from smartregion.base.versioned import EditConflict
from tests.beside import refusal_of, threads, while_open
from tests.factories import make_committee
from tests.governance.circular_rows import make_circular, make_seats, opened, vote

pytestmark = pytest.mark.django_db(transaction=True)
LATE = "Ihre Stimme kam zu spät: Der Umlauf nimmt keine Stimmen mehr an."


@pytest.fixture
def circular() -> Circular:
    """Two of three have voted with yes and no."""
    committee = make_committee()
    users = make_seats(committee, 3)
    circular = opened(committee)
    vote(circular, users[0], "yes")
    vote(circular, users[1], "no")
    return circular


def right_of(number: int) -> Entitlement:
    return Entitlement.objects.select_related("circular").order_by("pk")[number]


def test_a_vote_that_arrives_while_the_circular_is_being_closed_is_told_that_it_came_too_late(
    circular: Circular,
) -> None:
    cast_ballot(right=right_of(2), choice="yes")
    change = partial(cast_ballot, right=right_of(2), choice="no")

    said = while_open(partial(close_circular, circular=circular, by=None), partial(refusal_of, change))

    circular.refresh_from_db()
    assert (said, circular.votes_for, circular.votes_against) == (LATE, 2, 1)
    assert list(Ballot.objects.order_by("pk").values_list("choice", flat=True)) == ["yes", "no", "yes"]


def test_closing_waits_for_a_vote_that_is_being_cast_and_counts_it(circular: Circular) -> None:
    cast = partial(cast_ballot, right=right_of(2), choice="yes")

    while_open(cast, partial(close_circular, circular=circular, by=None))

    circular.refresh_from_db()
    assert (circular.result, circular.votes_for, circular.votes_against) == ("adopted", 2, 1)


def test_a_page_tells_its_reader_that_the_vote_came_too_late(circular: Circular) -> None:
    cast_ballot(right=right_of(2), choice="yes")
    client = Client()
    client.force_login(right_of(2).user)  # type: ignore[arg-type]
    send = partial(client.post, f"{circular.get_absolute_url()}stimme/", {"choice": "no"}, follow=True)

    page = while_open(partial(close_circular, circular=circular, by=None), send)

    assert LATE in page.content.decode()
    assert Ballot.objects.get(entitlement=right_of(2)).choice == "yes"


def test_two_who_close_at_once_give_one_result(circular: Circular) -> None:
    cast_ballot(right=right_of(2), choice="yes")
    close = partial(close_circular, circular=circular, by=None)

    second = while_open(close, close)

    assert second.sha256 == Circular.objects.get().sha256
    assert (Resolution.objects.count(), Circular.objects.get().version) == (1, circular.version + 1)


def test_many_ticks_at_once_close_each_circular_once() -> None:
    committee = make_committee()
    users = make_seats(committee, 1)
    for number in range(8):
        vote(opened(committee, closes_in=-1, title=f"Umlauf {number}"), users[0], "yes")

    with threads() as start:
        for running in [start(close_due_circulars) for _ in range(4)]:
            running.result(60)

    assert set(Circular.objects.values_list("state", flat=True)) == {"closed"}
    numbers = list(Resolution.objects.values_list("number", flat=True))
    assert (len(numbers), len(set(numbers))) == (8, 8)


def test_two_votes_of_one_seat_at_once_leave_one(circular: Circular) -> None:
    cast = [partial(cast_ballot, right=right_of(2), choice=choice) for choice in ("yes", "no")]

    while_open(*cast)

    assert list(Ballot.objects.filter(entitlement=right_of(2)).values_list("choice", flat=True)) == ["no"]


def test_two_who_open_at_once_ask_each_seat_once() -> None:
    committee = make_committee()
    make_seats(committee, 3)
    draft = make_circular(committee)
    begin = partial(open_circular, circular=draft, version=1, by=None)

    def conflict() -> Any:
        try:
            begin()
        except EditConflict:
            return "conflict"

    assert while_open(begin, conflict) == "conflict"
    assert Entitlement.objects.count() == 3


def test_a_circular_that_is_being_withdrawn_is_not_closed(circular: Circular) -> None:
    cast_ballot(right=right_of(2), choice="yes")
    withdraw = partial(
        withdraw_circular, circular=circular, version=circular.version, reason="Überholt", by=None
    )

    ended = while_open(withdraw, partial(close_circular, circular=circular, by=None))

    assert (ended.state, Resolution.objects.count()) == ("withdrawn", 0)


def test_the_database_itself_lets_no_vote_slip_past_the_end(circular: Circular) -> None:
    """Past the service, which holds the row: the ballot's trigger waits for who closes, and refuses then."""
    cast_ballot(right=right_of(2), choice="yes")

    def slip() -> str:
        try:
            with transaction.atomic():
                Ballot.objects.filter(entitlement=right_of(2)).update(choice="no")
        except Exception as error:
            return type(error).__name__
        return ""

    assert while_open(partial(close_circular, circular=circular, by=None), slip) == "IntegrityError"
