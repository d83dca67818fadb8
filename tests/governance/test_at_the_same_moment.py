"""Two coordinators at the same moment: whoever comes second is refused in words, and nothing contradicts."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils.timezone import localtime

from governance.models import AgendaItem, FollowUp, Meeting, Resolution
from governance.services.agenda import move_item, remove_item
from governance.services.followups import note_done
from governance.services.meetings import cancel_meeting
from governance.services.resolutions import record_resolution
from network.models import Role
from tests.beside import refusal_of, while_open
from tests.factories import make_committee, make_user
from tests.governance.rows import draft_of, make_item, make_meeting, make_resolution

pytestmark = pytest.mark.django_db(transaction=True)


def coordinator() -> Client:
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    return client


def test_a_meeting_in_which_something_is_being_recorded_is_not_cancelled() -> None:
    item = make_item(make_meeting(make_committee()))
    record = partial(record_resolution, resolution=draft_of(item), measures=[], by=None)
    cancel = partial(cancel_meeting, meeting=Meeting.objects.get(), version=1, by=None)

    said = while_open(record, partial(refusal_of, cancel))

    assert said == "Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen."
    assert Meeting.objects.get().status == "planned"


def test_nothing_is_recorded_in_a_meeting_that_is_being_cancelled() -> None:
    item = make_item(make_meeting(make_committee()))
    cancel = partial(cancel_meeting, meeting=Meeting.objects.get(), version=1, by=None)
    record = partial(record_resolution, resolution=draft_of(item), measures=[], by=None)

    said = while_open(cancel, partial(refusal_of, record))

    assert (said, Resolution.objects.count()) == ("Die Sitzung wurde abgesagt.", 0)


def test_nothing_is_noted_as_done_in_a_meeting_that_is_being_cancelled() -> None:
    resolution = make_resolution(make_committee())
    meeting = make_meeting(resolution.committee)
    cancel = partial(cancel_meeting, meeting=Meeting.objects.get(), version=1, by=None)
    note = partial(note_done, follow_up=resolution.follow_ups.get(), meeting=meeting, by=None)

    said = while_open(cancel, partial(refusal_of, note))

    assert said == "Das geht nur in einer Sitzung nach dem Beschluss, deren Tag gekommen ist."
    assert FollowUp.objects.get().noted_in is None


def test_a_meeting_does_not_move_from_the_day_of_a_resolution_that_is_being_recorded() -> None:
    meeting = make_meeting(make_committee())
    item = make_item(meeting)
    moved = localtime(meeting.starts_at - timedelta(days=1))
    typed = {"title": "Sitzung", "status": "planned", "visibility": "public", "version": 1}
    save = partial(
        coordinator().post,
        f"{meeting.get_absolute_url()}bearbeiten/",
        {**typed, "starts_at": f"{moved:%Y-%m-%dT%H:%M}"},
    )
    record = partial(record_resolution, resolution=draft_of(item), measures=[], by=None)

    page = while_open(record, save)

    assert "Es gibt Beschlüsse von diesem Tag; der Tag lässt sich nicht mehr ändern." in page.content.decode()
    assert Meeting.objects.get().day == Resolution.objects.get().resolved_on


def test_an_item_on_which_something_is_being_recorded_is_not_removed() -> None:
    item = make_item(make_meeting(make_committee()))
    record = partial(record_resolution, resolution=draft_of(item), measures=[], by=None)
    remove = partial(remove_item, item=AgendaItem.objects.get(), version=1, by=None)

    said = while_open(record, partial(refusal_of, remove))

    assert said == "Zu diesem Tagesordnungspunkt gibt es einen Beschluss; er bleibt deshalb stehen."
    assert AgendaItem.objects.count() == 1


def test_the_page_says_so_where_the_item_goes_while_something_is_recorded_on_it() -> None:
    item = make_item(make_meeting(make_committee()))
    typed = {"title": "Ausbau", "wording": "Es wird ausgebaut.", "outcome": "adopted", "step": "record"}
    record = partial(
        coordinator().post,
        f"{item.meeting.get_absolute_url()}top/{item.pk}/beschluss/",
        {**typed, "visibility": "public", "number": "2026/01"},
    )

    page = while_open(partial(remove_item, item=AgendaItem.objects.get(), version=1, by=None), record)

    assert page.status_code == 200
    assert "Diesen Tagesordnungspunkt gibt es nicht mehr." in page.content.decode()
    assert "Es wird ausgebaut." in page.content.decode()
    assert Resolution.objects.count() == 0


def test_an_item_that_is_being_removed_is_not_moved() -> None:
    meeting = make_meeting(make_committee())
    item = make_item(meeting, 2)
    make_item(meeting, 1)
    move = partial(
        coordinator().post,
        f"{meeting.get_absolute_url()}top/{item.pk}/verschieben/",
        {"direction": "up"},
        follow=True,
    )

    page = while_open(partial(remove_item, item=item, version=1, by=None), move)

    assert "Diesen Tagesordnungspunkt gibt es nicht mehr." in page.content.decode()
    assert list(meeting.items.values_list("number", flat=True)) == [1]


def test_an_undo_of_what_is_being_removed_says_so() -> None:
    meeting = make_meeting(make_committee())
    item = make_item(meeting)
    AgendaItem.objects.update(title="Anders", version=2)
    address = f"{meeting.get_absolute_url()}top/{item.pk}/rueckgaengig/?version=2"

    page = while_open(
        partial(remove_item, item=item, version=2, by=None),
        partial(coordinator().post, address, follow=True),
    )

    assert "Das gibt es nicht mehr" in page.content.decode()


def test_two_clicks_on_recording_give_one_resolution() -> None:
    item = make_item(make_meeting(make_committee()))
    address = f"{item.meeting.get_absolute_url()}top/{item.pk}/beschluss/"
    typed = {"title": "Ausbau", "wording": "Es wird ausgebaut.", "outcome": "adopted", "visibility": "public"}
    client = coordinator()
    client.post(address, typed)

    answers = [client.post(address, {**typed, "step": "record"}) for _ in range(2)]

    resolution = Resolution.objects.get()
    assert resolution.number == f"{item.meeting.day.year}/01"
    assert [answer["Location"] for answer in answers] == [resolution.get_absolute_url()] * 2


def test_a_number_that_was_given_away_since_the_check_is_refused() -> None:
    item = make_item(make_meeting(make_committee(keeps_register=False)))
    address = f"{item.meeting.get_absolute_url()}top/{item.pk}/beschluss/"
    typed = {"title": "Ausbau", "wording": "Es wird ausgebaut.", "outcome": "adopted", "visibility": "public"}
    typed |= {"number": "KT 7"}
    client = coordinator()
    assert "<dd>KT 7</dd>" in client.post(address, typed).content.decode()
    make_resolution(item.meeting.committee, "KT 7")

    page = client.post(address, {**typed, "step": "record"})

    assert "Diese Beschlussnummer gibt es in dem Gremium schon." in page.content.decode()
    assert Resolution.objects.count() == 1


def test_two_clicks_on_superseding_give_one_successor() -> None:
    old = make_resolution(make_committee())
    values = {"resolved_on": old.resolved_on.isoformat(), "title": "Berichtigt", "wording": "Richtig."}
    values |= {
        "outcome": "adopted",
        "visibility": "public",
        "reason": "Schreibfehler",
        "number": "LK 2026/02",
    }
    client = coordinator()

    answers = [
        client.post(f"{old.get_absolute_url()}ersetzen/", {**values, "step": "record"}) for _ in range(2)
    ]

    new = Resolution.objects.get(supersedes=old)
    assert [answer["Location"] for answer in answers] == [new.get_absolute_url()] * 2


def test_an_item_that_was_removed_before_is_not_moved() -> None:
    item = make_item(make_meeting(make_committee()))
    AgendaItem.objects.get().delete()

    move = partial(move_item, item=item, upwards=True, by=None)

    assert refusal_of(move) == "Diesen Tagesordnungspunkt gibt es nicht mehr."
