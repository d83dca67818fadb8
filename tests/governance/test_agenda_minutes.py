"""The automatic item by which a meeting approves the minutes of an earlier one."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.timezone import now

from governance.agenda import Approval
from governance.models import Committee, Meeting, Minutes
from governance.services.minutes import approve_minutes, present_minutes
from network.models import Role
from tests.factories import make_committee, make_user
from tests.governance.rows import make_meeting, make_member, make_minutes

pytestmark = pytest.mark.django_db


def waiting_in(meeting: Meeting, reader: Any = None) -> list[Any]:
    stored = Meeting.objects.get(pk=meeting.pk)
    return Approval().entries(stored, reader or make_user(Role.COORDINATION))


def next_meeting(committee: Committee) -> Meeting:
    return make_meeting(committee, starts_at=now() + timedelta(days=9))


def test_only_minutes_that_were_presented_in_the_same_committee_wait() -> None:
    committee = make_committee()
    held = make_meeting(committee, "Winterrunde", status="held")
    make_meeting(make_committee("Beirat"), status="minutes_ready")
    meeting = next_meeting(committee)
    make_minutes(held)

    before = waiting_in(meeting)
    present_minutes(meeting=held, by=None)

    assert before == []
    assert [entry.meeting for entry in waiting_in(meeting)] == [held]
    assert waiting_in(held) == []


def test_a_held_meeting_still_lists_the_minutes_that_it_approved() -> None:
    committee = make_committee()
    held = make_meeting(committee, "Winterrunde", starts_at=now() - timedelta(days=9), status="held")
    make_minutes(held)
    present_minutes(meeting=held, by=None)
    later = make_meeting(committee, starts_at=now(), status="planned")
    before = waiting_in(later)
    Meeting.objects.filter(pk=later.pk).update(status="held")
    approve_minutes(minutes=Minutes.objects.get(), version=1, approved_in=later, by=None)

    assert [(entry.meeting, entry.minutes is not None) for entry in before] == [(held, True)]
    assert [entry.meeting for entry in waiting_in(later)] == [held]
    assert waiting_in(next_meeting(committee)) == []


def test_only_members_are_led_to_minutes_that_are_not_approved() -> None:
    committee = make_committee()
    held = make_meeting(committee, "Winterrunde", starts_at=now() - timedelta(days=9), status="held")
    inner = make_meeting(committee, "Klausur", visibility="internal", status="held")
    for row in (held, inner):
        make_minutes(row)
        present_minutes(meeting=row, by=None)
    meeting = next_meeting(committee)

    seen = {
        name: [(each.meeting.title, bool(each.minutes)) for each in waiting_in(meeting, reader)]
        for name, reader in {"visitor": AnonymousUser(), "member": make_member(committee)}.items()
    }

    assert seen == {"visitor": [("Winterrunde", False)], "member": [("Klausur", True), ("Winterrunde", True)]}
