"""The verbs of committees, and what the rules of procedure forbid."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.utils.timezone import localdate, now

from governance.models import AgendaItem, FollowUp, Resolution
from governance.services.agenda import add_item, move_item, remove_item
from governance.services.followups import note_done, take_back_done
from governance.services.meetings import cancel_meeting
from governance.services.resolutions import next_number, record_resolution, supersede_resolution
from smartregion.base.versioned import EditConflict
from tests.factories import make_committee, make_measure
from tests.governance.rows import draft_of, make_item, make_meeting, make_resolution

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("prefix", "number"), [("LK", "LK 2026/02"), ("", "2026/02")])
def test_the_register_counts_by_year_below_its_prefix(prefix: str, number: str) -> None:
    committee = make_committee(number_prefix=prefix)
    make_resolution(committee, resolved_on=date(2026, 2, 1))
    make_resolution(committee, "LK 2025/07", resolved_on=date(2025, 2, 1))

    assert next_number(committee=committee, year=2026) == (2, number)
    assert next_number(committee=committee, year=2024)[0] == 1


def test_a_register_gives_the_numbers() -> None:
    item = make_item(make_meeting(make_committee(number_prefix="LK")))
    year = item.meeting.day.year
    measure = make_measure()

    numbers = [
        record_resolution(resolution=draft_of(item, title=title), measures=[measure], by=None).number
        for title in ("Ausbau", "Betrieb")
    ]

    assert numbers == [f"LK {year}/01", f"LK {year}/02"]
    assert measure.resolutions.count() == 2


def test_without_a_register_the_number_of_the_source_is_needed_once() -> None:
    item = make_item(make_meeting(make_committee(keeps_register=False)))
    record_resolution(resolution=draft_of(item, number="KT 7"), measures=[], by=None)

    for number in ("", "KT 7"):
        with pytest.raises(ValidationError):
            record_resolution(resolution=draft_of(item, title="Neu", number=number), measures=[], by=None)
    assert Resolution.objects.get().sequence is None


def test_nothing_is_recorded_before_the_day_of_the_meeting() -> None:
    item = make_item(make_meeting(make_committee(), starts_at=now() + timedelta(days=2)))

    with pytest.raises(ValidationError):
        record_resolution(resolution=draft_of(item), measures=[], by=None)


@pytest.mark.parametrize("field", ["wording", "outcome", "title", "votes_for", "resolved_on"])
def test_the_database_refuses_to_change_what_was_resolved(field: str) -> None:
    resolution = make_resolution(make_committee(), votes_for=1, votes_against=0, abstentions=0)
    other = {
        "wording": "Anders",
        "outcome": "noted",
        "title": "Anders",
        "votes_for": 9,
        "resolved_on": localdate(),
    }

    with pytest.raises(ProgrammingError), transaction.atomic():
        Resolution.objects.filter(pk=resolution.pk).update(**{field: other[field]})
    with pytest.raises(ProgrammingError), transaction.atomic():
        Resolution.objects.filter(pk=resolution.pk)._raw_delete("default")


def test_a_superseded_resolution_is_no_longer_in_force_nor_open() -> None:
    old = make_resolution(make_committee())
    new = draft_of(make_item(make_meeting(old.committee)))

    supersede_resolution(old=old, resolution=new, measures=[], by=None)

    assert list(Resolution.objects.in_force()) == [new]
    assert list(Resolution.objects.open_for_control()) == [new]
    with pytest.raises(ValidationError):
        supersede_resolution(old=old, resolution=draft_of(new.item), measures=[], by=None)


def test_a_new_version_is_seen_by_all_who_saw_the_old_one() -> None:
    old = make_resolution(make_committee())
    new = draft_of(make_item(make_meeting(old.committee)))
    new.visibility = "internal"

    with pytest.raises(ValidationError):
        supersede_resolution(old=old, resolution=new, measures=[], by=None)


def test_a_resolution_returns_on_every_agenda_until_it_is_noted_as_done() -> None:
    committee = make_committee()
    resolution = make_resolution(committee)
    first, second, third = (
        make_meeting(committee, starts_at=now() - timedelta(days=days)) for days in (21, 14, 7)
    )
    earlier = make_meeting(committee, starts_at=now() - timedelta(days=60))

    follow_up = resolution.follow_ups.get()
    note_done(follow_up=follow_up, meeting=second, by=None)

    meetings = (earlier, first, second, third)
    checked = [list(FollowUp.objects.to_be_checked_in(meeting)) for meeting in meetings]
    assert checked == [[], [follow_up], [follow_up], []]
    with pytest.raises(ValidationError):
        note_done(follow_up=follow_up, meeting=third, by=None)


def test_noting_as_done_can_be_taken_back() -> None:
    resolution = make_resolution(make_committee())
    follow_up = resolution.follow_ups.get()
    note_done(follow_up=follow_up, meeting=make_meeting(resolution.committee), by=None)

    take_back_done(follow_up=follow_up, version=2, by=None, reason="Verwechselt")

    assert list(Resolution.objects.open_for_control()) == [resolution]
    with pytest.raises(ValidationError):
        take_back_done(follow_up=follow_up, version=2, by=None, reason="Verwechselt")


def test_only_a_meeting_of_the_committee_after_the_resolution_can_note_it_as_done() -> None:
    resolution = make_resolution(make_committee())
    other = make_meeting(make_committee("Arbeitskreis"))
    ahead = make_meeting(resolution.committee, starts_at=now() + timedelta(days=2))
    cancelled = make_meeting(resolution.committee, status="cancelled")
    before = make_meeting(resolution.committee, starts_at=now() - timedelta(days=60))

    for meeting in (other, ahead, cancelled, before):
        with pytest.raises(ValidationError):
            note_done(follow_up=resolution.follow_ups.get(), meeting=meeting, by=None)
    assert FollowUp.objects.get().noted_in is None


def test_a_resolution_is_open_until_each_of_its_follow_ups_is_noted() -> None:
    resolution = make_resolution(make_committee())
    first = resolution.follow_ups.get()
    second = FollowUp.objects.create(resolution=resolution, what="Bericht", due_on=localdate())
    meeting = make_meeting(resolution.committee)

    seen = []
    for follow_up in (first, second):
        note_done(follow_up=follow_up, meeting=meeting, by=None)
        (row,) = Resolution.objects.with_control()
        open_ones, settled = Resolution.objects.open_for_control(), Resolution.objects.settled()
        seen.append((row.is_open, row.is_settled, row.next_due_on, open_ones.count(), settled.count()))

    assert seen == [(True, False, localdate(), 1, 0), (False, True, None, 0, 1)]


def test_a_binding_resolution_gets_a_follow_up_and_another_one_none() -> None:
    item = make_item(make_meeting(make_committee()))
    adopted, noted = draft_of(item), draft_of(item, title="Bericht", outcome="noted")
    for draft in (adopted, noted):
        record_resolution(resolution=draft, measures=[], by=None)

    assert [row.what for row in adopted.follow_ups.all()] == ["Umsetzung des Beschlusses"]
    assert list(noted.follow_ups.all()) == []


def test_what_stands_there_word_for_word_is_not_recorded_twice() -> None:
    item = make_item(make_meeting(make_committee()))
    record_resolution(resolution=draft_of(item), measures=[], by=None)

    with pytest.raises(ValidationError, match="Dieser Beschluss ist schon festgehalten"):
        record_resolution(resolution=draft_of(item), measures=[], by=None)


def test_what_is_to_be_done_is_never_deleted() -> None:
    follow_up = make_resolution(make_committee()).follow_ups.get()

    with pytest.raises(ProgrammingError), transaction.atomic():
        follow_up.delete()


def test_open_resolutions_stand_with_the_longest_overdue_first() -> None:
    committee = make_committee()
    none, late, soon = (
        make_resolution(committee, f"LK 2026/{number}", due_on=due)
        for number, due in enumerate([None, localdate() - timedelta(days=5), localdate() + timedelta(days=5)])
    )
    make_resolution(committee, "LK 2026/9", outcome="noted")

    assert list(Resolution.objects.open_for_control()) == [late, soon, none]


def test_items_are_added_at_the_end_and_moved_by_one_place() -> None:
    meeting = make_meeting(make_committee())
    for title in ("A", "B", "C"):
        add_item(item=AgendaItem(meeting=meeting, title=title), by=None)
    c = AgendaItem.objects.get(title="C")

    assert move_item(item=c, upwards=True, by=None) is True
    assert "".join(meeting.items.values_list("title", flat=True)) == "ACB"
    assert move_item(item=c, upwards=True, by=None) is True
    assert move_item(item=c, upwards=True, by=None) is False
    assert "".join(meeting.items.values_list("title", flat=True)) == "CAB"


def test_an_item_with_a_resolution_stays_on_the_agenda() -> None:
    item = make_item(make_meeting(make_committee()))
    make_resolution(item.meeting.committee, item=item)
    other = make_item(item.meeting, 2)

    with pytest.raises(ValidationError):
        remove_item(item=item, version=1, by=None)
    remove_item(item=other, version=1, by=None)
    assert list(AgendaItem.objects.all()) == [item]


def test_a_meeting_is_cancelled_only_over_the_version_that_was_read_and_without_results() -> None:
    meeting = make_meeting(make_committee())
    with pytest.raises(EditConflict):
        cancel_meeting(meeting=meeting, version=7, by=None)
    item = make_item(meeting)
    make_resolution(meeting.committee, item=item)
    with pytest.raises(ValidationError):
        cancel_meeting(meeting=meeting, version=1, by=None)
    empty = make_meeting(meeting.committee)
    assert cancel_meeting(meeting=empty, version=1, by=None).status == "cancelled"
