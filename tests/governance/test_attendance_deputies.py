"""A deputy answers the invitation for themselves; what the member said stays, and both see what holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import now

from governance.documents.minutes import minutes_of
from governance.models import Attendance, Meeting, Seat
from governance.presence import count_of
from governance.services.attendance import Answer, answer_invitation
from governance.voting import floor_of
from network.models import Role
from tests.factories import make_committee, make_region, make_user
from tests.governance.rows import make_deputy, make_meeting, make_member, make_minutes

pytestmark = pytest.mark.django_db
NOT_NEEDED = "eine Vertretung wird nicht gebraucht"


@pytest.fixture
def meeting() -> Meeting:
    return make_meeting(make_committee(), status="invited", starts_at=now() + timedelta(days=3))


@pytest.fixture
def member(meeting: Meeting) -> Seat:
    return make_member(meeting.committee).seats.get()


@pytest.fixture
def deputy(member: Seat) -> Seat:
    return make_deputy(member)


def page(client: Client, meeting: Meeting, seat: Seat) -> str:
    client.force_login(seat.user)
    return client.get(f"{meeting.get_absolute_url()}teilnahme/").content.decode()


def answer(client: Client, meeting: Meeting, seat: Seat, state: str, version: object = "") -> Any:
    client.force_login(seat.user)
    prefix = f"sitz-{seat.pk}"
    data = {"place": prefix, f"{prefix}-state": state, f"{prefix}-note": "", f"{prefix}-version": version}
    return client.post(f"{meeting.get_absolute_url()}teilnahme/antwort/", data, follow=True)


def states(meeting: Meeting) -> dict[str, str]:
    return dict(meeting.attendances.values_list("seat__function", "state"))


@pytest.mark.parametrize("said", ["", "excused"])
def test_a_deputy_answers_where_the_member_has_not_accepted(
    client: Client, meeting: Meeting, member: Seat, deputy: Seat, said: str
) -> None:
    if said:
        answer(client, meeting, member, said)

    done = answer(client, meeting, deputy, "accepted")

    assert done.status_code == 200
    own = {"Mitglied": said} if said else {}
    assert states(meeting) == {**own, "Ersatz für Mitglied": "accepted"}
    assert count_of(meeting).accepted == 1
    holds = "es kommt: Ersatz für Mitglied" if said else "zur Vertretung bereit: Ersatz für Mitglied"
    assert holds in page(client, meeting, member)
    assert holds in page(client, meeting, deputy)


def test_no_deputy_answers_where_the_member_comes(
    client: Client, meeting: Meeting, member: Seat, deputy: Seat
) -> None:
    answer(client, meeting, member, "accepted")

    assert NOT_NEEDED in page(client, meeting, deputy)
    assert "Kommen Sie als Vertretung?" not in page(client, meeting, deputy)
    assert answer(client, meeting, deputy, "accepted").status_code == 409
    with pytest.raises(ValidationError, match="nicht gebraucht"):
        answer_invitation(meeting=meeting, answer=Answer(deputy, None, "accepted"), by=None)
    assert states(meeting) == {"Mitglied": "accepted"}


def test_the_members_own_word_holds_whenever_it_comes(
    client: Client, meeting: Meeting, member: Seat, deputy: Seat
) -> None:
    answer(client, meeting, deputy, "accepted")
    answer(client, meeting, member, "accepted")

    assert states(meeting) == {"Mitglied": "accepted", "Ersatz für Mitglied": "accepted"}
    assert count_of(meeting).accepted == 1
    assert NOT_NEEDED in page(client, meeting, deputy)
    assert NOT_NEEDED in client.get(meeting.get_absolute_url()).content.decode()
    assert "bereit:" not in page(client, meeting, member)


def test_a_deputy_answers_for_no_other_seat(
    client: Client, meeting: Meeting, member: Seat, deputy: Seat
) -> None:
    client.force_login(deputy.user)
    prefix = f"sitz-{member.pk}"
    data = {"place": prefix, f"{prefix}-state": "excused"}

    assert client.post(f"{meeting.get_absolute_url()}teilnahme/antwort/", data).status_code == 404
    assert states(meeting) == {}


def test_the_coordinator_reads_a_deputys_note_and_takes_the_deputy_over(
    client: Client, meeting: Meeting, member: Seat, deputy: Seat
) -> None:
    Attendance.objects.create(meeting=meeting, seat=member, state="excused")
    Attendance.objects.create(meeting=meeting, seat=deputy, state="accepted", note="Erst ab 15 Uhr")
    client.force_login(make_user(Role.COORDINATION))
    address = f"{meeting.get_absolute_url()}teilnahme/"
    before = client.get(address).content.decode()
    Meeting.objects.update(starts_at=now() - timedelta(hours=1))
    form = client.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    initial = {f"initial-{name}": value for name, value in data.items()}

    client.post(address, {**data, **initial, "rest": "present"})

    assert "Erst ab 15 Uhr" in before
    row = meeting.attendances.get(seat=member)
    assert (row.state, row.deputy) == ("present", deputy)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_who_was_there_is_recorded_at_the_members_seat(member: Seat, deputy: Seat, state: str) -> None:
    held = make_meeting(member.committee)

    with pytest.raises(ValidationError, match="der vertreten wird"):
        Attendance(meeting=held, seat=deputy, state=state).clean()


def test_an_offer_to_step_in_is_no_part_of_votes_and_minutes(member: Seat, deputy: Seat) -> None:
    make_region()
    held = make_meeting(member.committee)
    Attendance.objects.create(meeting=held, seat=deputy, state="excused")

    assert floor_of(held) is None
    document = minutes_of(make_minutes(held), member.user, edition="internal", moment=now())
    assert "Ersatz" not in repr(document)
