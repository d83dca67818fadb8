"""What committees ask of the coordinator, and what they tell their members."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from network.models import Role
from smartregion.base.worklist import Severity
from tests.factories import make_committee, make_user
from tests.governance.circular_rows import make_seats, opened, vote
from tests.governance.readers import entries, titles
from tests.governance.rows import make_item, make_meeting, make_member, make_resolution

pytestmark = pytest.mark.django_db


def in_days(days: int) -> object:
    return localdate() + timedelta(days=days)


def test_the_coordinator_follows_up_what_is_overdue_or_due_soon() -> None:
    committee = make_committee()
    for number, days in (("LK 1", -1), ("LK 2", 0), ("LK 3", 30), ("LK 4", 31)):
        make_resolution(committee, number, title="Ausbau", due_on=in_days(days))
    make_resolution(committee, "LK 5", due_on=None)
    make_resolution(committee, "LK 6", due_on=in_days(-1), noted_in=make_meeting(committee))

    found = entries(make_user(Role.COORDINATION), "beschluesse")

    assert [(entry.title, entry.severity) for entry in found] == [
        ("LK 1: Ausbau", Severity.NOW),
        ("LK 2: Ausbau", Severity.SOON),
        ("LK 3: Ausbau", Severity.SOON),
    ]
    assert found[0].why == (
        f"Lenkungskreis, Umsetzung des Beschlusses: war bis {in_days(-1):%d.%m.%Y} umzusetzen, "
        "seit 1 Tag überfällig."
    )


def test_a_member_gets_all_open_decisions_of_the_own_committee_and_of_no_other() -> None:
    committee, other = make_committee(), make_committee("Kreistag")
    member = make_member(committee)
    make_resolution(committee, "LK 1", title="Später", due_on=in_days(90))
    make_resolution(committee, "LK 2", title="Ohne Frist", visibility="internal")
    make_resolution(committee, "LK 3", title="Entwurf", visibility="draft")
    make_resolution(other, "KT 1")

    assert titles(member, "beschluesse") == ["LK 1: Später", "LK 2: Ohne Frist"]
    assert titles(make_user(Role.STEERING), "beschluesse") == []


@pytest.mark.parametrize(("days", "severity"), [(14, Severity.NOW), (15, Severity.SOON)])
def test_the_next_meeting_needs_an_agenda_before_its_invitation(days: int, severity: Severity) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, "Nächste", starts_at=now() + timedelta(days=days))
    make_meeting(committee, "Übernächste", starts_at=now() + timedelta(days=days + 9))
    coordinator = make_user(Role.COORDINATION)

    (entry,) = entries(coordinator, "tagesordnung")

    assert (entry.title, entry.severity) == ("Nächste", severity)
    assert entry.url == f"/gremien/lenkungskreis/sitzungen/{meeting.pk}/top/neu/"
    make_item(meeting)
    assert entries(coordinator, "tagesordnung") == []


def test_a_cancelled_meeting_is_not_the_next_one() -> None:
    committee = make_committee()
    make_meeting(committee, "Abgesagt", starts_at=now() + timedelta(days=3), status="cancelled")
    make_meeting(committee, "Ersatz", starts_at=now() + timedelta(days=9))

    assert titles(make_user(Role.COORDINATION), "tagesordnung") == ["Ersatz"]


def test_a_member_gets_the_next_meeting_that_it_may_see() -> None:
    committee = make_committee()
    make_meeting(committee, "Entwurf", starts_at=now() + timedelta(days=3), visibility="draft")
    make_meeting(committee, "Intern", starts_at=now() + timedelta(days=9), visibility="internal")
    make_meeting(make_committee("Beirat"), "Fremd", starts_at=now() + timedelta(days=3))

    assert titles(make_member(committee), "sitzungen") == ["Intern"]
    assert titles(make_user(Role.STEERING), "sitzungen") == []


def test_a_vote_is_asked_of_who_may_vote_and_has_not() -> None:
    committee = make_committee()
    voted, silent = make_seats(committee, 2)
    circular = opened(committee)
    vote(circular, voted, "yes")

    asked = {user: titles(user, "umlauf") for user in (voted, silent, make_user(Role.COORDINATION))}

    assert list(asked.values()) == [[], [circular.title], []]
