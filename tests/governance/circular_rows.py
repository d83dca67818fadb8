"""Short ways to circular decisions. Moments are days from now, so that a deadline passes without waiting."""

from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from governance.models import Ballot, Circular, Committee, Seat
from governance.services.circulars import cast_ballot, close_circular, open_circular
from network.models import Role, User
from tests.factories import make_committee, make_user


def make_seat(committee: Committee, function: str = "Mitglied", **values: Any) -> Seat:
    """A voting seat with an account."""
    user = values.pop("user", None) or make_user(Role.STEERING)
    defaults = {"group": "county", "function": function, "user": user}
    return Seat.objects.create(committee=committee, **{**defaults, **values})


def make_seats(committee: Committee, number: int) -> list[User]:
    """So many voting seats; their accounts."""
    return [make_seat(committee, f"Sitz {each}").user for each in range(number)]  # type: ignore[misc]


def make_circular(committee: Committee, *, closes_in: float = 10, **values: Any) -> Circular:
    """A draft."""
    defaults = {
        "title": "Ausschreibung vorziehen",
        "wording": "Die Ausschreibung wird vorgezogen.",
        "reasoning": "Die Frist ist sonst vorbei.",
        "closes_at": now() + timedelta(days=closes_in),
    }
    return Circular.objects.create(committee=committee, **{**defaults, **values})


def opened(committee: Committee, *, closes_in: float = 10, **values: Any) -> Circular:
    """One that was opened twenty days before its deadline, with all voting seats that there are."""
    circular = make_circular(committee, closes_in=closes_in, **values)
    at = circular.closes_at - timedelta(days=20)
    return open_circular(circular=circular, version=circular.version, by=None, at=at)


def vote(circular: Circular, user: User, choice: str, comment: str = "") -> Ballot:
    """In time, whenever the deadline is or was."""
    right = circular.entitlements.select_related("circular").get(user=user)
    at = min(now(), circular.closes_at - timedelta(minutes=1))
    return cast_ballot(right=right, choice=choice, comment=comment, at=at)


def raw(sql: str) -> None:
    """As somebody would who has the database alone.

    Raises:
        DatabaseError: it refused.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def refused(*statements: str) -> list[bool]:
    found = []
    for statement in statements:
        try:
            raw(statement)
        except DatabaseError:
            found.append(True)
        else:
            found.append(False)
    return found


def closed() -> Circular:
    committee = make_committee()
    users = make_seats(committee, 2)
    circular = opened(committee, closes_in=-1)
    for user in users:
        vote(circular, user, "yes", "Gern")
    return close_circular(circular=circular, by=None)
