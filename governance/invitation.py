"""Whom an invitation reaches: the portal tells accounts, on their workplace and by their daily mail."""

from dataclasses import dataclass

from governance.models import Meeting, Seat
from measures.models import Visibility


@dataclass(frozen=True)
class Recipients:
    """Seats whose accounts are told, and the seats that have none.

    Attributes:
        members_without, deputies_without: seats that have no account; they are invited in another way.
        is_hidden: a draft is read by no member, so nobody is told.
    """

    members: list[Seat]
    deputies: list[Seat]
    members_without: int
    deputies_without: int
    is_hidden: bool


def recipients_of(meeting: Meeting) -> Recipients:
    seats = list(Seat.objects.current().filter(committee=meeting.committee_id).select_related("user"))
    told: dict[bool, list[Seat]] = {True: [], False: []}
    without = {True: 0, False: 0}
    for seat in seats:
        is_regular = seat.deputy_for_id is None
        if seat.user and seat.user.is_active:
            told[is_regular].append(seat)
        else:
            without[is_regular] += 1
    is_hidden = Visibility.DRAFT in {meeting.visibility, meeting.committee.visibility}
    return Recipients(told[True], told[False], without[True], without[False], is_hidden)
