"""Inviting to a meeting: who is told, whether it is early enough, and that nobody is invited twice."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import localdate, now

from governance.models import Committee, Meeting, Seat
from governance.services.meetings import invite
from network.models import Role
from tests.factories import make_committee, make_user
from tests.governance.rows import make_deputy, make_meeting, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def test_a_meeting_is_invited_to_with_a_warning_when_it_is_late(coordinator: Client) -> None:
    committee = make_committee(notice_days=14)
    early = make_meeting(committee, starts_at=now() + timedelta(days=14))
    late = make_meeting(committee, "Eilig", starts_at=now() + timedelta(days=13))

    kept, missed = (
        coordinator.get(f"{row.get_absolute_url()}einladen/").content.decode() for row in (early, late)
    )

    assert f"Letzter Tag für die Einladung ist der {localdate():%d.%m.%Y}." in kept
    gone = localdate() - timedelta(days=1)
    assert f"nicht mehr zu halten: Letzter Tag für die Einladung war der {gone:%d.%m.%Y}." in missed
    coordinator.post(f"{late.get_absolute_url()}einladen/", {"version": 1})
    late.refresh_from_db()
    assert (late.status, late.invited_at is not None) == ("invited", True)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("invited", "ist schon eingeladen, am 01.11.2026, 09:30 Uhr."),
        ("held", "lässt sich nicht mehr einladen."),
        ("cancelled", "lässt sich nicht mehr einladen."),
        ("minutes_ready", "lässt sich nicht mehr einladen."),
    ],
)
def test_nobody_is_invited_twice_or_to_what_is_over(coordinator: Client, status: str, why: str) -> None:
    invited_at = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    meeting = make_meeting(make_committee(), status=status, invited_at=invited_at)

    with pytest.raises(ValidationError, match=re.escape(why)):
        invite(meeting=meeting, version=1, by=None)
    for send in (coordinator.get, coordinator.post):
        page = send(f"{meeting.get_absolute_url()}einladen/", {"version": 1}, follow=True)
        assert page.redirect_chain == [(meeting.get_absolute_url(), 302)]
        assert [str(message) for message in page.context["messages"]] == [f"Zu dieser Sitzung {why}"]


def test_the_page_says_who_will_be_told(coordinator: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=20))
    member = make_member(committee).seats.get()
    make_deputy(member)
    bare = Seat.objects.create(committee=committee, group="county", function="Ohne Konto")
    closed = Seat.objects.create(committee=committee, group="county", function="Gesperrt")
    closed.user = make_user(Role.STEERING, is_active=False)
    closed.save()
    Seat.objects.create(
        committee=committee, group="county", function="Ersatz ohne", votes=False, deputy_for=bare
    )
    Seat.objects.create(
        committee=committee, group="county", function="Früher", ends_on=localdate() - timedelta(days=1)
    )

    page = coordinator.get(f"{meeting.get_absolute_url()}einladen/")

    found = page.context["recipients"]
    assert [seat.function for seat in (*found.members, *found.deputies)] == [
        "Mitglied",
        "Ersatz für Mitglied",
    ]
    assert (found.members_without, found.deputies_without) == (2, 1)
    text = " ".join(page.content.decode().split())
    assert "bitte auf anderem Weg einladen: 2 Mitglieder, eine Stellvertretung." in text


@pytest.mark.parametrize("drafted", [Meeting, Committee])
def test_a_draft_is_told_to_nobody(coordinator: Client, drafted: type[Meeting | Committee]) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=20))
    make_member(committee)
    drafted.objects.update(visibility="draft")

    page = coordinator.get(f"{meeting.get_absolute_url()}einladen/").content.decode()

    assert "Niemand: Die Sitzung oder das Gremium ist noch ein Entwurf" in page
