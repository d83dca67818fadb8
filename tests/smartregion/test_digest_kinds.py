"""Each account chooses what it is reminded of by mail; the workplace shows all the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from governance.models import Attendance, Seat
from governance.services.circulars import close_circular
from network.digest_mails import request_digests
from network.models import Digest, Role, User
from smartregion.base.changes import changes_of
from smartregion.base.jobs import run
from smartregion.base.models import Job
from smartregion.base.worklist import reminding_kinds, worklist_for
from tests.factories import make_committee, make_municipality, make_region, make_user
from tests.governance.circular_rows import make_seat, opened, vote
from tests.governance.rows import make_meeting

pytestmark = pytest.mark.django_db
PAGE = "/konto/benachrichtigungen/"
MONDAY = localdate() + timedelta(days=7 - localdate().weekday())
OF_MEMBERS = {"umlauf", "umlauf-ergebnis", "einladungen", "tagesordnung-geaendert", "niederschriften"}


def member() -> User:
    """With a circular that awaits its vote and an invitation that awaits its answer."""
    make_region()
    committee = make_committee()
    user = make_seat(committee).user
    opened(committee, title="Umlauf")
    make_meeting(committee, "Sitzung", starts_at=now() + timedelta(days=20), status="invited")
    assert user
    return user


def choose(user: User, *kinds: str, offered: set[str], digest: str = "daily") -> int:
    client = Client()
    client.force_login(user)
    boxes = {f"kind_{kind}": "on" for kind in kinds}
    return client.post(PAGE, {"digest": digest, "offered": sorted(offered), **boxes}).status_code


def test_a_kind_that_is_not_wanted_stays_at_the_workplace_and_comes_by_no_mail() -> None:
    user = member()
    choose(user, "umlauf", offered=OF_MEMBERS)

    request_digests(MONDAY)

    assert [entry["title"] for entry in Digest.objects.get().entries] == ["Umlauf"]
    shown = {group.key for group in worklist_for(user, MONDAY)}
    assert {"umlauf", "einladungen"} <= shown


def test_who_wants_nothing_gets_no_mail() -> None:
    choose(member(), offered=OF_MEMBERS)

    assert request_digests(MONDAY) == 0


def test_what_was_not_offered_stays_as_it_was_and_a_new_kind_comes_by_mail() -> None:
    user = member()
    User.objects.update(digest_muted=["foerderung"])
    choose(user, "umlauf", offered={"umlauf", "niederschriften"})

    user.refresh_from_db()
    assert user.digest_muted == ["foerderung", "niederschriften"]
    choose(user, "niederschriften", offered={"niederschriften"})
    user.refresh_from_db()
    assert user.digest_muted == ["foerderung"]
    assert len(changes_of(user)) == 4


def test_each_account_is_offered_what_can_concern_it() -> None:
    committee = make_committee()
    place = make_municipality()
    accounts = {role: make_user(role, place if role == Role.MUNICIPALITY else None) for role in Role}
    seated = make_seat(committee).user

    offered = {
        role: {key for kinds in reminding_kinds(user).values() for key in kinds}
        for role, user in accounts.items()
    }

    assert offered[Role.ADMINISTRATION] == {"berichte-pruefen"}
    assert offered[Role.MUNICIPALITY] == {"starts", "werte"}
    assert "umlauf-ergebnis" in offered[Role.COORDINATION]
    assert {"foerderung", "freigabe", "aufgaben"} <= offered[Role.COORDINATION]
    assert set(reminding_kinds(seated)["Gremien"]) >= OF_MEMBERS
    subjects = ["Beteiligung", "Gremien", "Maßnahmen", "Monitoring", "Netzwerk"]
    assert list(reminding_kinds(accounts[Role.COORDINATION])) == subjects


@pytest.mark.parametrize(
    "sent",
    [
        {"digest": "stündlich", "offered": ["umlauf"]},
        {"digest": "daily", "offered": ["foerderung"]},
        {"digest": "daily", "offered": ["\0", "x" * 9999]},
    ],
)
def test_a_forged_choice_changes_nothing(sent: dict[str, Any]) -> None:
    user, client = member(), Client()
    client.force_login(user)

    assert client.post(PAGE, sent).status_code == 200
    user.refresh_from_db()
    assert (user.digest, user.digest_muted) == ("daily", [])


def test_an_invitation_waits_until_it_is_answered() -> None:
    user = member()
    seat = Seat.objects.get(user=user)
    invited = [group.key for group in worklist_for(user, localdate())].count("einladungen")

    Attendance.objects.create(meeting=seat.committee.meetings.get(), seat=seat, state="excused")

    assert (invited, titles(user, "einladungen")) == (1, [])


def test_members_are_told_of_changed_agendas_and_minutes_and_nobody_else() -> None:
    committee = make_committee()
    user, other = make_seat(committee).user, make_seat(make_committee("Beirat")).user
    ahead, past = now() + timedelta(days=5), now() - timedelta(days=5)
    changed = {"starts_at": ahead, "agenda_changed_at": now(), "status": "invited"}
    make_meeting(committee, "Geändert", **changed)
    make_meeting(committee, "Abgesagt", **{**changed, "status": "cancelled"})
    make_meeting(committee, "Entwurf", **changed, visibility="draft")
    make_meeting(committee, "Unverändert", starts_at=ahead, status="invited")
    make_meeting(committee, "Niederschrift", starts_at=past, status="minutes_ready")
    make_meeting(committee, "Genehmigt", starts_at=past, status="minutes_approved")
    make_meeting(committee, "Lange her", starts_at=now() - timedelta(days=99), status="minutes_ready")

    assert titles(user, "tagesordnung-geaendert") == ["Geändert"]
    assert titles(user, "niederschriften") == ["Niederschrift"]
    for stranger in (other, make_user(Role.COORDINATION)):
        assert titles(stranger, "tagesordnung-geaendert") + titles(stranger, "niederschriften") == []


def test_a_later_change_of_the_agenda_is_told_again_within_the_week() -> None:
    make_region()
    committee = make_committee()
    make_seat(committee)
    starts_at = now() + timedelta(days=60)
    meeting = make_meeting(committee, starts_at=starts_at, agenda_changed_at=now(), status="planned")

    first = [request_digests(MONDAY), request_digests(MONDAY + timedelta(days=1))]
    type(meeting).objects.update(agenda_changed_at=now() + timedelta(days=1))

    assert (first, request_digests(MONDAY + timedelta(days=2))) == ([1, 0], 1)


def titles(user: Any, kind: str) -> list[str]:
    groups = worklist_for(user, localdate())
    return [entry.title for group in groups if group.key == kind for entry in group.entries]


def test_a_vote_is_awaited_until_it_is_cast_and_the_result_told_for_two_weeks() -> None:
    committee = make_committee()
    user, other = make_seat(committee).user, make_seat(committee, "Vorsitz").user
    circular = opened(committee, title="Umlauf")
    assert user
    assert other
    assert [titles(each, "umlauf") for each in (user, other, make_user(Role.COORDINATION))] == [
        ["Umlauf"],
        ["Umlauf"],
        [],
    ]
    vote(circular, user, "yes")
    assert [titles(user, "umlauf"), titles(other, "umlauf")] == [[], ["Umlauf"]]
    vote(circular, other, "yes")
    close_circular(circular=circular, by=None)

    told = [titles(each, "umlauf-ergebnis") for each in (user, make_user(Role.COORDINATION))]

    assert told == [["Umlauf"], ["Umlauf"]]
    assert titles(make_user(Role.TEAM), "umlauf-ergebnis") == []
    later = worklist_for(user, localdate() + timedelta(days=15))
    assert "umlauf-ergebnis" not in {group.key for group in later}


def test_who_muted_a_kind_after_the_mail_was_asked_for_still_gets_that_one(mailoutbox: list[Any]) -> None:
    user = member()
    request_digests(MONDAY)
    choose(user, offered=OF_MEMBERS)

    run(Job.objects.get(kind="site.send_digests").pk)

    assert len(mailoutbox) == 1
