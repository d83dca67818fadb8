"""What each reader finds of a paper, its attachments and its way. Animals stand for what must not leak."""

from typing import Any

import pytest
from django.test import Client

from governance.models import Committee, Consultation, Paper, PaperFile
from governance.story import story_of
from governance.way import way_of
from network.models import Role, User
from tests.factories import make_committee, make_municipality, make_region, make_user
from tests.governance.rows import (
    make_file,
    make_item,
    make_meeting,
    make_member,
    make_paper,
    make_resolution,
    make_station,
)
from tests.scale import by_turns

pytestmark = pytest.mark.django_db
READERS = ["visitor", "municipality", "team", "administration", "outsider", "second", "first", "coordinator"]
"""Members of no committee on the way, of the second and of the first one, among the six kinds of reader."""
LOOKING = by_turns(READERS, of=2)


def reader(kind: str, first: Committee, second: Committee) -> User | None:
    return {
        "visitor": lambda: None,
        "municipality": lambda: make_user(Role.MUNICIPALITY, make_municipality()),
        "team": lambda: make_user(Role.TEAM),
        "administration": lambda: make_user(Role.ADMINISTRATION),
        "outsider": lambda: make_member(make_committee("Beirat")),
        "second": lambda: make_member(second),
        "first": lambda: make_member(first),
        "coordinator": lambda: make_user(Role.COORDINATION),
    }[kind]()


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def pages_of(client: Client, *papers: Paper) -> str:
    """All pages that could speak of the papers, as far as they answer."""
    addresses = ["/vorlagen/", "/vorlagen/?q=Vorlage", "/gremien/"]
    addresses += [committee.get_absolute_url() for committee in Committee.objects.all()]
    addresses += [f"{committee.get_absolute_url()}vorlagen/" for committee in Committee.objects.all()]
    addresses += [f"{paper.get_absolute_url()}{tail}" for paper in papers for tail in ("", "geschichte/")]
    addresses += [meeting.get_absolute_url() for paper in papers for meeting in meetings_of(paper)]
    answers = [client.get(address) for address in addresses]
    return "".join(answer.content.decode() for answer in answers if answer.status_code == 200)


def meetings_of(paper: Paper) -> list[Any]:
    return [item.meeting for item in paper.agenda_items.select_related("meeting__committee")]


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("public", set(READERS)),
        ("internal", {"second", "first", "coordinator"}),
        ("draft", {"coordinator"}),
    ],
)
def test_a_paper_is_read_by_the_members_of_every_committee_on_its_way(
    visibility: str, readers: set[str]
) -> None:
    make_region()
    first, second = make_committee("Lenkungskreis"), make_committee("Konferenz")
    paper = make_paper(first, "Vorlage Amsel", visibility=visibility, body="Biber", number="Dachs 1")
    make_station(paper, first)
    make_station(paper, second, "decide")

    found = set()
    for kind in LOOKING:
        client = client_of(reader(kind, first, second))
        text = pages_of(client, paper)
        is_read = client.get(paper.get_absolute_url()).status_code == 200
        assert [word in text for word in ("Vorlage Amsel", "Biber", "Dachs 1")] == [is_read] * 3
        assert (client.get("/vorlagen/").context["page_obj"].paginator.count == 1) == is_read
        found |= {kind} if is_read else set()

    assert found == readers & set(LOOKING)


def test_who_left_the_second_committee_or_its_way_reads_no_longer() -> None:
    first, second = make_committee(), make_committee("Konferenz")
    paper = make_paper(first, visibility="internal")
    station = make_station(paper, second)
    member = make_member(second)
    client = client_of(member)

    codes = [client.get(paper.get_absolute_url()).status_code]
    second.seats.update(ends_on="2020-01-01")
    codes.append(client.get(paper.get_absolute_url()).status_code)
    second.seats.update(ends_on=None)
    station.delete()
    codes.append(client.get(paper.get_absolute_url()).status_code)

    assert codes == [200, 404, 404]


def test_a_member_of_the_second_committee_opens_the_paper_and_nothing_else_of_the_first() -> None:
    make_region()
    first, second = make_committee(), make_committee("Konferenz")
    paper = make_paper(first, "Vorlage", visibility="internal")
    make_paper(first, "Andere Vorlage Biber", visibility="internal", answers=paper, body="Biber")
    meeting = make_meeting(first, "Sitzung Biber", visibility="internal", status="held")
    item = make_item(meeting, title="Punkt Biber", visibility="internal", paper=paper, text="Biber")
    resolution = make_resolution(first, "Biber 1", item=item, visibility="internal", title="Biber")
    make_station(paper, first, item=item)
    make_station(paper, second, "decide")
    Paper.objects.filter(pk=paper.pk).update(refers_to=resolution)
    member = make_member(second)

    text = pages_of(client_of(member), *Paper.objects.all())

    assert "Biber" not in text
    assert meeting.get_absolute_url() not in text
    assert [str(station.state) for station in way_of(paper, member)] == ["next", "open"]
    assert "Biber" in pages_of(client_of(make_member(first)), *Paper.objects.all())


@pytest.mark.parametrize("visibility", ["internal", "draft"])
def test_a_station_at_a_hidden_committee_is_neither_named_nor_counted(visibility: str) -> None:
    make_region()
    first, hidden = make_committee(), make_committee("Runde Biber", visibility=visibility)
    last = make_committee("Konferenz")
    paper = make_paper(first, "Vorlage")
    item = make_item(make_meeting(hidden, "Sitzung Biber", status="held"), title="Biber", paper=paper)
    make_resolution(hidden, "Biber 1", item=item, title="Biber")
    make_station(paper, hidden, item=item)
    make_station(paper, last, "decide")

    seen = {}
    for kind in LOOKING:
        user = reader(kind, first, last)
        client = client_of(user)
        text = pages_of(client, paper)
        page = client.get(paper.get_absolute_url())
        seen[kind] = "biber" in text.lower()
        shown = [str(station.state) for station in page.context["way"]]
        assert shown == (["done", "next"] if kind == "coordinator" else ["next"])

    assert seen == {kind: kind == "coordinator" for kind in LOOKING}


def test_a_paper_of_a_hidden_committee_does_not_name_it_to_the_next_one() -> None:
    make_region()
    hidden, second = make_committee("Runde Biber", visibility="internal"), make_committee("Konferenz")
    paper = make_paper(hidden, "Vorlage", visibility="public")
    make_station(paper, hidden)
    make_station(paper, second, "decide")

    member, visitor = client_of(make_member(second)), client_of(None)
    page = member.get(paper.get_absolute_url())

    assert (page.status_code, visitor.get(paper.get_absolute_url()).status_code) == (200, 404)
    text = pages_of(member, paper).lower()
    assert "vorlage" in text and "biber" not in text
    assert "biber" in pages_of(client_of(make_member(hidden)), paper).lower()


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("public", set(READERS)),
        ("internal", {"second", "first", "coordinator"}),
        ("draft", {"coordinator"}),
    ],
)
def test_an_attachment_is_listed_and_served_only_to_those_who_may_see_it(
    visibility: str, readers: set[str]
) -> None:
    make_region()
    first, second = make_committee(), make_committee("Konferenz")
    paper = make_paper(first)
    make_station(paper, second)
    file = make_file(paper, "Anlage Biber", visibility=visibility)

    found = set()
    for kind in LOOKING:
        client = client_of(reader(kind, first, second))
        page = client.get(paper.get_absolute_url()).content.decode()
        served = client.get(f"{paper.get_absolute_url()}anlagen/{file.pk}/").status_code
        assert served == (200 if "Anlage Biber" in page else 404)
        found |= {kind} if served == 200 else set()

    assert found == readers & set(LOOKING)


def test_a_public_attachment_of_an_internal_paper_is_not_public() -> None:
    paper = make_paper(make_committee(), visibility="internal")
    file = make_file(paper)

    for client in (client_of(None), client_of(make_user(Role.TEAM))):
        assert client.get(f"{paper.get_absolute_url()}anlagen/{file.pk}/").status_code == 404


def test_without_the_rule_everybody_would_find_everything() -> None:
    """Negative control: what the readers above do not find is there."""
    first, second = make_committee(), make_committee("Konferenz")
    paper = make_paper(first, visibility="draft")
    make_station(paper, second)
    make_file(paper, visibility="draft")
    visitor = make_user(Role.TEAM)

    rules = [model.objects.visible_to(visitor).count() for model in (Paper, PaperFile, Consultation)]
    stored = [model.objects.count() for model in (Paper, PaperFile, Consultation)]

    assert (rules, stored) == ([0, 0, 0], [1, 1, 1])


def test_the_filters_offer_no_committee_and_no_year_of_hidden_papers(client: Client) -> None:
    make_paper(make_committee(), dated="2024-05-01")
    make_paper(make_committee("Biber"), visibility="internal", dated="1999-05-01")

    page = client.get("/vorlagen/").content.decode()

    assert [word in page for word in ("Lenkungskreis", "2024", "Biber", "1999")] == [True, True, False, False]


def test_a_story_tells_of_an_answer_and_a_resolution_only_what_the_reader_may_see() -> None:
    committee = make_committee()
    motion = make_paper(committee)
    resolution = make_resolution(committee, visibility="internal")
    public = make_paper(committee, "Öffentlich", kind="statement", answers=motion, refers_to=resolution)
    make_paper(committee, "Intern", kind="statement", answers=motion, visibility="internal", way_note="Biber")

    stories = [story_of(motion, user) for user in (make_user(Role.TEAM), make_member(committee))]

    assert [(len(story.answers), story.notes, story.resolutions) for story in stories] == [
        (1, [], []),
        (2, ["Biber"], [resolution]),
    ]
    assert stories[0].answers == [public]
