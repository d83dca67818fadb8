"""The head of minutes that nobody has written yet is filled with what is known of the meeting."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import get_default_timezone

from governance.models import Attendance, Meeting, Minutes, Seat
from governance.services.minutes import new_minutes
from network.models import Role
from tests.factories import make_committee, make_region, make_user
from tests.governance.rows import make_deputy, make_meeting, make_minutes

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 6, 10, 14, 30, tzinfo=get_default_timezone())


@pytest.fixture
def meeting() -> Meeting:
    make_region()
    committee = make_committee()
    for function, leads in (("Vorsitz", {"is_chair": True}), ("Vertretung", {"is_deputy_chair": True})):
        Seat.objects.create(committee=committee, group="county", function=function, **leads)
    return make_meeting(
        committee, status="held", starts_at=BEGIN, ends_at=BEGIN + timedelta(hours=2), place="Kreishaus"
    )


def attend(meeting: Meeting, function: str, state: str, **values: Any) -> None:
    seat = Seat.objects.get(function=function)
    Attendance.objects.create(meeting=meeting, seat=seat, state=state, **values)


def test_begin_and_end_are_the_meetings_and_its_chair_leads(meeting: Meeting) -> None:
    minutes = new_minutes(meeting)

    assert (minutes.opened_at, minutes.closed_at, minutes.chair) == (time(14, 30), time(16, 30), "Vorsitz")
    assert minutes.minute_taker == "Koordinierungsstelle Smart Region"


@pytest.mark.parametrize("state", ["excused", "absent"])
def test_the_deputy_chair_leads_where_the_chair_was_not_there(meeting: Meeting, state: str) -> None:
    attend(meeting, "Vorsitz", state)

    assert new_minutes(meeting).chair == "Vertretung"


def test_who_stands_in_for_the_chairs_seat_does_not_lead(meeting: Meeting) -> None:
    chair = Seat.objects.get(function="Vorsitz")
    attend(meeting, "Vorsitz", "present", deputy=make_deputy(chair))

    assert new_minutes(meeting).chair == "Vertretung"


def test_nobody_is_named_where_nobody_is_known_to_have_led(meeting: Meeting) -> None:
    attend(meeting, "Vorsitz", "excused")
    attend(meeting, "Vertretung", "absent")

    assert new_minutes(meeting).chair == ""


def test_the_keeper_is_that_of_the_committees_last_minutes(meeting: Meeting) -> None:
    for days, keeper in ((60, "Alt"), (30, "Kreistagsbüro"), (10, ""), (-10, "Neu")):
        other = make_meeting(meeting.committee, starts_at=BEGIN - timedelta(days=days), status="held")
        make_minutes(other, minute_taker=keeper)
    make_minutes(make_meeting(make_committee("Beirat"), starts_at=BEGIN - timedelta(days=1)))

    assert new_minutes(meeting).minute_taker == "Kreistagsbüro"


def test_an_end_on_another_day_is_left_open(meeting: Meeting) -> None:
    meeting.ends_at = BEGIN + timedelta(days=1)

    assert new_minutes(meeting).closed_at is None


def test_what_is_offered_is_stored_by_saving_it_and_not_before(client: Client, meeting: Meeting) -> None:
    client.force_login(make_user(Role.COORDINATION))
    address = f"{meeting.get_absolute_url()}niederschrift/"

    form = client.get(address).context["form"]
    offered = {name: form[name].value() for name in ("chair", "minute_taker", "opened_at", "closed_at")}
    assert offered["chair"] == "Vorsitz" and Minutes.objects.count() == 0
    client.post(address, {**offered, "chair": "Landrat"})

    minutes = Minutes.objects.get()
    assert (minutes.chair, minutes.opened_at, minutes.closed_at) == ("Landrat", time(14, 30), time(16, 30))
