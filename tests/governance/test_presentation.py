"""What the pages of an agenda show to whom, and the presentation: nothing non-public before guests."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from governance.models import Committee, Meeting
from network.models import Role
from tests.factories import make_committee, make_measure, make_municipality, make_region, make_user
from tests.governance.readers import reader
from tests.governance.rows import (
    make_item,
    make_meeting,
    make_member,
    make_paper,
    make_red,
    make_report,
    make_resolution,
    make_topic,
)

pytestmark = pytest.mark.django_db
READERS = ["visitor", "municipality", "member of another", "team", "administration", "member", "coordinator"]


def fill(committee: Committee, **values: Any) -> Meeting:
    """An agenda with all that can stand there, each in three visibilities with its canary word."""
    meeting = make_meeting(committee, **{"starts_at": now() + timedelta(days=2), **values})
    number = 0
    for word, visibility in [("Amsel", "public"), ("Biber", "internal"), ("Dachs", "draft")]:
        seen: Any = {"visibility": visibility}
        paper = make_paper(committee, f"Vorlage {word}", proposed_resolution=f"Vorschlag {word}", **seen)
        number += 1
        item = make_item(meeting, number, f"Punkt {word}", text=f"Text {word}", paper=paper, **seen)
        make_resolution(committee, f"2026/{word}", item=item, wording=f"Wortlaut {word}", **seen)
        make_red(f"Netz {word}", f"Grund {word}", **seen)
        make_topic(committee, f"Thema {word}", **seen)
        number += 1
        make_item(meeting, number, f"Weiter {word}", paper=paper, **seen)
    for kind in ("control", "red_measures", "report", "wishes"):
        number += 1
        make_item(meeting, number, kind=kind, title=f"Liste {kind}")
    make_report("internal")
    return meeting


def words_in(answer: Any) -> set[str]:
    text = answer.content.decode()
    return {
        word
        for word in ("Amsel", "Biber", "Dachs", "Nichtöffentlicher Teil", "nichtöffentlich")
        if word in text
    }


@pytest.mark.parametrize("kind", READERS)
def test_the_pages_of_a_meeting_show_each_reader_only_what_they_may_see(client: Client, kind: str) -> None:
    make_region()
    committee = make_committee()
    meeting = fill(committee)
    if user := reader(kind, committee):
        client.force_login(user)
    # An account reads internal measures; the three words of their titles and reasons are not the committee's.
    expected = {
        "visitor": ({"Amsel"}, {"Amsel"}),
        "member": (
            {"Amsel", "Biber", "Nichtöffentlicher Teil", "nichtöffentlich"},
            {"Amsel", "Biber", "nichtöffentlich"},
        ),
        "coordinator": (
            {"Amsel", "Biber", "Dachs", "Nichtöffentlicher Teil", "nichtöffentlich"},
            {"Amsel", "Biber", "Dachs", "nichtöffentlich"},
        ),
    }
    base = meeting.get_absolute_url()
    found = words_in(client.get(base)), words_in(client.get(f"{base}praesentation/"))

    others = ({"Amsel", "Biber"}, {"Amsel", "Biber"})
    assert found == expected.get(kind, others)
    if kind in {"municipality", "member of another", "team", "administration"}:
        text = client.get(base).content.decode()
        assert sorted(set(re.findall(r"\w+ Biber", text))) == ["Grund Biber", "Netz Biber"]


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_the_public_part_throws_nothing_on_the_wall_that_not_everybody_may_read(
    client: Client, kind: str, visibility: str
) -> None:
    make_region()
    committee = make_committee()
    meeting = fill(committee, visibility=visibility)
    if user := reader(kind, committee):
        client.force_login(user)

    answer = client.get(f"{meeting.get_absolute_url()}praesentation/?teil=oeffentlich")

    if visibility == "internal" and kind not in {"member", "coordinator"}:
        assert answer.status_code == 404
    else:
        assert words_in(answer) == {"Amsel"}


@pytest.mark.parametrize("kind", READERS)
def test_the_backlog_shows_each_reader_only_what_they_may_see(client: Client, kind: str) -> None:
    committee = make_committee()
    fill(committee)
    if user := reader(kind, committee):
        client.force_login(user)
    pages = [f"{committee.get_absolute_url()}themen/", committee.get_absolute_url()]
    found = [
        set(re.findall(r"Thema (\w+)", client.get(page).content.decode())) & {"Amsel", "Biber", "Dachs"}
        for page in pages
    ]

    seen = {"member": {"Amsel", "Biber"}, "coordinator": {"Amsel", "Biber", "Dachs"}}.get(kind, {"Amsel"})
    assert found == [seen, seen]


def test_a_topic_on_a_hidden_item_is_told_to_nobody_who_does_not_see_the_item(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, "Klausur Biber", visibility="internal")
    make_topic(committee, "Schulung", item=make_item(meeting))

    page = client.get(f"{committee.get_absolute_url()}themen/").content.decode()

    assert ("Biber" in page, "Schulung" in page) == (False, False)


def shown(client: Client, meeting: Meeting, query: str) -> str:
    page = client.get(f"{meeting.get_absolute_url()}praesentation/{query}").content.decode()
    found = re.search(r'present--shown" aria-labelledby="top-(\d+)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("query", "top"),
    [
        ("", "1"),
        ("?top=3", "3"),
        ("?top=0", "1"),
        ("?top=99", "1"),
        ("?top=x", "1"),
        ("?top=²", "1"),
        ("?teil=x", "1"),
    ],
)
def test_the_address_names_the_item_and_a_wrong_one_shows_the_first(
    client: Client, query: str, top: str
) -> None:
    meeting = make_meeting(make_committee())
    for number in (1, 2, 3):
        make_item(meeting, number)

    assert shown(client, meeting, query) == top


def test_a_presentation_without_items_says_so(client: Client) -> None:
    page = client.get(f"{make_meeting(make_committee()).get_absolute_url()}praesentation/")

    assert "Es ist keine Tagesordnung veröffentlicht." in page.content.decode()


def test_steps_lead_to_neighbours_first_and_last_and_keep_to_the_public_part(client: Client) -> None:
    meeting = make_meeting(make_committee())
    for number in range(1, 5):
        make_item(meeting, number)
    make_item(meeting, 5, visibility="internal")
    client.force_login(make_user(Role.COORDINATION))

    def steps(query: str) -> list[str]:
        answer = client.get(f"{meeting.get_absolute_url()}praesentation/{query}")
        return [step["url"] for step in answer.context["steps"]]

    assert steps("?top=3") == ["?top=1", "?top=2", "?top=4", "?top=5"]
    assert steps("?top=5") == ["?top=1", "?top=4", "", ""]
    part = "&teil=oeffentlich"
    assert steps(f"?top=4{part}") == [f"?top=1{part}", f"?top=3{part}", "", ""]
    assert steps("?teil=oeffentlich") == ["", "", f"?top=2{part}", f"?top=4{part}"]


def test_the_switch_between_the_parts_is_offered_to_those_who_see_both(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee)
    make_item(meeting)
    make_item(meeting, 2, visibility="internal")
    switches = []
    for user in (None, make_user(Role.MUNICIPALITY, make_municipality()), make_member(committee)):
        if user:
            client.force_login(user)
        pages = [
            client.get(f"{meeting.get_absolute_url()}praesentation/{query}")
            for query in ("", "?teil=oeffentlich")
        ]
        switches.append([page.context["switch"] and page.context["switch"]["url"] for page in pages])

    assert switches == [[None, None], [None, None], ["?top=1&teil=oeffentlich", "?top=1"]]


def test_an_item_is_shown_with_proposal_votes_and_progress(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee)
    paper = make_paper(committee, proposed_resolution="Der Ausbau wird beschlossen.")
    item = make_item(meeting, text="Worum es geht.", paper=paper)
    make_item(meeting, 2)
    votes = {"votes_for": 9, "votes_against": 0, "abstentions": 2}
    make_resolution(committee, item=item, wording="Ausgebaut wird.", **votes).measures.add(make_measure())

    page = " ".join(client.get(f"{meeting.get_absolute_url()}praesentation/").content.decode().split())

    for text in ("TOP 1 von 2", "Worum es geht.", "Der Ausbau wird beschlossen.", "Ausgebaut wird."):
        assert text in page
    assert "einstimmig (9 Ja, 0 Nein, 2 Enthaltungen)" in page


def test_the_wall_offers_no_button_that_changes_something(client: Client) -> None:
    committee = make_committee()
    make_resolution(committee)
    meeting = make_meeting(committee, starts_at=now())
    make_item(meeting, kind="control")
    client.force_login(make_user(Role.COORDINATION))

    assert "Als erledigt feststellen" in client.get(meeting.get_absolute_url()).content.decode()
    page = client.get(f"{meeting.get_absolute_url()}praesentation/").content.decode()
    assert "Als erledigt feststellen" not in page
