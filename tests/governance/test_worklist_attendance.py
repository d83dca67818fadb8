"""What is due before a meeting: the invitation from the coordinator, the answer from each member."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from governance.models import Attendance, Seat
from network.models import Role
from smartregion.base.worklist import Severity
from tests.factories import make_committee, make_user
from tests.governance.readers import entries, titles
from tests.governance.rows import make_deputy, make_meeting, make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days", "severities"), [(14, [Severity.NOW]), (15, [Severity.SOON]), (21, [Severity.SOON]), (22, [])]
)
def test_an_invitation_is_due_a_week_before_its_last_day(days: int, severities: list[Severity]) -> None:
    committee = make_committee(notice_days=14)
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=days))
    coordinator = make_user(Role.COORDINATION)

    assert [entry.severity for entry in entries(coordinator, "einladungen-faellig")] == severities
    meeting.status = "invited"
    meeting.save_over(1)
    assert entries(coordinator, "einladungen-faellig") == []


def test_a_member_is_asked_until_the_own_seat_has_answered() -> None:
    committee = make_committee()
    meeting = make_meeting(committee, "Einladung", status="invited", starts_at=now() + timedelta(days=3))
    make_meeting(committee, "Nur geplant", starts_at=now() + timedelta(days=3))
    make_meeting(
        committee, "Entwurf", status="invited", visibility="draft", starts_at=now() + timedelta(days=3)
    )
    member, other = make_member(committee), make_member(make_committee("Beirat"))

    assert (titles(member, "einladungen"), titles(other, "einladungen")) == (["Einladung"], [])
    Attendance.objects.create(meeting=meeting, seat=Seat.objects.get(user=member), state="excused")
    assert titles(member, "einladungen") == []


@pytest.mark.parametrize(
    ("state", "asked"), [(None, ["Frühjahrssitzung"]), ("excused", ["Frühjahrssitzung"]), ("accepted", [])]
)
def test_a_deputy_is_asked_as_long_as_the_member_has_not_accepted(
    state: str | None, asked: list[str]
) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, status="invited", starts_at=now() + timedelta(days=3))
    member = Seat.objects.create(committee=committee, group="county", function="Leitung")
    seat = make_deputy(member)
    if state:
        Attendance.objects.create(meeting=meeting, seat=member, state=state)

    assert titles(seat.user, "einladungen") == asked
    assert all("den Sie vertreten" in entry.why for entry in entries(seat.user, "einladungen"))
    Attendance.objects.create(meeting=meeting, seat=seat, state="excused")
    assert titles(seat.user, "einladungen") == []


def test_who_is_member_and_deputy_is_asked_once() -> None:
    committee = make_committee()
    make_meeting(committee, status="invited", starts_at=now() + timedelta(days=3))
    user = make_member(committee)
    make_deputy(Seat.objects.create(committee=committee, group="county", function="Leitung"), user)

    (entry,) = entries(user, "einladungen")
    assert "Bitte sagen Sie, ob Sie teilnehmen." in entry.why
