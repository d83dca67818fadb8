"""Follow-ups in the browser: who edits, who reports, and that the committee alone notes them as done."""

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from governance.models import FollowUp, Resolution
from network.models import Role, User
from tests.factories import make_committee, make_user
from tests.governance.rows import make_item, make_meeting, make_member, make_resolution

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def coordinator() -> Client:
    return signed_in(make_user(Role.COORDINATION))


def address(follow_up: FollowUp, verb: str) -> str:
    return f"{follow_up.resolution.committee.get_absolute_url()}umsetzung/{follow_up.pk}/{verb}/"


def report(client: Client, follow_up: FollowUp, **values: Any) -> Any:
    typed = {"evidence": "Alle Sensoren hängen.", "reported_on": localdate().isoformat(), "version": 1}
    return client.post(address(follow_up, "melden"), {**typed, **values})


def test_what_was_typed_in_the_rows_is_to_be_done(coordinator: Client) -> None:
    item = make_item(make_meeting(make_committee()))
    typed = {"title": "Ausbau", "wording": "Es wird ausgebaut.", "outcome": "adopted", "visibility": "public"}
    typed |= {"number": "LK 2026/01", "step": "record"}
    rows = {"what_1": "Netz planen", "responsible_1": "Bauhof", "responsible_3": "Kämmerei"}

    coordinator.post(f"{item.meeting.get_absolute_url()}top/{item.pk}/beschluss/", {**typed, **rows})

    assert list(FollowUp.objects.values_list("what", "responsible")) == [
        ("Netz planen", "Bauhof"),
        ("Umsetzung des Beschlusses", "Kämmerei"),
    ]


def test_a_resolution_after_which_nothing_is_to_be_done_says_so(coordinator: Client) -> None:
    noted = make_resolution(make_committee(), outcome="noted")
    page = coordinator.get(noted.get_absolute_url()).content.decode()
    assert "Zu diesem Beschluss ist kein Auftrag festgehalten." in page


def test_a_follow_up_is_added_edited_and_the_edit_undone(coordinator: Client) -> None:
    resolution = make_resolution(make_committee())
    coordinator.post(f"{resolution.get_absolute_url()}umsetzung/neu/", {"what": "Bericht"})
    follow_up = FollowUp.objects.get(what="Bericht")

    coordinator.post(address(follow_up, "bearbeiten"), {"what": "Kurzer Bericht", "version": 1})
    assert FollowUp.objects.get(pk=follow_up.pk).what == "Kurzer Bericht"
    coordinator.post(f"{address(follow_up, 'rueckgaengig')}?version=2")

    assert FollowUp.objects.get(pk=follow_up.pk).what == "Bericht"


def test_coordinator_and_members_report_and_nobody_else() -> None:
    committee = make_committee()
    follow_up = make_resolution(committee).follow_ups.get()
    others = [make_user(Role.TEAM), make_member(make_committee("Beirat")), make_user(Role.ADMINISTRATION)]

    assert [report(signed_in(user), follow_up).status_code for user in others] == [404, 404, 404]
    assert Client().post(address(follow_up, "melden")).status_code == 302
    assert FollowUp.objects.get().reported_on is None
    for version, user in enumerate([make_member(committee), make_user(Role.COORDINATION)], start=1):
        assert report(signed_in(user), follow_up, version=version).status_code == 302
    assert FollowUp.objects.get().reported_on == localdate()


def test_a_report_needs_evidence_and_a_day_that_has_come(coordinator: Client) -> None:
    follow_up = make_resolution(make_committee()).follow_ups.get()

    said = [
        report(coordinator, follow_up, **values).content.decode()
        for values in ({"evidence": ""}, {"reported_on": "2199-01-01"}, {"evidence_url": "http://x.de/"})
    ]

    assert "Bitte geben Sie „Nachweis“ an." in said[0]
    assert "Der Tag liegt nicht zwischen dem Beschluss und heute." in said[1]
    assert "Bitte geben Sie eine Adresse an, die mit https:// beginnt." in said[2]
    assert FollowUp.objects.get().version == 1


def test_what_is_reported_stays_open_until_the_committee_notes_it(coordinator: Client) -> None:
    resolution = make_resolution(make_committee())
    follow_up = resolution.follow_ups.get()
    report(coordinator, follow_up)
    assert list(Resolution.objects.open_for_control()) == [resolution]
    meeting = make_meeting(resolution.committee)
    assert "Als erledigt feststellen" in coordinator.get(meeting.get_absolute_url()).content.decode()

    answer = coordinator.post(address(follow_up, "erledigt"), {"meeting": meeting.pk, "back": "meeting"})
    assert answer["Location"] == meeting.get_absolute_url()
    assert FollowUp.objects.get().noted_in == meeting
    coordinator.post(address(follow_up, "wieder-offen"), {"reason": "Verwechselt", "version": 3})

    assert FollowUp.objects.get().noted_in is None


def test_a_member_takes_back_the_own_report_but_nothing_of_the_coordinator(coordinator: Client) -> None:
    committee = make_committee()
    follow_up = make_resolution(committee).follow_ups.get()
    member = signed_in(make_member(committee))
    coordinator.post(address(follow_up, "bearbeiten"), {"what": "Bericht", "version": 1})

    member.post(f"{address(follow_up, 'rueckgaengig')}?version=2")
    assert FollowUp.objects.get().what == "Bericht"
    report(member, follow_up, version=2)
    member.post(f"{address(follow_up, 'rueckgaengig')}?version=3")

    assert FollowUp.objects.get().reported_on is None


def test_what_was_noted_or_has_lapsed_is_neither_edited_nor_reported(coordinator: Client) -> None:
    committee = make_committee()
    noted = make_resolution(committee, noted_in=make_meeting(committee)).follow_ups.get()
    old = make_resolution(committee, "LK 2026/02")
    make_resolution(committee, "LK 2026/03", supersedes=old)

    for follow_up in (noted, old.follow_ups.get()):
        assert report(coordinator, follow_up).status_code == 404
        assert coordinator.get(address(follow_up, "bearbeiten")).status_code == 404
