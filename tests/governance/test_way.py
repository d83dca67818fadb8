"""The way of a paper from station to station: the last one decides, and what each station says."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.utils.timezone import localdate, now

from governance.models import AgendaItem, Consultation, Paper, Resolution
from governance.services.consultations import move_station, put_on_agenda, remove_station
from governance.way import way_of
from network.models import Role
from tests.beside import refusal_of, while_open
from tests.factories import make_committee, make_user
from tests.governance.rows import make_item, make_meeting, make_paper, make_resolution, make_station

pytestmark = pytest.mark.django_db
ONE_DECIDES = "Es entscheidet schon ein anderes Gremium; nur das letzte der Beratungsfolge entscheidet."


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def make_way(*roles: str) -> list[Consultation]:
    """A paper with a station of each role, at committees A, B, C …"""
    paper = make_paper(make_committee())
    return [
        make_station(paper, make_committee(chr(ord("A") + place)), role) for place, role in enumerate(roles)
    ]


def order() -> str:
    return "".join(Consultation.objects.values_list("committee__name", flat=True))


def address(station: Consultation) -> str:
    return f"{station.paper.get_absolute_url()}stationen/{station.pk}/"


def add(client: Client, paper: Paper, **values: Any) -> Any:
    return client.post(f"{paper.get_absolute_url()}stationen/neu/", values)


def test_a_new_station_comes_last_but_before_the_one_that_decides(coordinator: Client) -> None:
    first, _last = make_way("prepare", "decide")

    add(coordinator, first.paper, committee=make_committee("C").pk, role="note")

    assert order() == "ACB"


def test_only_one_station_decides(coordinator: Client) -> None:
    first, last = make_way("prepare", "decide")

    page = add(coordinator, first.paper, committee=make_committee("C").pk, role="decide")
    edited = coordinator.post(
        f"{address(first)}bearbeiten/", {"committee": first.committee_id, "role": "decide", "version": 1}
    )

    assert ONE_DECIDES in page.content.decode()
    assert ONE_DECIDES in edited.content.decode()
    assert [row.pk for row in Consultation.objects.filter(role="decide")] == [last.pk]


def test_only_the_last_station_can_become_the_one_that_decides(coordinator: Client) -> None:
    first, last = make_way("prepare", "note")

    refused = coordinator.post(
        f"{address(first)}bearbeiten/", {"committee": first.committee_id, "role": "decide", "version": 1}
    )
    taken = coordinator.post(
        f"{address(last)}bearbeiten/", {"committee": last.committee_id, "role": "decide", "version": 1}
    )

    assert "Nur die letzte Station entscheidet. Bitte schieben Sie sie erst ans Ende." in (
        refused.content.decode()
    )
    assert taken.status_code == 302
    assert list(Consultation.objects.values_list("role", flat=True)) == ["prepare", "decide"]


def test_the_database_holds_that_the_last_one_decides() -> None:
    first, last = make_way("prepare", "decide")
    behind = Consultation(paper=first.paper, committee=first.committee, role="note", position=9)
    wrong: list[Callable[[], Any]] = [
        behind.save,
        lambda: Consultation.objects.filter(pk=first.pk).update(position=F("position") + 7),
        lambda: Consultation.objects.filter(pk=first.pk).update(role="decide"),
    ]
    for attempt in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()

    assert list(Consultation.objects.values_list("pk", "role")) == [
        (first.pk, "prepare"),
        (last.pk, "decide"),
    ]


def test_the_database_links_a_station_only_with_an_item_of_its_committee_and_paper() -> None:
    (station,) = make_way("prepare")
    other = make_paper(station.committee, "Andere")
    wrong = [
        make_item(make_meeting(station.committee), paper=other),
        make_item(make_meeting(station.committee)),
        make_item(make_meeting(make_committee("Z")), paper=station.paper),
    ]
    for item in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Consultation.objects.filter(pk=station.pk).update(item=item)
    right = make_item(make_meeting(station.committee), paper=station.paper)

    assert Consultation.objects.filter(pk=station.pk).update(item=right) == 1


def test_stations_change_places_by_button_and_the_last_one_stays(coordinator: Client) -> None:
    first, second, last = make_way("prepare", "note", "decide")
    page = coordinator.get(first.paper.get_absolute_url()).content.decode()
    assert page.count('name="direction"') == 2

    coordinator.post(f"{address(second)}verschieben/", {"direction": "up"})
    assert order() == "BAC"
    coordinator.post(f"{address(second)}verschieben/", {"direction": "down"})
    assert order() == "ABC"
    for station, direction in ((second, "down"), (last, "up")):
        said = coordinator.post(f"{address(station)}verschieben/", {"direction": direction}, follow=True)
        assert "Die letzte Station entscheidet; sie bleibt am Ende." in said.content.decode()
    said = coordinator.post(f"{address(first)}verschieben/", {"direction": "up"}, follow=True)
    assert "Die Station steht schon am Ende der Beratungsfolge." in said.content.decode()

    assert order() == "ABC"


def remove(client: Client, station: Consultation, version: int = 1) -> Any:
    values = {"version": version, "reason": "Entfällt"}
    return client.post(f"{address(station)}entfernen/", values, follow=True)


def test_a_removed_station_comes_back_in_its_place(coordinator: Client) -> None:
    first, _second, _last = make_way("prepare", "note", "decide")

    page = remove(coordinator, first)
    assert order() == "BC"
    assert f'action="{address(first)}wiederherstellen/"' in page.content.decode()
    coordinator.post(f"{address(first)}wiederherstellen/")

    assert order() == "ABC"


def test_a_station_comes_back_before_the_one_that_decides_by_now(coordinator: Client) -> None:
    first, second, third = make_way("prepare", "note", "note")
    remove(coordinator, third)
    remove(coordinator, second)
    make_station(first.paper, make_committee("D"), "decide")

    coordinator.post(f"{address(third)}wiederherstellen/")

    assert order() == "ACD"


def test_one_that_decided_does_not_come_back_beside_its_successor(coordinator: Client) -> None:
    first, last = make_way("prepare", "decide")
    remove(coordinator, last)
    make_station(first.paper, make_committee("D"), "decide")

    page = coordinator.post(f"{address(last)}wiederherstellen/", follow=True)

    assert "Es gibt inzwischen Ersatz." in page.content.decode()
    assert order() == "AD"


def test_a_station_with_a_resolution_stays(coordinator: Client) -> None:
    (station,) = make_way("prepare")
    deal_with(station, "adopted")

    page = remove(coordinator, station)

    assert "An dieser Station gibt es einen Beschluss; sie bleibt deshalb stehen." in page.content.decode()
    assert order() == "A"


def deal_with(station: Consultation, outcome: str = "", **values: Any) -> AgendaItem:
    """Let the station's committee deal with the paper in a meeting that was held."""
    meeting = make_meeting(station.committee, **{"status": "held", **values})
    item = make_item(meeting, paper=station.paper)
    Consultation.objects.filter(pk=station.pk).update(item=item)
    if outcome:
        number = f"{station.committee.name} 1"
        make_resolution(station.committee, number, item=item, outcome=outcome, resolved_on=meeting.day)
    return item


def states(paper: Paper) -> list[str]:
    return [str(station.state) for station in way_of(paper, make_user(Role.COORDINATION))]


def test_each_station_says_where_the_paper_stands(client: Client) -> None:
    first, second, third, last = make_way("prepare", "prepare", "note", "decide")
    deal_with(first, "adopted")
    planned = make_meeting(second.committee, starts_at=now() + timedelta(days=9))
    Consultation.objects.filter(pk=second.pk).update(item=make_item(planned, paper=second.paper))
    day = localdate() + timedelta(days=30)
    Consultation.objects.filter(pk=third.pk).update(planned_on=day)

    page = " ".join(client.get(last.paper.get_absolute_url()).content.decode().split())

    assert states(last.paper) == ["done", "next", "open", "open"]
    assert "<strong>beraten</strong> am" in page
    assert f"<strong>geplant</strong> am {planned.day:%d.%m.%Y}: <a" in page
    assert f"<strong>geplant</strong> am {day:%d.%m.%Y}</p>" in page
    assert "noch nicht terminiert" in page


@pytest.mark.parametrize(
    ("outcome", "state"), [("adopted", "done"), ("noted", "done"), ("", "done"), ("postponed", "next")]
)
def test_what_was_only_postponed_is_still_to_come(outcome: str, state: str) -> None:
    (station,) = make_way("prepare")
    deal_with(station, outcome)

    assert states(station.paper) == [state]


def test_a_cancelled_meeting_has_not_dealt_with_the_paper(client: Client) -> None:
    (station,) = make_way("prepare")
    deal_with(station, status="cancelled")

    assert states(station.paper) == ["next"]
    assert "<strong>abgesagt</strong>" in client.get(station.paper.get_absolute_url()).content.decode()


def test_an_item_that_was_given_to_another_paper_no_longer_tells_of_this_one(client: Client) -> None:
    (station,) = make_way("prepare")
    item = deal_with(station, "adopted")
    AgendaItem.objects.filter(pk=item.pk).update(paper=make_paper(station.committee, "Andere"))

    assert states(station.paper) == ["next"]
    assert "A 1" not in client.get(station.paper.get_absolute_url()).content.decode()


def test_what_is_resolved_before_the_decision_is_a_recommendation(client: Client) -> None:
    first, last = make_way("prepare", "decide")
    deal_with(first, "adopted")
    deal_with(last, "adopted")

    page = client.get(first.paper.get_absolute_url()).content.decode()

    assert [first.is_recommendation, last.is_recommendation] == [True, False]
    recommended = Resolution.objects.filter(item__consultation__in=Consultation.objects.recommending())
    assert [row.number for row in recommended] == ["A 1"]
    assert page.count("Beschlussempfehlung") == 1


def test_a_paper_is_put_on_the_agenda_of_a_coming_meeting(coordinator: Client) -> None:
    (station,) = make_way("prepare")
    Paper.objects.update(visibility="internal")
    meeting = make_meeting(station.committee, starts_at=now() + timedelta(days=9))
    foreign = make_meeting(make_committee("B"), starts_at=now() + timedelta(days=9))
    held = make_meeting(station.committee)

    for wrong in (foreign, held):
        page = coordinator.post(f"{address(station)}tagesordnung/", {"meeting": wrong.pk})
        assert page.status_code == 200
    coordinator.post(f"{address(station)}tagesordnung/", {"meeting": meeting.pk})

    item = AgendaItem.objects.get()
    assert (item.meeting, item.paper, item.title) == (meeting, station.paper, station.paper.title)
    assert item.visibility == "internal"
    assert Consultation.objects.get().item == item


def test_the_item_that_already_has_the_paper_is_linked_and_not_doubled() -> None:
    (station,) = make_way("prepare")
    meeting = make_meeting(station.committee, starts_at=now() + timedelta(days=9))
    item = make_item(meeting, paper=station.paper)

    put_on_agenda(station=station, meeting=meeting, by=None)

    assert Consultation.objects.get().item == item
    assert AgendaItem.objects.count() == 1
    with pytest.raises(ValidationError):
        put_on_agenda(station=station, meeting=meeting, by=None)


def test_a_committee_without_a_coming_meeting_is_told_so(coordinator: Client) -> None:
    (station,) = make_way("prepare")

    page = coordinator.get(f"{address(station)}tagesordnung/").content.decode()

    assert "Dieses Gremium hat keine kommende Sitzung." in page


def test_a_station_is_linked_by_its_form_only_with_what_fits(coordinator: Client) -> None:
    (station,) = make_way("prepare")
    fitting = make_item(make_meeting(station.committee), paper=station.paper)
    elsewhere = make_item(make_meeting(make_committee("B")), paper=station.paper)
    values = {"committee": station.committee_id, "role": "prepare", "version": 1}

    refused = coordinator.post(f"{address(station)}bearbeiten/", {**values, "item": elsewhere.pk})
    coordinator.post(f"{address(station)}bearbeiten/", {**values, "item": fitting.pk})

    assert "Dieser TOP gehört nicht zu diesem Gremium und dieser Vorlage." in refused.content.decode()
    assert Consultation.objects.get().item == fitting


def test_why_a_station_was_changed_stands_in_the_history_of_its_paper(coordinator: Client) -> None:
    (station,) = make_way("prepare")
    values = {"committee": station.committee_id, "role": "note", "version": 1, "reason_for_change": "Wunsch"}
    coordinator.post(f"{address(station)}bearbeiten/", values)

    change = coordinator.get(station.paper.get_absolute_url()).context["changes"][0]

    assert (change.subject, change.reason) == ("Station „A“", "Wunsch")
    assert [(field.before, field.after) for field in change.fields] == [("Vorberatung", "Kenntnisnahme")]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_shall_decide_at_the_same_moment_the_second_is_refused() -> None:
    paper = make_paper(make_committee())
    first, second = make_committee("A"), make_committee("B")

    said = while_open(
        partial(make_station, paper, first, "decide"),
        partial(refusal_of, partial(make_station, paper, second, "decide")),
    )

    assert (said, order()) == (ONE_DECIDES, "A")


@pytest.mark.django_db(transaction=True)
def test_a_station_that_is_being_removed_is_not_moved() -> None:
    _first, second = make_way("prepare", "note")

    said = while_open(
        partial(remove_station, station=second, version=1, by=None),
        partial(refusal_of, partial(move_station, station=second, upwards=True, by=None)),
    )

    assert (said, order()) == ("Diese Station gibt es nicht mehr.", "A")
