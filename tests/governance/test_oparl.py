"""OParl 1.1: the whole graph as an independent reader finds it, and what it never finds."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from governance.models import AgendaItem, Committee, Consultation, Meeting, Paper, PaperFile, Seat, Term
from governance.oparl.catalogue import Catalogue
from governance.oparl.life import Life
from governance.oparl.objects import BODY_LISTS, TYPES
from smartregion.base.history import recorded
from tests.factories import make_committee, make_municipality, make_region
from tests.governance.oparl_client import SCHEMA, Json, Reader, pages
from tests.governance.oparl_rows import (
    CANARY,
    LAST,
    fill_what_is_not_told,
    make_canaries,
    make_everything,
    make_file,
    make_sealed,
    make_station,
)
from tests.governance.rows import make_item, make_meeting, make_paper, make_resolution
from tests.standards import OPARL

needs_schemas = pytest.mark.skipif(not OPARL.is_dir(), reason="the head of the run says so")


@pytest.fixture
def server(transactional_db: None, live_server: LiveServer, settings: Any) -> Iterator[str]:
    settings.PORTAL_URL = live_server.url
    yield f"{live_server.url}/oparl/v1"


def read(address: str) -> Any:
    return json.loads(Client().get(f"/oparl/v1/{address}").content)


def all_times() -> dict[tuple[str, int], Life | None]:
    """More exact than the seconds that are told."""
    catalogue = Catalogue()
    models = {kind.model for kind in TYPES.values()}
    return {
        (model.__name__, pk): catalogue.life(model, pk) for model in models for pk in catalogue.lives(model)
    }


def ids(entries: list[Json]) -> list[int]:
    return [int(entry["id"].rpartition("/")[2]) for entry in entries]


@needs_schemas
def test_a_reader_finds_a_whole_and_valid_graph(server: str) -> None:
    make_canaries(make_everything())
    make_sealed()

    reader = Reader(f"{server}/system")

    assert reader.invalid() == []
    (held,) = [row for row in reader.of("Meeting") if "resultsProtocol" in row]
    assert held["resultsProtocol"]["meeting"] == [held["id"]]
    assert held["resultsProtocol"] in reader.of("File")
    assert reader.one_sided() == []
    assert reader.unlike() == []
    assert {word: len(reader.of(word)) for word in COUNTS} == COUNTS


COUNTS = {
    "System": 1,
    "Body": 2,
    "LegislativeTerm": 1,
    "Organization": 3,
    "Person": 2,
    "Membership": 2,
    "Meeting": 3,
    "Location": 1,
    "AgendaItem": 3,
    "Paper": 2,
    "Consultation": 4,
    "File": 2,
}


@needs_schemas
def test_the_reader_finds_what_is_wrong(server: str) -> None:
    make_everything()
    reader = Reader(f"{server}/system")
    person = reader.of("Person")[0]["id"]
    membership = reader.of("Membership")[0]["id"]
    organization = reader.objects[membership]["organization"]
    del reader.objects[person]["created"]
    reader.objects[membership] |= {"votingRight": "ja", "organization": "anderswo"}

    assert reader.invalid() == [
        f"{person}: without created",
        f"{membership}: 'ja' is not of type 'boolean'",
    ]
    assert reader.one_sided() == [f"{organization} membership {membership} organization"]
    assert set(reader.unlike()) == {person, membership}


@needs_schemas
def test_nothing_that_is_not_public_is_told_anywhere(server: str) -> None:
    make_canaries(make_everything())
    make_sealed()
    reader = Reader(f"{server}/system")
    since = "?modified_since=2000-01-01T00%3A00%3A00%2B01%3A00"
    changes = [entry for address in reader.lists for entry in pages(address + since)]
    text = json.dumps([reader.objects, reader.lists, changes], ensure_ascii=False)

    assert CANARY not in text
    Committee.objects.filter(name=f"{CANARY} internal Gremium").update(visibility="public")
    assert CANARY in json.dumps(Reader(f"{server}/system").objects, ensure_ascii=False)


@pytest.mark.django_db
def test_what_is_not_told_does_not_touch_the_times_of_what_is() -> None:
    committee = make_everything()
    make_canaries(committee)
    before = all_times()
    with recorded(by=None):
        for model in (AgendaItem, PaperFile, Meeting, Paper):
            for row in model.objects.exclude(visibility="public"):
                row.refresh_from_db()
                row.title = f"{row.title} neu"
                row.save_over(row.version)
        item = AgendaItem.objects.get(meeting__title="Frühjahrssitzung", number=1)
        fill_what_is_not_told(committee, item, Paper.objects.get(number="V 1"), "anders")

    assert all_times() == before


@pytest.mark.django_db
def test_an_item_tells_its_public_resolutions() -> None:
    committee = make_everything()
    item = AgendaItem.objects.get(meeting__committee=committee, number=1)

    told = read(f"agendaitem/{item.pk}")

    assert told["result"] == "ungeändert beschlossen; abgelehnt"
    assert told["resolutionText"] == "Das Sensornetz wird ausgebaut.\n\nNicht so."


@pytest.mark.django_db
def test_the_deciding_station_is_authoritative() -> None:
    make_everything()

    told = read(f"paper/{Paper.objects.get(number='V 1').pk}")

    assert [(one["role"], one["authoritative"]) for one in told["consultation"]] == [
        ("Vorberatung", False),
        ("Entscheidung", True),
    ]


@pytest.mark.django_db
def test_a_station_is_left_out_as_long_as_its_committee_is_not_public_and_names_only_public_items() -> None:
    make_region()
    committee, hidden = make_committee(), make_committee("Geheim", visibility="internal")
    paper = make_paper(committee)
    meeting = make_meeting(committee, visibility="internal")
    item = make_item(meeting, visibility="public")
    secret = make_item(make_meeting(committee, "Andere"), visibility="internal")
    make_station(paper, hidden, 1)
    later = make_station(paper, committee, 2, item=item)
    never = make_station(paper, committee, 3, item=secret)

    def items() -> list[Any]:
        found = read(f"paper/{paper.pk}")["consultation"]
        assert ids(found) == [later.pk, never.pk]
        assert all(("agendaItem" in one) == ("meeting" in one) for one in found)
        return [one.get("agendaItem", "").rpartition("/")[2] for one in found]

    assert items() == ["", ""]
    meeting.visibility = "public"
    meeting.save_over(meeting.version)
    assert items() == [str(item.pk), ""]


@pytest.mark.django_db
def test_a_seat_is_a_person_without_a_name_and_a_former_one_stays() -> None:
    committee = make_everything()
    seat = committee.seats.get()

    told = read(f"person/{seat.pk}")

    assert told["name"] == "Früher"
    assert told["smartregion:isExample"] is True
    assert told["membership"][0]["endDate"] == "2021-01-01"
    assert set(told) == {"id", "type", "body", "name", "membership", "web", "created", "modified"} | {
        "smartregion:isExample"
    }


def close(row: Any) -> int:
    row.visibility = "internal"
    row.save_over(row.version)
    return int(row.pk)


def remove(row: Any) -> int:
    pk = int(row.pk)
    row.delete_over(row.version)
    return pk


def free(term: Term) -> Term:
    Seat.objects.update(term=None)
    return term


def without_place(meeting: Meeting) -> int:
    meeting.place = ""
    meeting.save_over(meeting.version)
    return meeting.pk


CLOSING: list[tuple[str, Callable[[Committee], Any]]] = [
    ("meeting", lambda committee: close(committee.meetings.get())),
    ("agendaitem", lambda committee: close(AgendaItem.objects.filter(meeting__committee=committee)[0])),
    ("paper", lambda committee: close(committee.papers.get())),
    ("file", lambda committee: close(PaperFile.objects.get())),
    ("organization", close),
    ("consultation", lambda committee: remove(Consultation.objects.all()[0])),
    ("membership", lambda committee: remove(committee.seats.get())),
    ("person", lambda committee: remove(committee.seats.get())),
    ("legislativeterm", lambda committee: remove(free(Term.objects.get()))),
    ("location", lambda committee: without_place(committee.meetings.get())),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "act"), CLOSING, ids=[word for word, _act in CLOSING])
def test_what_is_gone_or_no_longer_public_leaves_only_a_tombstone(
    word: str, act: Callable[[Committee], Any]
) -> None:
    committee = make_everything()
    before = {entry["id"]: entry for entry in everything_of(word)}
    pk = act(committee)

    told = read(f"{word}/{pk}")

    assert set(told) == {"id", "type", "created", "modified", "deleted"}
    assert told["deleted"] is True
    assert told["created"] == before[told["id"]]["created"]
    assert told["modified"] >= before[told["id"]]["modified"]
    assert told["id"] not in {entry["id"] for entry in everything_of(word)}
    since = "?modified_since=2000-01-01T00%3A00%3A00%2B01%3A00"
    assert told in everything_of(word, since)


def everything_of(word: str, query: str = "") -> list[Json]:
    name = next(name for name, of in BODY_LISTS.items() if of.lower() == word)
    found: list[Json] = read(f"body/1/{name}{query}")["data"]
    return found


@pytest.mark.django_db
def test_what_was_never_public_leaves_no_trace_when_it_goes() -> None:
    make_region()
    committee = make_committee()
    meeting = make_meeting(committee, visibility="internal")
    item = make_item(meeting)
    remove(item)

    assert Client().get(f"/oparl/v1/agendaitem/{item.pk}").status_code == 404
    assert Client().get(f"/oparl/v1/meeting/{meeting.pk}").status_code == 404


@pytest.mark.django_db
def test_what_becomes_public_again_is_no_longer_gone() -> None:
    committee = make_everything()
    meeting = committee.meetings.get()
    first = read(f"meeting/{meeting.pk}")
    close(meeting)
    meeting.visibility = "public"
    meeting.save_over(meeting.version)

    told = read(f"meeting/{meeting.pk}")

    assert set(told) == set(first)
    assert (told["id"], told["created"]) == (first["id"], first["created"])


@pytest.mark.django_db
def test_a_change_within_an_object_changes_its_own_time() -> None:
    committee = make_everything()
    meeting, paper = committee.meetings.get(), committee.papers.get()

    def times() -> list[Any]:
        catalogue = Catalogue()
        lives = [catalogue.life(Meeting, meeting.pk), catalogue.life(Paper, paper.pk)]
        return [life.modified for life in lives if life]

    first = times()
    item = AgendaItem.objects.filter(meeting=meeting)[0]
    make_resolution(committee, "LK 2026/03", item=item)
    make_file(paper, "Noch eine")
    second = times()
    remove(AgendaItem.objects.get(meeting=meeting, number=2))
    remove(Consultation.objects.get(paper=paper, position=LAST))
    third = times()

    assert first[0] < second[0] < third[0]
    assert first[1] < second[1] < third[1]


@pytest.mark.django_db
def test_a_municipality_is_a_body_of_its_own_only_with_a_public_council() -> None:
    make_region()
    place, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    town = make_committee("Rat A", kind="municipal_council", municipality=place)
    make_committee("Rat B", kind="municipal_council", municipality=other, visibility="internal")

    assert [entry["id"].rpartition("/")[2] for entry in read("body")["data"]] == ["1", place.ags]
    assert ids(read(f"body/{place.ags}/organization")["data"]) == [town.pk]
    assert read("body/1/organization")["data"] == []
    assert Client().get(f"/oparl/v1/body/{other.ags}").status_code == 404
    close(town)
    assert read(f"body/{place.ags}")["deleted"] is True


@pytest.mark.django_db
def test_a_file_is_served_as_long_as_it_is_public(client: Client) -> None:
    make_everything()
    file = PaperFile.objects.get()
    address = f"/oparl/v1/file/{file.pk}/content"

    answer = client.get(address)

    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 Anlage", "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="anlage.pdf"'
    close(file)
    assert client.get(address).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["meeting/999", "body/2", "body/1/gibtesnicht", "gibt/es/nicht", "organization/9/meeting"]
)
def test_what_there_is_not_is_said_in_json(client: Client, address: str) -> None:
    make_region()

    answer = client.get(f"/oparl/v1/{address}")

    assert answer.status_code == 404
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json() == {"type": f"{SCHEMA}Error", "message": "Unter dieser Adresse gibt es nichts."}


@pytest.mark.django_db
def test_an_empty_portal_has_nothing_to_tell(client: Client) -> None:
    assert client.get("/oparl/v1/system").status_code == 404
    assert client.get("/oparl/v1/body/1/meeting").status_code == 404


@pytest.mark.django_db
def test_who_has_the_newest_answer_gets_none(client: Client) -> None:
    make_everything()
    first = client.get("/oparl/v1/body/1/meeting")

    again = client.get("/oparl/v1/body/1/meeting", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"


@pytest.mark.django_db
def test_a_list_asks_as_often_for_40_meetings_as_for_4(count_queries: Callable[[], Any]) -> None:
    committee = make_everything()
    addresses = ["body", "body/1", "body/1/meeting", "body/1/paper", "body/1/agendaItem", "body/1/person"]
    addresses += ["body/1/file", "body/1/consultation", f"organization/{committee.pk}/meeting"]

    def costs(number: int) -> list[int]:
        while Meeting.objects.count() < number:
            meeting = make_meeting(committee, place="Saal")
            item = make_item(meeting)
            make_resolution(committee, f"Nr. {item.pk}", item=item)
            paper = make_paper(committee)
            make_file(paper)
            make_station(paper, committee, 1, item=item)
            Seat.objects.create(committee=committee, group="county", function=f"Sitz {item.pk}")
        found = []
        for address in addresses:
            with count_queries() as queries:
                assert Client().get(f"/oparl/v1/{address}").status_code == 200
            found.append(len(queries))
        return found

    assert costs(4) == costs(40)


@pytest.mark.django_db(transaction=True)
def test_nothing_tells_when_an_internal_meeting_took_up_a_public_paper() -> None:
    make_region()
    committee = make_committee()
    paper = make_paper(committee)
    station = make_station(paper, committee)
    items = [
        make_item(make_meeting(committee, title, visibility=visibility), paper=paper)
        for title, visibility in (("Innen", "internal"), ("Außen", "public"))
    ]
    told = [f"consultation/{station.pk}", f"paper/{paper.pk}", "body/1/consultation"]

    def answers() -> list[Any]:
        return [*map(read, told), all_times()]

    before = answers()
    station.item = items[0]
    station.save_over(station.version)
    assert answers() == before

    station.item = items[1]
    station.save_over(station.version)
    assert (
        answers()[-1]["Consultation", station.pk].modified > before[-1]["Consultation", station.pk].modified
    )
    assert read(told[0])["agendaItem"].endswith(f"/agendaitem/{items[1].pk}")
