"""Who may vote in a meeting: entitled, there in person or by deputy, and not excluded."""

from dataclasses import dataclass

from governance.models import Attendance, Meeting, Seat
from governance.quorum import needed


@dataclass(frozen=True)
class Floor:
    """Those in a meeting who can vote. `seats` are there, in person or by their deputy."""

    entitled: int
    seats: list[Seat]
    quorum_needed: int

    @property
    def present(self) -> int:
        return len(self.seats)


def floor_of(meeting: Meeting) -> Floor | None:
    """None as long as nobody has recorded who is there or not; nobody's being there is known, too."""
    known = [Attendance.State.PRESENT, Attendance.State.EXCUSED, Attendance.State.ABSENT]
    if not meeting.attendances.of_members().filter(state__in=known).exists():
        return None
    entitled = Seat.objects.current(meeting.day).voting().filter(committee=meeting.committee_id)
    present = Attendance.objects.present().filter(meeting=meeting, seat__in=entitled)
    seats = [row.seat for row in present.select_related("seat__organisation")]
    number = entitled.count()
    return Floor(number, seats, needed(meeting.committee.quorum, number))
