"""Who takes part in a meeting: its seats on that day, what they answered, and whether it can resolve."""

from dataclasses import dataclass

from django.db.models import Prefetch

from governance.models import Attendance, Meeting, Seat
from governance.quorum import needed


@dataclass(frozen=True)
class Place:
    """A seat of the meeting's day with the deputies of that day and what is known of its part."""

    seat: Seat
    deputies: list[Seat]
    attendance: Attendance | None


@dataclass(frozen=True)
class Count:
    """How many of those entitled to vote are there, in person or by deputy, and how many have to be."""

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
    known = {row.seat_id: row for row in meeting.attendances.select_related("deputy")}
    order = list(Seat.Group.values)
    seats = sorted(
        regular.prefetch_related(stand_ins),
        key=lambda seat: (order.index(seat.group), not seat.is_chair, not seat.is_deputy_chair),
    )
    return [Place(seat, seat.stand_ins, known.get(seat.pk)) for seat in seats]  # type: ignore[attr-defined]


def count_of(meeting: Meeting) -> Count:
    """For votes and minutes: counted from the rows as they stand."""
    return count_in(meeting, places_at(meeting))


def count_in(meeting: Meeting, places: list[Place]) -> Count:
    states = [place.attendance.state if place.attendance else "" for place in places if place.seat.votes]
    return Count(
        entitled=len(states),
        present=states.count(Attendance.State.PRESENT),
        accepted=states.count(Attendance.State.ACCEPTED),
        needed=needed(meeting.committee.quorum, len(states)),
    )
