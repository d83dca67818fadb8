"""Undoing keeps the rules of procedure: what no form would accept cannot be reached by a way back either."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime

from governance.models import FollowUp, Meeting, Resolution
from governance.services.followups import note_done, take_back_done
from governance.services.resolutions import supersede_resolution
from network.models import Role
from tests.factories import make_committee, make_user
from tests.governance.rows import draft_of, make_item, make_meeting, make_resolution

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def edit(client: Client, meeting: Meeting, **values: Any) -> None:
    """Save the meeting's form with these values instead of the stored ones."""
    stored = Meeting.objects.get(pk=meeting.pk)
    typed = {"starts_at": f"{localtime(stored.starts_at):%Y-%m-%dT%H:%M}", "status": stored.status}
    typed |= {"title": stored.title, "visibility": stored.visibility, "version": stored.version, **values}
    assert client.post(f"{meeting.get_absolute_url()}bearbeiten/", typed).status_code == 302


def undo(client: Client, row: Any) -> str:
    """Take back the row's last change; return what the page says."""
    version = type(row).objects.get(pk=row.pk).version
    page = client.post(f"{row.get_absolute_url()}rueckgaengig/?version={version}", follow=True)
    return " ".join(str(message) for message in page.context["messages"])


def undo_follow_up(client: Client, resolution: Resolution) -> str:
    follow_up = resolution.follow_ups.get()
    address = f"{resolution.committee.get_absolute_url()}umsetzung/{follow_up.pk}/rueckgaengig/"
    page = client.post(f"{address}?version={follow_up.version}", follow=True)
    return " ".join(str(message) for message in page.context["messages"])


def resolve(meeting: Meeting, number: str = "LK 2026/01") -> Resolution:
    meeting.refresh_from_db()
    item = make_item(meeting)
    return make_resolution(meeting.committee, number, item=item, resolved_on=meeting.day)


def test_a_meeting_does_not_go_back_to_another_day_than_that_of_its_resolutions(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    moved = meeting.starts_at + timedelta(days=1)
    edit(coordinator, meeting, starts_at=f"{localtime(moved):%Y-%m-%dT%H:%M}")
    resolution = resolve(meeting)

    said = undo(coordinator, meeting)

    assert "Es gibt Beschlüsse von diesem Tag; der Tag lässt sich nicht mehr ändern." in said
    assert Meeting.objects.get().day == resolution.resolved_on


def test_a_meeting_with_a_resolution_does_not_become_cancelled_again(coordinator: Client) -> None:
    meeting = make_meeting(make_committee(), status="cancelled")
    edit(coordinator, meeting, status="planned")
    resolve(meeting)

    said = undo(coordinator, meeting)

    assert "Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen." in said
    assert Meeting.objects.get().status == "planned"


def test_a_meeting_that_noted_a_resolution_as_done_keeps_a_day_that_has_come(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    resolution = make_resolution(meeting.committee, resolved_on=meeting.day - timedelta(days=3))
    before = meeting.starts_at - timedelta(days=9)
    Meeting.objects.update(starts_at=before, version=2)
    edit(coordinator, meeting, starts_at=f"{localtime(meeting.starts_at):%Y-%m-%dT%H:%M}")
    note_done(follow_up=resolution.follow_ups.get(), meeting=Meeting.objects.get(), by=None)

    said = undo(coordinator, meeting)

    assert "Hier wurde ein Beschluss als erledigt festgestellt; der Tag passt nicht dazu." in said
    assert Meeting.objects.get().day == meeting.day


def test_a_resolution_does_not_become_more_visible_than_its_successor(coordinator: Client) -> None:
    old = make_resolution(make_committee())
    hidden = {"visibility": "internal", "version": 1}
    coordinator.post(f"{old.get_absolute_url()}bearbeiten/", hidden)
    new = draft_of(make_item(make_meeting(old.committee)), visibility="internal")
    supersede_resolution(old=old, resolution=new, measures=[], by=None)

    said = undo(coordinator, old)
    form = coordinator.post(f"{old.get_absolute_url()}bearbeiten/", {"visibility": "public", "version": 2})

    rule = "Eine neue Fassung muss mindestens so sichtbar sein wie die ersetzte."
    assert rule in said
    assert rule in form.content.decode()
    assert Resolution.objects.get(pk=old.pk).visibility == "internal"


def test_what_a_committee_noted_as_done_is_not_taken_back_without_a_reason(coordinator: Client) -> None:
    resolution = make_resolution(make_committee())
    meeting = make_meeting(resolution.committee)
    note_done(follow_up=resolution.follow_ups.get(), meeting=meeting, by=None)

    said = undo_follow_up(coordinator, resolution)

    assert "Das lässt sich nicht zurücknehmen" in said
    assert FollowUp.objects.get().noted_in == meeting


def test_what_was_reopened_is_not_noted_as_done_by_undoing(coordinator: Client) -> None:
    resolution = make_resolution(make_committee())
    note_done(follow_up=resolution.follow_ups.get(), meeting=make_meeting(resolution.committee), by=None)
    take_back_done(follow_up=resolution.follow_ups.get(), version=2, by=None, reason="Verwechselt")

    undo_follow_up(coordinator, resolution)

    assert FollowUp.objects.get().noted_in is None


def test_what_breaks_no_rule_is_undone(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    edit(coordinator, meeting, place="Saal 2")
    resolve(meeting)

    assert "Die letzte Änderung wurde zurückgenommen." in undo(coordinator, meeting)
    assert Meeting.objects.get().place == ""
