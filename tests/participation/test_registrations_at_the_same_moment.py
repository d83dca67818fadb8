"""Many who want the last places at the same moment, on connections of their own: never one too many."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from participation.models import Event, Registration
from participation.services import registrations
from participation.services.registrations import confirm, register, withdraw
from tests.beside import threads, while_open
from tests.factories import make_region
from tests.participation.event_rows import make_event, places, registered

pytestmark = pytest.mark.django_db(transaction=True)
PLACES, PEOPLE = 5, 24


def all_at_once(works: list[Callable[[], Any]], number: int = 8) -> list[Any]:
    with threads(number) as start:
        return [running.result(60) for running in [start(work) for work in works]]


def test_twenty_four_want_five_places_and_five_get_one() -> None:
    make_region()
    event = make_event(capacity=PLACES)
    wishes = [
        partial(register, event=event, name=f"P{number}", email=f"p{number}@example.org")
        for number in range(PEOPLE)
    ]

    all_at_once(wishes)

    assert sorted(places(event).values()) == [False] * (PEOPLE - PLACES) + [True] * PLACES


def test_withdrawing_and_confirming_at_once_keep_every_place_taken_and_none_twice() -> None:
    make_region()
    event = make_event(capacity=PLACES)
    rows = [registered(event, f"P{number}", confirmed=number < PLACES) for number in range(2 * PLACES)]
    works = [partial(withdraw, registration=row) for row in rows[:PLACES]]
    works += [partial(confirm, registration=row) for row in rows[PLACES:]]

    all_at_once(works)

    assert list(places(event).values()) == [True] * PLACES


def take(event: Event, number: int) -> bool:
    """A place past the verbs, which would hold the event."""
    try:
        with transaction.atomic():
            Registration.objects.create(
                event=event, name="X", email=f"x{number}@example.org", has_place=True, confirmed_at=now()
            )
    except IntegrityError:
        return False
    return True


def test_the_database_itself_gives_no_place_twice_past_the_verbs() -> None:
    event = make_event(capacity=PLACES)

    taken = all_at_once([partial(take, event, number) for number in range(PEOPLE)])

    assert (sum(taken), event.registrations.count()) == (PLACES, PLACES)


def test_without_the_trigger_two_take_the_last_place() -> None:
    """The negative control: the same scenario without the guard overbooks."""
    event = make_event(capacity=1)

    with pgtrigger.ignore("participation.Registration:registration_no_overbooking"):
        take(event, 1)
        assert take(event, 2)

    assert event.registrations.filter(has_place=True).count() == 2


def test_without_holding_the_event_both_verbs_see_the_last_place_and_the_trigger_refuses_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control of the verbs' lock: without it the second one fails instead of waiting."""
    make_region()
    event = make_event(capacity=1)
    first = partial(register, event=event, name="Ada", email="ada@example.org")
    second = partial(register, event=event, name="Bea", email="bea@example.org")

    def refused() -> bool:
        try:
            second()
        except IntegrityError:
            return True
        return False

    monkeypatch.setattr(registrations, "hold", lambda key: Event.objects.get(pk=key))
    assert while_open(first, refused) is True
    monkeypatch.undo()

    assert refused() is False
    assert places(event) == {"Ada": True, "Bea": False}
