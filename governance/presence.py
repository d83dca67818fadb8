"""Who takes part in a meeting: its seats on that day, what they answered, and whether it can resolve."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from governance.models import Attendance, Meeting, Seat
from governance.quorum import needed


@dataclass(frozen=True)
class Place:
    """A seat of the meeting's day with the deputies of that day and what is known of its part.

    Attributes:
        offers: what the deputies have answered for themselves; it holds where the member does not come.
    """

    seat: Seat
    deputies: list[Seat]
    attendance: Attendance | None
    offers: list[Attendance]

    @property
    def is_free(self) -> bool:
        """Nothing says that the member comes: a deputy may be needed."""
        return self.attendance is None or self.attendance.state == Attendance.State.EXCUSED

    @property
    def is_known_away(self) -> bool:
        """The member was not there, or only by deputy."""
        row, here = self.attendance, {Attendance.State.ACCEPTED, Attendance.State.PRESENT}
        return row is not None and (row.deputy_id is not None or row.state not in here)

    @property
    def stand_in(self) -> Seat | None:
        """The deputy who steps in, as far as is known before the meeting."""
        ready = (offer.seat for offer in self.offers if offer.state == Attendance.State.ACCEPTED)
        return next(ready, None) if self.is_free else None

    def answer_of(self, seat: Seat) -> Attendance | None:
        """What the member, or one of the deputies, has answered."""
        rows = [self.attendance, *self.offers]
        return next((row for row in rows if row and row.seat_id == seat.pk), None)


@dataclass(frozen=True)
class Part:
    """A seat of one account in a meeting: of a member, or of a deputy for the place."""

    place: Place
    seat: Seat

    @property
    def deputises(self) -> bool:
        return self.seat.pk != self.place.seat.pk

    @property
    def is_needed(self) -> bool:
        """Whether there is something to answer: a deputy is not asked where the member comes."""
        return self.place.is_free or not self.deputises

    @property
    def answer(self) -> Attendance | None:
        return self.place.answer_of(self.seat)


@dataclass(frozen=True)
class Count:
    """How many of those entitled to vote are there or have said to come, themselves or by deputy."""

    entitled: int
    present: int
    accepted: int
    needed: int

    @property
    def is_quorate(self) -> bool:
        return self.present >= self.needed


def places_at(meeting: Meeting) -> list[Place]:
    """In the order of the groups; a fixed number of queries."""
    on_that_day = Seat.objects.current(meeting.day)
    regular = on_that_day.regular().filter(committee=meeting.committee_id).select_related("organisation")
    stand_ins = Prefetch("deputies", on_that_day.select_related("organisation"), to_attr="stand_ins")
    known = {row.seat_id: row for row in meeting.attendances.select_related("deputy", "seat")}
    order = list(Seat.Group.values)
    seats = sorted(
        regular.prefetch_related(stand_ins),
        key=lambda seat: (order.index(seat.group), not seat.is_chair, not seat.is_deputy_chair),
    )
    found: list[Any] = seats
    return [
        Place(
            seat,
            seat.stand_ins,
            known.get(seat.pk),
            [known[deputy.pk] for deputy in seat.stand_ins if deputy.pk in known],
        )
        for seat in found
    ]


def parts_of(user: Any, places: list[Place]) -> list[Part]:
    """The seats of the account among these places, its own first."""
    parts = [Part(place, seat) for place in places for seat in (place.seat, *place.deputies)]
    return sorted((part for part in parts if part.seat.user_id == user.pk), key=lambda part: part.deputises)


def count_of(meeting: Meeting) -> Count:
    """For votes and minutes: counted from the rows as they stand."""
    return count_in(meeting, places_at(meeting))


def count_in(meeting: Meeting, places: list[Place]) -> Count:
    voting = [place for place in places if place.seat.votes]
    states = [place.attendance.state for place in voting if place.attendance]
    return Count(
        entitled=len(voting),
        present=states.count(Attendance.State.PRESENT),
        accepted=states.count(Attendance.State.ACCEPTED) + sum(bool(place.stand_in) for place in voting),
        needed=needed(meeting.committee.quorum, len(voting)),
    )
