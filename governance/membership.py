"""Who sits in a committee: its seats by group, each with its deputies, and what makes a quorum."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from governance.models import Committee, Seat
from governance.quorum import needed


@dataclass(frozen=True)
class Place:
    """A seat with its deputies."""

    seat: Seat
    deputies: list[Seat]


@dataclass(frozen=True)
class Membership:
    groups: list[tuple[Any, list[Place]]]
    former: list[Seat]
    entitled: int
    """How many may vote at present."""
    needed: int
    """How many of them have to be there; 0 where the committee has no rule."""
    are_examples: bool
    """Whether every seat is an example, so that it is enough to say so once."""


def membership_of(committee: Committee) -> Membership:
    seats = list(committee.seats.select_related("organisation", "term"))
    present = [seat for seat in seats if not seat.is_former]
    present.sort(key=lambda seat: (not seat.is_chair, not seat.is_deputy_chair))
    deputies: defaultdict[int | None, list[Seat]] = defaultdict(list)
    for seat in present:
        deputies[seat.deputy_for_id].append(seat)
    regular = {seat.pk for seat in deputies[None]}
    places = [Place(seat, deputies[seat.pk]) for seat in present if seat.deputy_for_id not in regular]
    entitled = sum(seat.votes and seat.is_current for seat in present)
    return Membership(
        groups=[
            (group.label, members)
            for group in Seat.Group
            if (members := [place for place in places if place.seat.group == group])
        ],
        former=sorted(
            (seat for seat in seats if seat.is_former), key=lambda seat: str(seat.ends_on), reverse=True
        ),
        entitled=entitled,
        needed=needed(committee.quorum, entitled),
        are_examples=all(seat.is_example for seat in seats),
    )
