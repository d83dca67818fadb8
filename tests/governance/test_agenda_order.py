"""The order of an agenda: public before non-public, 1..n without gaps, and fixed once it was held."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.models import AgendaItem, Meeting
from governance.models.agenda import ORDER_OF_PARTS
from governance.services.agenda import (
    FIXED,
    ORDER_CHANGED,
    add_item,
    move_item,
    remove_item,
    reorder,
    restore_item,
)
from network.models import Role
from smartregion.base.history import recorded
from smartregion.base.undo import undo_last_change
from tests.factories import make_committee, make_user
from tests.governance.rows import make_item, make_meeting, make_resolution

pytestmark = pytest.mark.django_db
VISIBILITIES = st.sampled_from(ORDER_OF_PARTS)
PLACES = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("add"), VISIBILITIES),
    st.tuples(st.just("move"), PLACES, st.booleans()),
    st.tuples(st.just("remove"), PLACES),
    st.tuples(st.just("restore")),
    st.tuples(st.just("edit"), PLACES, VISIBILITIES),
    st.tuples(st.just("undo"), PLACES),
    st.tuples(st.just("reorder"), st.randoms(use_true_random=False)),
)


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def agenda_of(meeting: Meeting) -> list[tuple[int, str]]:
    return list(meeting.items.values_list("number", "title"))


def fill(meeting: Meeting, public: str = "ABC", internal: str = "XY") -> dict[str, AgendaItem]:
    for title in public + internal:
        visibility = "public" if title in public else "internal"
        add_item(item=AgendaItem(meeting=meeting, title=title, visibility=visibility), by=None)
    return {item.title: item for item in meeting.items.all()}


def edit(item: AgendaItem, **values: Any) -> AgendaItem:
    item.refresh_from_db()
    for name, value in values.items():
        setattr(item, name, value)
    with recorded(by=None):
        return item.save_over(item.version)


def play(meeting: Meeting, steps: list[Any]) -> None:
    """Do each step on the item at its place, counted around; nothing where there is none."""
    removed: list[int] = []
    for verb, *values in steps:
        items = list(meeting.items.all())
        if verb == "add":
            add_item(item=AgendaItem(meeting=meeting, title="Punkt", visibility=values[0]), by=None)
        elif verb == "restore" and removed:
            restore_item(pk=removed.pop(), meeting=meeting, by=None)
        elif verb == "reorder":
            keys = [item.pk for item in items]
            reorder(meeting=meeting, order=values[0].sample(keys, len(keys)), read=keys, by=None)
        elif items and verb in {"move", "remove", "edit", "undo"}:
            item = items[values[0] % len(items)]
            if verb == "move":
                move_item(item=item, upwards=values[1], by=None)
            elif verb == "remove":
                removed.append(item.pk)
                remove_item(item=item, version=item.version, by=None)
            elif verb == "edit":
                edit(item, visibility=values[1])
            elif item.version > 1:
                undo_last_change(item, version=item.version, by=None)


def is_in_order(meeting: Meeting) -> bool:
    items = list(meeting.items.all())
    parts = [item.part for item in items]
    return [item.number for item in items] == list(range(1, len(items) + 1)) and parts == sorted(parts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=12), status=st.sampled_from(Meeting.AGENDA_IS_OPEN))
def test_whatever_is_done_numbers_run_from_1_to_n_and_public_items_come_first(
    committee: Any, steps: list[Any], status: str
) -> None:
    meeting = make_meeting(committee, status=status)

    play(meeting, steps)

    assert is_in_order(meeting)


@pytest.fixture
def committee() -> Any:
    return make_committee()


def test_the_check_of_the_order_finds_a_gap_and_a_public_item_behind_an_internal_one() -> None:
    meeting = make_meeting(make_committee())
    item = make_item(meeting, 2)
    assert not is_in_order(meeting)
    make_item(meeting, 1, visibility="internal")
    assert not is_in_order(meeting)
    item.delete()
    assert is_in_order(meeting)


def test_an_item_that_becomes_internal_moves_to_the_other_part_and_undoing_brings_it_back() -> None:
    meeting = make_meeting(make_committee())
    b = fill(meeting)["B"]

    edit(b, visibility="internal")
    assert agenda_of(meeting) == [(1, "A"), (2, "C"), (3, "B"), (4, "X"), (5, "Y")]
    undo_last_change(b, version=b.version, by=None)

    assert agenda_of(meeting) == [(1, "A"), (2, "B"), (3, "C"), (4, "X"), (5, "Y")]


def test_the_form_that_changes_the_visibility_moves_the_item_and_its_message_takes_it_back(
    coordinator: Client,
) -> None:
    meeting = make_meeting(make_committee())
    a = fill(meeting)["A"]
    address = f"{meeting.get_absolute_url()}top/{a.pk}/"

    values = {"title": "A", "visibility": "internal", "version": a.version}
    page = coordinator.post(f"{address}bearbeiten/", values, follow=True)
    assert agenda_of(meeting) == [(1, "B"), (2, "C"), (3, "A"), (4, "X"), (5, "Y")]
    assert f"{address}rueckgaengig/?version=2" in page.content.decode()
    coordinator.post(f"{address}rueckgaengig/?version=2")

    assert agenda_of(meeting) == [(1, "A"), (2, "B"), (3, "C"), (4, "X"), (5, "Y")]


def test_drafts_come_last_so_that_no_gap_tells_a_member_of_them() -> None:
    meeting = make_meeting(make_committee())
    fill(meeting, "A", "")
    for title, visibility in (("Entwurf", "draft"), ("Intern", "internal"), ("Zwei", "draft")):
        add_item(item=AgendaItem(meeting=meeting, title=title, visibility=visibility), by=None)

    assert agenda_of(meeting) == [(1, "A"), (2, "Intern"), (3, "Entwurf"), (4, "Zwei")]


def test_buttons_move_an_item_within_its_part_only(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    x = fill(meeting)["X"]

    page = coordinator.post(
        f"{meeting.get_absolute_url()}top/{x.pk}/verschieben/", {"direction": "up"}, follow=True
    )

    assert "Der Punkt steht schon am Ende seines Teils." in page.content.decode()
    assert agenda_of(meeting)[3:] == [(4, "X"), (5, "Y")]


def order(client: Client, meeting: Meeting, keys: Any, read: Any, **headers: Any) -> Any:
    values = {"order": ",".join(map(str, keys)), "read": ",".join(map(str, read))}
    return client.post(f"{meeting.get_absolute_url()}tagesordnung/reihenfolge/", values, headers=headers)


def test_the_whole_order_is_sent_at_once_and_the_answer_is_the_agenda(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    read = [items[title].pk for title in "ABCXY"]

    answer = order(coordinator, meeting, [items[title].pk for title in "CABYX"], read, HX_Request="true")

    assert agenda_of(meeting) == [(1, "C"), (2, "A"), (3, "B"), (4, "Y"), (5, "X")]
    page = answer.content.decode()
    assert (answer.status_code, page.count("<li id=")) == (200, 5)
    assert f'data-read="{",".join(str(items[title].pk) for title in "CABYX")}"' in page


def test_an_order_across_the_parts_leaves_each_item_in_its_part(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    read = [items[title].pk for title in "ABCXY"]

    order(coordinator, meeting, reversed(read), read)

    assert "".join(title for _number, title in agenda_of(meeting)) == "CBAYX"


def test_the_second_of_two_who_reorder_is_told_and_sees_the_first_ones_order(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    read = [items[title].pk for title in "ABCXY"]
    order(coordinator, meeting, [items[title].pk for title in "BACXY"], read)

    late = order(coordinator, meeting, [items[title].pk for title in "CABXY"], read, HX_Request="true")
    plain = coordinator.get(order(coordinator, meeting, read, read)["Location"]).content.decode()

    assert late.status_code == 409
    assert str(ORDER_CHANGED) in late.content.decode() and str(ORDER_CHANGED) in plain
    assert "".join(title for _number, title in agenda_of(meeting)) == "BACXY"


@pytest.mark.parametrize("keys", ["", "1", "0,0,0,0,0", "x", "9" * 30, "²", "\x00", ","])
def test_an_order_that_is_none_changes_nothing(coordinator: Client, keys: str) -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    read = [items[title].pk for title in "ABCXY"]

    assert order(coordinator, meeting, [keys], read).status_code == 302
    assert order(coordinator, meeting, read, [keys]).status_code == 302
    assert "".join(title for _number, title in agenda_of(meeting)) == "ABCXY"


def test_items_of_another_meeting_cannot_be_smuggled_in(coordinator: Client) -> None:
    meeting, other = make_meeting(make_committee()), make_meeting(make_committee("Kreistag"))
    items, foreign = fill(meeting, "AB", ""), fill(other, "CD", "")
    read = [items["A"].pk, items["B"].pk]

    order(coordinator, meeting, [items["B"].pk, foreign["C"].pk], read)

    assert (agenda_of(meeting), agenda_of(other)) == ([(1, "A"), (2, "B")], [(1, "C"), (2, "D")])


def refusal_of(verb: Callable[[], Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        verb()
    return " ".join(refusal.value.messages)


def test_once_the_meeting_was_held_what_the_public_has_read_keeps_its_number() -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    Meeting.objects.update(status="held")
    keys = [item.pk for item in meeting.items.all()]

    remove_item(item=items["B"], version=1, by=None)
    edit(items["A"], visibility="internal")
    add_item(item=AgendaItem(meeting=meeting, title="Neu", visibility="public"), by=None)

    assert agenda_of(meeting) == [(1, "A"), (3, "C"), (4, "Neu"), (5, "X"), (6, "Y")]
    assert refusal_of(partial(reorder, meeting=meeting, order=keys, read=keys, by=None)) == str(FIXED)
    assert refusal_of(partial(move_item, item=items["C"], upwards=True, by=None)) == str(FIXED)


@pytest.mark.parametrize("visibility", ORDER_OF_PARTS)
def test_an_item_added_to_a_held_meeting_leaves_no_reader_a_gap(visibility: str) -> None:
    meeting = make_meeting(make_committee())
    fill(meeting, "AB", "X")
    add_item(item=AgendaItem(meeting=meeting, title="Entwurf", visibility="draft"), by=None)
    Meeting.objects.update(status="held")

    add_item(item=AgendaItem(meeting=meeting, title="Neu", visibility=visibility), by=None)

    read = ORDER_OF_PARTS.index(visibility) + 1
    for readable in (ORDER_OF_PARTS[:1], ORDER_OF_PARTS[:2], ORDER_OF_PARTS):
        numbers = list(meeting.items.filter(visibility__in=readable).values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1)), readable
    assert meeting.items.filter(visibility__in=ORDER_OF_PARTS[:read]).last().title == "Neu"


def test_what_becomes_public_after_the_meeting_follows_the_public_items_without_a_gap() -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    Meeting.objects.update(status="held")

    edit(items["Y"], visibility="public")
    assert agenda_of(meeting) == [(1, "A"), (2, "B"), (3, "C"), (4, "Y"), (5, "X")]
    edit(items["Y"], title="Yps")

    assert agenda_of(meeting) == [(1, "A"), (2, "B"), (3, "C"), (4, "Yps"), (5, "X")]


def test_what_was_removed_from_a_held_meeting_comes_back_to_its_place_or_behind_its_part() -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    keys = {title: item.pk for title, item in items.items()}
    Meeting.objects.update(status="held")

    remove_item(item=items["B"], version=1, by=None)
    restore_item(pk=keys["B"], meeting=meeting, by=None)
    assert agenda_of(meeting) == [(1, "A"), (2, "B"), (3, "C"), (4, "X"), (5, "Y")]
    remove_item(item=AgendaItem.objects.get(title="C"), version=1, by=None)
    add_item(item=AgendaItem(meeting=meeting, title="Neu", visibility="public"), by=None)
    restore_item(pk=keys["C"], meeting=meeting, by=None)

    assert agenda_of(meeting) == [(1, "A"), (2, "B"), (3, "Neu"), (4, "C"), (5, "X"), (6, "Y")]


def test_the_page_of_a_held_meeting_offers_no_way_to_move_an_item(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    fill(meeting)
    offered = []
    for status in ("invited", "held"):
        Meeting.objects.update(status=status)
        page = coordinator.get(meeting.get_absolute_url()).content.decode()
        offered.append(("verschieben/" in page, "reihenfolge/" in page, "vorbereiten/" in page))

    assert offered == [(True, True, True), (False, False, False)]


def marks(meeting: Meeting) -> tuple[bool, bool]:
    """Whether the public and the non-public part count as changed since the invitation."""
    meeting.refresh_from_db()
    found = meeting.agenda_changed_at is not None, meeting.internal_agenda_changed_at is not None
    Meeting.objects.update(agenda_changed_at=None, internal_agenda_changed_at=None)
    return found


def test_changes_after_the_invitation_are_marked_in_the_part_in_which_they_were_made() -> None:
    meeting = make_meeting(make_committee(), status="planned")
    items = fill(meeting)
    assert marks(meeting) == (False, False)
    Meeting.objects.update(status="invited")
    found = []
    for change in (
        lambda: add_item(item=AgendaItem(meeting=meeting, title="D", visibility="draft"), by=None),
        lambda: move_item(item=items["B"], upwards=True, by=None),
        lambda: move_item(item=items["Y"], upwards=True, by=None),
        lambda: edit(items["A"], title="Anders"),
        lambda: edit(items["X"], minutes="Beraten"),
        lambda: edit(items["C"], visibility="internal"),
        lambda: remove_item(item=AgendaItem.objects.get(title="Y"), version=2, by=None),
    ):
        change()
        found.append(marks(meeting))

    public, internal, both, none = (True, False), (False, True), (True, True), (False, False)
    assert found == [none, public, internal, public, none, both, internal]


def test_a_visitor_does_not_learn_that_the_non_public_part_was_changed(client: Client) -> None:
    meeting = make_meeting(make_committee(), status="invited")
    add_item(item=AgendaItem(meeting=meeting, title="X", visibility="internal"), by=None)
    told = ["Nach der Einladung geändert am" in client.get(meeting.get_absolute_url()).content.decode()]
    client.force_login(make_user(Role.COORDINATION))
    told.append("Nach der Einladung geändert am" in client.get(meeting.get_absolute_url()).content.decode())

    assert told == [False, True]


def test_once_something_was_resolved_the_numbers_stay_though_the_meeting_is_not_yet_noted_as_held() -> None:
    meeting = make_meeting(make_committee())
    items = fill(meeting)
    make_resolution(meeting.committee, item=items["C"])

    with pytest.raises(ValidationError, match="steht fest"):
        move_item(item=items["C"], upwards=True, by=None)
