"""The backlog of a committee: proposed by members, kept and placed by the coordinator."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from governance.models import AgendaItem, Meeting, Resolution, Seat, Topic
from governance.services.agenda import remove_item, restore_item
from governance.services.backlog import put_on_agenda
from governance.services.resolutions import record_resolution
from network.models import Role
from tests.factories import make_committee, make_municipality, make_user
from tests.governance.rows import draft_of, make_item, make_meeting, make_member, make_topic

pytestmark = pytest.mark.django_db
BACKLOG = "/gremien/lenkungskreis/themen/"


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def next_meeting(**values: Any) -> Meeting:
    return make_meeting(make_committee(), starts_at=now() + timedelta(days=9), **values)


def place(client: Client, topic: Topic, meeting: Any, version: Any = 1, **values: Any) -> Any:
    data = {"meeting": getattr(meeting, "pk", meeting), "version": version, **values}
    return client.post(f"{BACKLOG}{topic.pk}/tagesordnung/", data, follow=True)


def said(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def test_a_member_proposes_a_topic_for_the_own_seat(client: Client) -> None:
    committee = make_committee()
    client.force_login(make_member(committee))
    assert "Thema vorschlagen" in client.get(BACKLOG).content.decode()

    values = {"title": "Schulung", "text": "Für alle.", "visibility": "public", "proposed_by": "Andere"}
    client.post(f"{BACKLOG}neu/", values)

    topic = Topic.objects.get()
    assert (topic.title, topic.text, topic.proposed_by) == ("Schulung", "Für alle.", "Mitglied")
    assert (topic.committee, topic.visibility, topic.item) == (committee, "internal", None)


@pytest.mark.parametrize("kind", ["visitor", "team", "municipality", "administration", "former", "another"])
def test_whoever_has_no_seat_proposes_nothing(client: Client, kind: str) -> None:
    committee = make_committee()
    member = make_member(committee)
    if kind == "former":
        Seat.objects.update(ends_on=now().date() - timedelta(days=1))
    users = {
        "visitor": lambda: None,
        "team": lambda: make_user(Role.TEAM),
        "municipality": lambda: make_user(Role.MUNICIPALITY, make_municipality()),
        "administration": lambda: make_user(Role.ADMINISTRATION),
        "former": lambda: member,
        "another": lambda: make_member(make_committee("Arbeitskreis")),
    }
    if user := users[kind]():
        client.force_login(user)

    assert "Thema vorschlagen" not in client.get(BACKLOG).content.decode()
    expected = 302 if kind == "visitor" else 404
    assert client.get(f"{BACKLOG}neu/").status_code == expected
    assert client.post(f"{BACKLOG}neu/", {"title": "Schulung"}).status_code == expected
    assert client.post(f"{BACKLOG}neu/?entwurf=speichern", {"title": "Schulung"}).status_code == expected
    assert Topic.objects.count() == 0


def test_the_coordinator_adds_edits_undoes_removes_and_restores_a_topic(coordinator: Client) -> None:
    make_committee()
    values = {"title": "Schulung", "proposed_by": "Vorsitz", "visibility": "public"}

    coordinator.post(f"{BACKLOG}neu/", values)
    topic = Topic.objects.get()
    assert (topic.proposed_by, topic.visibility) == ("Vorsitz", "public")
    page = coordinator.post(f"{BACKLOG}{topic.pk}/bearbeiten/", {**values, "title": "Kurs", "version": 1})
    assert page["Location"] == f"{BACKLOG}#thema-{topic.pk}"
    coordinator.post(f"{BACKLOG}{topic.pk}/rueckgaengig/?version=2")
    assert Topic.objects.get().title == "Schulung"
    coordinator.post(f"{BACKLOG}{topic.pk}/entfernen/", {"version": 3, "reason": "Erledigt"})
    assert Topic.objects.count() == 0
    coordinator.post(f"{BACKLOG}{topic.pk}/wiederherstellen/")

    assert Topic.objects.get().title == "Schulung"


def test_the_second_editor_of_a_topic_loses_no_text(coordinator: Client) -> None:
    topic = make_topic(make_committee(), text="Fassung der anderen", version=2)
    values = {"title": topic.title, "text": "Meine Fassung", "visibility": "public", "version": 1}

    page = coordinator.post(f"{BACKLOG}{topic.pk}/bearbeiten/", values)

    assert page.status_code == 409
    assert "Fassung der anderen" in page.content.decode() and "Meine Fassung" in page.content.decode()


def test_a_topic_goes_onto_the_agenda_with_one_click_on_the_page_of_the_meeting(coordinator: Client) -> None:
    meeting = next_meeting()
    topic = make_topic(meeting.committee, text="Warum", visibility="internal")
    assert (
        f"{BACKLOG}{topic.pk}/tagesordnung/" in coordinator.get(meeting.get_absolute_url()).content.decode()
    )

    page = place(coordinator, topic, meeting, back="meeting")

    item = AgendaItem.objects.get()
    assert (item.title, item.text, item.visibility, item.number) == ("Schulung", "Warum", "internal", 1)
    assert Topic.objects.get().item == item
    assert page.redirect_chain[-1][0] == item.get_absolute_url()
    assert "Wartende Themen" not in page.content.decode()


def test_the_backlog_offers_the_meetings_to_come_and_tells_where_a_topic_went(coordinator: Client) -> None:
    meeting = next_meeting()
    make_meeting(meeting.committee, "Abgesagte", starts_at=meeting.starts_at, status="cancelled")
    make_meeting(meeting.committee, "Vergangene")
    topic = make_topic(meeting.committee)
    assert list(coordinator.get(BACKLOG).context["coming"]) == [meeting]

    page = place(coordinator, topic, meeting)

    assert said(page) == "„Schulung“ steht auf der Tagesordnung: Frühjahrssitzung, TOP 1."
    assert list(page.context["topics"]) == []
    assert list(page.context["placed"]) == [topic]


def test_a_topic_is_placed_once_over_the_version_that_was_read_and_in_an_open_agenda(
    coordinator: Client,
) -> None:
    meeting = next_meeting()
    held = make_meeting(meeting.committee)
    foreign = make_meeting(make_committee("Kreistag"), starts_at=meeting.starts_at)
    topic = make_topic(meeting.committee)

    for target, version in ((held, 1), (foreign, 1), (meeting, 7), ("x", 1), (meeting, "x"), ("9" * 30, 1)):
        assert "warning" in {
            m.level_tag for m in place(coordinator, topic, target, version).context["messages"]
        }
    assert AgendaItem.objects.count() == 0
    place(coordinator, topic, meeting)
    assert said(place(coordinator, topic, meeting, 2)) == "Dieses Thema steht schon auf einer Tagesordnung."

    assert AgendaItem.objects.count() == 1


def test_a_topic_waits_again_when_its_item_is_removed_and_comes_along_when_that_comes_back() -> None:
    meeting = next_meeting()
    topic = make_topic(meeting.committee)
    item = put_on_agenda(topic=topic, meeting=meeting, version=1, by=None)
    found = []

    remove_item(item=item, version=1, by=None)
    found.append(list(Topic.objects.waiting()))
    restore_item(pk=found and AgendaItem.pgh_event_model.objects.last().pgh_obj_id, meeting=meeting, by=None)
    found.append(list(Topic.objects.waiting()))

    assert found == [[topic], []]
    assert Topic.objects.get().item.title == "Schulung"


def test_undoing_takes_no_topic_off_an_agenda(coordinator: Client) -> None:
    meeting = next_meeting()
    topic = make_topic(meeting.committee)
    put_on_agenda(topic=topic, meeting=meeting, version=1, by=None)

    page = coordinator.post(f"{BACKLOG}{topic.pk}/rueckgaengig/?version=2", follow=True)

    assert "Von der Tagesordnung kommt ein Thema, wenn dort sein Punkt entfernt wird." in said(page)
    assert Topic.objects.get().item == AgendaItem.objects.get()


def postpone(item: AgendaItem, **values: Any) -> Resolution:
    draft = draft_of(item, **{"outcome": "postponed", **values})
    return record_resolution(resolution=draft, measures=[], by=None)


def test_what_was_postponed_waits_again() -> None:
    committee = make_committee()
    meeting = make_meeting(committee)
    item = make_item(meeting, title="Gebühren", text="Höhe", visibility="internal")
    topic = make_topic(committee, item=make_item(meeting, 2))

    postpone(item)
    postpone(item, wording="Noch einmal vertagt.")
    postpone(topic.item)

    waiting = Topic.objects.waiting().order_by("title").values_list("title", "text", "visibility")
    assert list(waiting) == [("Gebühren", "Höhe", "internal"), ("Schulung", "", "public")]


@pytest.mark.parametrize("outcome", [value for value in Resolution.Outcome.values if value != "postponed"])
def test_what_was_dealt_with_does_not_wait_again(outcome: str) -> None:
    postpone(make_item(make_meeting(make_committee())), outcome=outcome)

    assert Topic.objects.count() == 0


def test_an_automatic_item_that_was_postponed_needs_no_topic() -> None:
    postpone(make_item(make_meeting(make_committee()), kind="control"))

    assert Topic.objects.count() == 0
