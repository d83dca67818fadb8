"""Who takes part: the coordinator records all seats on one page, members answer for their own."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import localdate, now

from governance.models import Attendance, Meeting, Seat
from governance.presence import count_of
from governance.services.attendance import Answer, AnswersChanged, answer_invitation, record_attendance
from network.models import Role, User
from tests.factories import make_committee, make_municipality, make_user
from tests.governance.rows import make_meeting, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def make_seat(meeting: Meeting, function: str = "Norden", **values: Any) -> Seat:
    return Seat.objects.create(
        committee=meeting.committee, function=function, **{"group": "county", **values}
    )


def address(meeting: Meeting) -> str:
    return f"{meeting.get_absolute_url()}teilnahme/"


def sent(
    seat: Seat, answer: str, *, read: str = "", version: int | str = "", note: str = ""
) -> dict[str, Any]:
    """What the browser sends for a seat: the answer, and what stood there before."""
    key = seat.pk
    return {
        f"seat-{key}": answer,
        f"initial-seat-{key}": read,
        f"note-{key}": note,
        f"initial-note-{key}": "",
        f"version-{key}": version,
    }


def states(meeting: Meeting) -> dict[str, str]:
    return dict(meeting.attendances.values_list("seat__function", "state"))


def test_all_seats_are_recorded_with_one_click(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    north, south, west, east = (make_seat(meeting, name) for name in ("Norden", "Süden", "Westen", "Osten"))
    deputy = make_seat(meeting, "Ersatz", votes=False, deputy_for=west)

    data = (
        sent(north, "present")
        | sent(south, "excused")
        | sent(west, f"deputy-{deputy.pk}")
        | sent(east, "absent")
    )
    page = coordinator.post(address(meeting), data, follow=True).content.decode()

    assert states(meeting) == {
        "Norden": "present",
        "Süden": "excused",
        "Westen": "present",
        "Osten": "absent",
    }
    assert meeting.attendances.get(seat=west).deputy == deputy
    assert "2 von 4 Stimmberechtigten anwesend" in page
    assert "noch nicht beschlussfähig (ab 3)" in page


def test_all_others_are_there_by_one_button_and_make_the_quorum(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    north, south = make_seat(meeting), make_seat(meeting, "Süden")
    make_seat(meeting, "Beratung", votes=False)

    data = sent(north, "excused") | sent(south, "")
    page = coordinator.post(address(meeting), {**data, "rest": "present"}, follow=True).content.decode()

    assert states(meeting) == {"Norden": "excused", "Süden": "present", "Beratung": "present"}
    assert count_of(meeting).present == 1
    assert "1 von 2 Stimmberechtigten anwesend" in page


def test_a_count_knows_the_seats_of_the_meetings_own_day() -> None:
    meeting = make_meeting(make_committee())
    before = make_seat(meeting, ends_on=meeting.day)
    make_seat(meeting, "Danach", starts_on=meeting.day + timedelta(days=1))
    Attendance.objects.create(meeting=meeting, seat=before, state="present")

    count = count_of(meeting)

    assert (count.entitled, count.present, count.needed, count.is_quorate) == (1, 1, 1, True)


def test_two_recorders_do_not_overwrite_each_other(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    north, south = make_seat(meeting), make_seat(meeting, "Süden")
    Attendance.objects.create(meeting=meeting, seat=north, state="excused")

    page = coordinator.post(address(meeting), sent(north, "present") | sent(south, "absent"))

    assert page.status_code == 409
    assert states(meeting) == {"Norden": "excused"}
    text = page.content.decode()
    assert "Inzwischen gespeichert: entschuldigt" in text
    form = page.context["form"]
    assert (form[f"seat-{north.pk}"].value(), form[f"seat-{south.pk}"].value()) == ("present", "absent")
    again = {name: form[name].value() for name in form.fields} | sent(
        north, "present", read="excused", version=1
    )
    coordinator.post(address(meeting), again | sent(south, "absent"))
    assert states(meeting) == {"Norden": "present", "Süden": "absent"}


def test_what_was_left_alone_does_not_take_back_anothers_answer(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    north, south = make_seat(meeting), make_seat(meeting, "Süden")
    Attendance.objects.create(meeting=meeting, seat=north, state="excused")

    coordinator.post(address(meeting), sent(north, "") | sent(south, "present"))

    assert states(meeting) == {"Norden": "excused", "Süden": "present"}


def test_an_answer_can_be_taken_back(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    seat = make_seat(meeting)
    Attendance.objects.create(meeting=meeting, seat=seat, state="present")

    coordinator.post(address(meeting), sent(seat, "", read="present", version=1))

    assert states(meeting) == {}


def test_who_was_there_is_known_on_the_day_and_not_before(coordinator: Client) -> None:
    meeting = make_meeting(make_committee(), starts_at=now() + timedelta(days=3))
    seat = make_seat(meeting)

    coordinator.post(address(meeting), sent(seat, "present"))
    coordinator.post(address(meeting), {**sent(seat, ""), "rest": "present"})

    assert states(meeting) == {}
    with pytest.raises(ValidationError):
        record_attendance(meeting=meeting, answers=[Answer(seat, None, "present")], by=None)


def test_only_the_seats_own_deputy_stands_in() -> None:
    meeting = make_meeting(make_committee())
    north, south = make_seat(meeting), make_seat(meeting, "Süden")
    deputy = make_seat(meeting, "Ersatz", votes=False, deputy_for=south)

    with pytest.raises(ValidationError, match="eigenen Stellvertretung"):
        record_attendance(meeting=meeting, answers=[Answer(north, None, "present", deputy)], by=None)
    foreign = make_seat(make_meeting(make_committee("Beirat")), "Fremd")
    with pytest.raises(ValidationError, match="anderen Gremium"):
        record_attendance(meeting=meeting, answers=[Answer(foreign, None, "present")], by=None)


def member_page(client: Client, meeting: Meeting, user: User) -> tuple[str, Seat]:
    client.force_login(user)
    return client.get(address(meeting)).content.decode(), Seat.objects.get(user=user)


def answer(client: Client, meeting: Meeting, seat: Seat, state: str, **values: Any) -> Any:
    prefix = f"sitz-{seat.pk}"
    data = {
        "place": prefix,
        f"{prefix}-state": state,
        f"{prefix}-note": "",
        f"{prefix}-version": "",
        **values,
    }
    return client.post(f"{address(meeting)}antwort/", data, follow=True)


def test_a_member_answers_for_the_own_seat_and_for_no_other(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=3))
    other = make_seat(meeting)
    page, own = member_page(client, meeting, make_member(committee))

    assert "Ich komme" in page
    done = answer(client, meeting, own, "accepted", **{f"sitz-{own.pk}-note": "Komme später"})
    assert "Danke, Ihre Antwort ist gespeichert." in done.content.decode()
    assert answer(client, meeting, other, "accepted").status_code == 404
    assert client.post(address(meeting), sent(other, "excused")).status_code == 403

    assert states(meeting) == {"Mitglied": "accepted"}
    assert "1 von 2 Stimmberechtigten haben zugesagt" in done.content.decode()


def test_a_member_does_not_overwrite_an_answer_that_was_not_read(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=3))
    _page, own = member_page(client, meeting, make_member(committee))
    Attendance.objects.create(meeting=meeting, seat=own, state="excused", note="Telefonisch")

    page = answer(client, meeting, own, "accepted")

    assert page.status_code == 409
    assert states(meeting) == {"Mitglied": "excused"}


@pytest.mark.parametrize("values", [{"starts_at": now() - timedelta(hours=1)}, {"status": "cancelled"}])
def test_after_the_beginning_or_a_cancellation_nobody_answers(values: dict[str, Any]) -> None:
    meeting = make_meeting(make_committee(), **{"starts_at": now() + timedelta(days=3), **values})
    seat = make_seat(meeting)

    with pytest.raises(ValidationError):
        answer_invitation(meeting=meeting, answer=Answer(seat, None, "accepted"), by=None)


def test_a_stale_version_is_refused_by_the_verb() -> None:
    meeting = make_meeting(make_committee())
    seat = make_seat(meeting)
    Attendance.objects.create(meeting=meeting, seat=seat, state="present", version=3)

    with pytest.raises(AnswersChanged) as conflict:
        record_attendance(meeting=meeting, answers=[Answer(seat, 2, "excused")], by=None)
    assert conflict.value.seats == {seat.pk}


def test_what_members_note_is_read_by_the_coordinator_alone(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=3))
    Attendance.objects.create(meeting=meeting, seat=make_seat(meeting), state="excused", note="Kur Dachs")
    page, _own = member_page(client, meeting, make_member(committee))

    assert "entschuldigt" in page and "Dachs" not in page
    client.force_login(make_user(Role.COORDINATION))
    assert "Dachs" in client.get(address(meeting)).content.decode()


def test_who_has_no_seat_finds_no_attendance(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee)
    stranger = make_member(make_committee("Beirat"))
    former = make_member(committee)
    Seat.objects.filter(user=former).update(function="Früher", ends_on=localdate() - timedelta(days=1))
    assert client.get(address(meeting)).status_code == 302
    people = [stranger, former, make_user(Role.TEAM), make_user(Role.ADMINISTRATION)]
    for user in [*people, make_user(Role.MUNICIPALITY, make_municipality())]:
        client.force_login(user)
        assert client.get(address(meeting)).status_code == 404
        assert client.post(f"{address(meeting)}antwort/").status_code == 404
        assert "/teilnahme/" not in client.get(meeting.get_absolute_url()).content.decode()


def test_a_form_offers_no_step_that_has_a_button(coordinator: Client) -> None:
    committee = make_committee()
    planned = make_meeting(committee)
    invited = make_meeting(committee, status="invited", invited_at=now())
    steps = [
        [
            key
            for key, _label in coordinator.get(f"{row.get_absolute_url()}bearbeiten/")
            .context["form"]
            .fields["status"]
            .choices
        ]
        for row in (planned, invited)
    ]

    assert steps == [["planned", "held"], ["invited", "held"]]


@pytest.mark.parametrize("url", ["http://unsicher.example/", "javascript:alert(1)"])
def test_an_online_link_is_https(coordinator: Client, url: str) -> None:
    meeting = make_meeting(make_committee())
    values = {"title": "T", "starts_at": "2026-05-01T10:00", "status": "planned", "visibility": "public"}

    page = coordinator.post(
        f"{meeting.get_absolute_url()}bearbeiten/", {**values, "online_url": url, "version": 1}
    )

    assert "https://" in page.content.decode()
    assert Meeting.objects.get().online_url == ""


def test_an_answer_that_was_taken_back_meanwhile_is_not_written_anew() -> None:
    meeting = make_meeting(make_committee())
    seat = make_seat(meeting)

    with pytest.raises(AnswersChanged):
        record_attendance(meeting=meeting, answers=[Answer(seat, 1, "excused")], by=None)
    assert states(meeting) == {}
