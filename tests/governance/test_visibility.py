"""What each kind of reader finds of a committee. Canary words stand for what must not leak."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client
from django.utils.timezone import now

from governance.models import Committee, Resolution
from governance.panels import resolutions_about, steering
from measures.models import Measure
from network.models import Role
from smartregion.base.panels import panels_for
from tests.factories import make_committee, make_measure, make_region, make_user
from tests.governance.readers import READERS, reader
from tests.governance.rows import make_item, make_meeting, make_member, make_paper, make_resolution

pytestmark = pytest.mark.django_db


def fill(committee: Committee) -> None:
    """One row of each kind and visibility, each with its canary word."""
    for word, visibility in [("Amsel", "public"), ("Biber", "internal"), ("Dachs", "draft")]:
        paper = make_paper(committee, f"Vorlage {word}", visibility=visibility, body=word)
        for days in (-7, 7):
            meeting = make_meeting(
                committee, f"Sitzung {word}", visibility=visibility, starts_at=now() + timedelta(days=days)
            )
            item = make_item(meeting, title=f"Punkt {word}", visibility=visibility, paper=paper, text=word)
        outer = make_meeting(committee, "Offene Sitzung")
        item = make_item(outer, title=f"Punkt {word}", visibility=visibility, paper=paper)
        resolution = make_resolution(
            committee, f"2026/{word}", title=f"Beschluss {word}", item=item, visibility=visibility
        )
        measure = make_measure(f"Maßnahme {word}", visibility=visibility)
        resolution.measures.add(measure)


def words_on_all_pages(client: Client, committee: Committee) -> set[str]:
    """The canary words on every page of the committee that answers."""
    rows = [committee, *committee.meetings.all(), *committee.papers.all(), *committee.resolutions.all()]
    addresses = ["/gremien/", *(row.get_absolute_url() for row in rows)]
    addresses += [
        f"/gremien/{committee.slug}/sitzungen/",
        f"/gremien/{committee.slug}/vorlagen/",
        "/vorlagen/",
    ]
    answers = [client.get(address) for address in addresses]
    text = "".join(answer.content.decode() for answer in answers if answer.status_code == 200)
    return {word for word in ("Amsel", "Biber", "Dachs") if word in text}


@pytest.mark.parametrize(("kind", "words"), READERS)
def test_a_reader_finds_only_what_is_visible_to_them(client: Client, kind: str, words: set[str]) -> None:
    make_region()
    committee = make_committee()
    fill(committee)
    Measure.objects.update(visibility="public", title="Maßnahme")
    if user := reader(kind, committee):
        client.force_login(user)

    assert words_on_all_pages(client, committee) == words


def test_a_measure_is_named_by_a_resolution_only_to_those_who_may_see_it(client: Client) -> None:
    committee = make_committee()
    item = make_item(make_meeting(committee))
    resolution = make_resolution(committee, item=item)
    resolution.measures.add(make_measure("Geheimnetz", visibility="internal"))

    for page in (resolution.get_absolute_url(), item.meeting.get_absolute_url()):
        assert "Geheimnetz" not in client.get(page).content.decode()
    client.force_login(make_user(Role.TEAM))
    assert "Geheimnetz" in client.get(resolution.get_absolute_url()).content.decode()


def test_a_public_resolution_of_an_internal_meeting_says_nothing_of_the_meeting(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, "Klausur Biber", visibility="internal")
    item = make_item(meeting, title="Punkt Biber", visibility="internal")
    resolution = make_resolution(committee, item=item, noted_in=meeting)

    page = client.get(resolution.get_absolute_url())

    assert page.status_code == 200
    assert "Biber" not in page.content.decode()
    assert f"/sitzungen/{meeting.pk}/" not in page.content.decode()


@pytest.mark.parametrize("kind", ["meeting", "paper", "resolution", "committee"])
def test_an_internal_row_cannot_be_told_from_a_missing_one(client: Client, kind: str) -> None:
    committee = make_committee()
    row = {
        "meeting": lambda: make_meeting(committee, visibility="internal"),
        "paper": lambda: make_paper(committee, visibility="internal"),
        "resolution": lambda: make_resolution(committee, visibility="internal"),
        "committee": lambda: make_committee("Runde", visibility="internal"),
    }[kind]()

    for user in (None, make_user(Role.TEAM)):
        if user:
            client.force_login(user)
        assert client.get(row.get_absolute_url()).status_code == 404


def test_a_public_row_of_an_internal_committee_is_not_public(client: Client) -> None:
    committee = make_committee(visibility="internal")
    rows = [make_meeting(committee), make_paper(committee), make_resolution(committee)]

    assert [client.get(row.get_absolute_url()).status_code for row in rows] == [404, 404, 404]


def test_a_row_answers_only_below_its_own_committee(client: Client) -> None:
    meeting = make_meeting(make_committee())
    make_committee("Arbeitskreis")

    assert client.get(f"/gremien/arbeitskreis/sitzungen/{meeting.pk}/").status_code == 404


def test_the_agenda_keeps_its_numbers_where_an_item_is_not_public(client: Client) -> None:
    meeting = make_meeting(make_committee())
    make_item(meeting, 1)
    make_item(meeting, 2, "Biber", visibility="internal")
    make_item(meeting, 3)

    page = client.get(meeting.get_absolute_url()).content.decode()

    assert [f'id="top-{number}"' in page for number in (1, 2, 3)] == [True, False, True]


def test_the_history_is_read_by_the_coordinator_only(client: Client) -> None:
    committee = make_committee()
    resolution = make_resolution(committee)
    shown = []
    for user in (None, make_member(committee), make_user(Role.COORDINATION)):
        if user:
            client.force_login(user)
        shown.append("Verlauf" in client.get(resolution.get_absolute_url()).content.decode())

    assert shown == [False, False, True]


def test_panels_tell_each_reader_only_what_they_may_see() -> None:
    committee = make_committee()
    measure = make_measure()
    public = make_resolution(committee)
    internal = make_resolution(committee, "LK 2026/02", visibility="internal")
    for resolution in (public, internal):
        resolution.measures.add(measure)
    make_meeting(committee, visibility="internal", starts_at=now() + timedelta(days=3))

    seen: Callable[[dict | None], set[Resolution]] = lambda panel: set((panel or {})["resolutions"])  # noqa: E731

    assert seen(resolutions_about(measure, AnonymousUser())) == {public}
    assert seen(resolutions_about(measure, make_member(committee))) == {public, internal}
    assert steering(None, AnonymousUser()) == {"meeting": None, "resolutions": [public]}
    assert resolutions_about(make_measure("Andere"), AnonymousUser()) is None


@pytest.mark.parametrize(("subject", "key"), [("measure", "resolutions"), ("home", "steering")])
def test_panels_link_to_their_resolutions(subject: str, key: str) -> None:
    measure = make_measure()
    resolution = make_resolution(make_committee())
    resolution.measures.add(measure)

    panel = next(panel for panel in panels_for(subject, measure, AnonymousUser()) if panel["key"] == key)

    assert resolution.get_absolute_url() in render_to_string(panel["template"], {"panel": panel})
