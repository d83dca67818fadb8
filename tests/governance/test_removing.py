"""Taking something away: only as it was read, with a reason that stays readable, and with a way back."""

from typing import Any

import pytest
from django.test import Client

from governance.models import AgendaItem, FollowUp, Seat
from governance.services.agenda import add_item
from governance.services.followups import note_done
from network.models import Role
from tests.factories import make_committee, make_user
from tests.governance.rows import make_item, make_meeting, make_member, make_resolution

pytestmark = pytest.mark.django_db
CONFLICT = "Jemand anderes hat inzwischen gespeichert. Bitte sehen Sie noch einmal nach."


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION, name="Ada"))
    return client


def make_seat(**values: Any) -> Seat:
    return Seat.objects.create(
        committee=make_committee(), **{"group": "county", "function": "Sprecherin", **values}
    )


def address(row: Seat | AgendaItem) -> str:
    if isinstance(row, Seat):
        return f"{row.committee.get_absolute_url()}sitze/{row.pk}/"
    return f"{row.meeting.get_absolute_url()}top/{row.pk}/"


def remove(client: Client, row: Seat | AgendaItem, version: int = 1, reason: str = "Entfällt") -> Any:
    return client.post(f"{address(row)}entfernen/", {"version": version, "reason": reason}, follow=True)


def test_a_seat_that_someone_changed_meanwhile_is_not_removed(coordinator: Client) -> None:
    seat = make_seat(version=2, function="Sprecherin seit heute")

    page = remove(coordinator, seat)

    assert CONFLICT in page.content.decode()
    assert "Sprecherin seit heute" in page.content.decode()
    assert page.context["form"]["reason"].value() == "Entfällt"
    assert Seat.objects.get() == seat
    remove(coordinator, seat, version=page.context["form"]["version"].value())
    assert Seat.objects.count() == 0


def test_an_item_that_someone_changed_meanwhile_is_not_removed_and_the_change_is_shown(
    coordinator: Client,
) -> None:
    item = make_item(make_meeting(make_committee()))
    values = {"title": "Bericht und Aussprache", "visibility": "public", "version": 1}
    coordinator.post(f"{address(item)}bearbeiten/", {**values, "reason_for_change": "Wunsch der Runde"})

    page = remove(coordinator, item)

    assert CONFLICT in page.content.decode()
    assert "Wunsch der Runde" in page.content.decode()
    assert AgendaItem.objects.get().title == "Bericht und Aussprache"


def test_a_follow_up_that_someone_changed_meanwhile_is_not_reopened(coordinator: Client) -> None:
    resolution = make_resolution(make_committee())
    meeting = make_meeting(resolution.committee)
    follow_up = resolution.follow_ups.get()
    note_done(follow_up=follow_up, meeting=meeting, by=None)

    values = {"version": 1, "reason": "Verwechselt"}
    page = coordinator.post(f"/gremien/lenkungskreis/umsetzung/{follow_up.pk}/wieder-offen/", values)

    assert CONFLICT in page.content.decode()
    assert FollowUp.objects.get().noted_in == meeting


def test_a_removed_seat_comes_back_with_one_click(coordinator: Client) -> None:
    seat = make_seat(user=make_user(Role.STEERING))
    before = Seat.objects.values().get()

    page = remove(coordinator, seat)
    assert f'action="{address(seat)}wiederherstellen/"' in page.content.decode()
    page = coordinator.post(f"{address(seat)}wiederherstellen/", follow=True)

    assert Seat.objects.values().get() == before
    assert "„Sprecherin“ ist wieder da." in page.content.decode()


def test_a_seat_does_not_come_back_beside_its_successor(coordinator: Client) -> None:
    seat = make_seat(is_chair=True)
    remove(coordinator, seat)
    Seat.objects.create(committee=seat.committee, group="county", function="Nachfolge", is_chair=True)

    page = coordinator.post(f"{address(seat)}wiederherstellen/", follow=True)

    assert "Es gibt inzwischen Ersatz." in page.content.decode()
    assert [row.function for row in Seat.objects.all()] == ["Nachfolge"]


def test_a_removed_item_comes_back_under_its_number(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    first, _second = make_item(meeting, 1, "Eins"), make_item(meeting, 2, "Zwei")

    page = remove(coordinator, first)
    assert f'action="{address(first)}wiederherstellen/"' in page.content.decode()
    coordinator.post(f"{address(first)}wiederherstellen/")

    assert list(meeting.items.values_list("number", "title")) == [(1, "Eins"), (2, "Zwei")]


def test_a_removed_item_comes_back_at_the_end_where_its_number_was_given_away(coordinator: Client) -> None:
    meeting = make_meeting(make_committee(), status="held")
    make_item(meeting, 1, "Eins")
    last = make_item(meeting, 2, "Zwei")
    remove(coordinator, last)
    add_item(item=AgendaItem(meeting=meeting, title="Neu", visibility="public"), by=None)

    coordinator.post(f"{address(last)}wiederherstellen/")

    assert list(meeting.items.values_list("number", "title")) == [(1, "Eins"), (2, "Neu"), (3, "Zwei")]


def test_an_item_comes_back_in_its_own_meeting_only(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    item = make_item(meeting)
    remove(coordinator, item)
    other = make_meeting(meeting.committee, "Andere")

    answer = coordinator.post(f"{other.get_absolute_url()}top/{item.pk}/wiederherstellen/")

    assert (answer.status_code, AgendaItem.objects.count()) == (404, 0)


def test_why_a_seat_was_changed_and_removed_stands_in_the_history_of_its_committee(
    coordinator: Client,
) -> None:
    seat = make_seat()
    values = {"group": "county", "function": "Sprecher", "version": 1}
    coordinator.post(f"{address(seat)}bearbeiten/", {**values, "reason_for_change": "Wahl vom Mai"})
    remove(coordinator, seat, version=2, reason="Ausgeschieden")

    changes = coordinator.get(seat.committee.get_absolute_url()).context["changes"]

    assert [(change.subject, change.by, change.reason, change.kind) for change in changes[:2]] == [
        ("Sitz „Sprecher“", "Ada", "Ausgeschieden", "delete"),
        ("Sitz „Sprecher“", "Ada", "Wahl vom Mai", "update"),
    ]


def test_why_an_item_was_changed_and_removed_stands_in_the_history_of_its_meeting(
    coordinator: Client,
) -> None:
    item = make_item(make_meeting(make_committee()))
    values = {"title": "Anders", "visibility": "public", "version": 1}
    coordinator.post(f"{address(item)}bearbeiten/", {**values, "reason_for_change": "Auf Wunsch"})
    remove(coordinator, item, version=2, reason="Vertagt")

    changes = coordinator.get(item.meeting.get_absolute_url()).context["changes"]

    assert [(change.subject, change.reason, change.kind) for change in changes[:2]] == [
        ("TOP 1 „Anders“", "Vertagt", "delete"),
        ("TOP 1 „Anders“", "Auf Wunsch", "update"),
    ]


def test_nobody_else_reads_the_history_of_seats_and_items(client: Client) -> None:
    meeting = make_meeting(make_committee())
    make_item(meeting, title="Geheimsache", visibility="draft").delete()
    pages = [meeting.get_absolute_url(), meeting.committee.get_absolute_url()]
    seen = []
    for user in (None, make_member(meeting.committee), make_user(Role.TEAM), make_user(Role.COORDINATION)):
        if user:
            client.force_login(user)
        texts = [client.get(page).content.decode() for page in pages]
        seen.append((["Verlauf" in text for text in texts], "Geheimsache" in texts[0]))

    assert seen == [([False, False], False)] * 3 + [([True, True], True)]
