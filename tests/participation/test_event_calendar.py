"""Calendars of events, read by two independent readers."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import vobject
from django.test import Client
from django.utils.timezone import make_aware
from icalendar import Calendar

from network.models import Role
from participation.services.events import cancel_event, save_event
from tests.factories import make_field, make_region, make_user
from tests.participation.event_rows import make_event
from tests.participation.series_rows import make_event_series

pytestmark = pytest.mark.django_db
FEED = "/veranstaltungen/kalender.ics"
OFFSETS = [timedelta(hours=hours) for hours in (2, 1, 1, 1, 1, 1, 2, 2)]
"""October 2026 to May 2027: the clocks change on 2026-10-25 and 2027-03-28."""


@pytest.fixture(autouse=True)
def region(db: None) -> None:
    make_region()


def text_of(client: Client, address: str = FEED) -> str:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return str(answer.content.decode())


def events(text: str) -> list[Any]:
    return [*Calendar.from_ical(text).walk("VEVENT")]


def test_nine_o_clock_is_nine_o_clock_for_two_readers_across_both_clock_changes(client: Client) -> None:
    make_event_series()
    text = text_of(client)

    first = [event.decoded("dtstart") for event in events(text)]
    second = [event.dtstart.value for event in vobject.readOne(text).vevent_list]

    for starts in (first, second):
        assert {f"{start:%H:%M}" for start in starts} == {"09:00"}
        assert [start.utcoffset() for start in starts] == OFFSETS


def test_one_event_is_one_entry_that_grows_older_and_is_called_off(client: Client) -> None:
    event = make_event("Tag, der Netze; alle", accessibility="Aufzug")
    own = f"{event.get_absolute_url()}kalender.ics"
    before = events(text_of(client, own))[0]

    event.place = "Rathaus"
    save_event(event=event, version=1, by=None)
    moved = events(text_of(client, own))[0]
    cancel_event(event=event, version=2, by=None, reason="Sturm")
    gone = events(text_of(client, own))[0]

    assert [str(entry["location"]) for entry in (before, moved)] == ["Kreishaus", "Rathaus"]
    assert [int(entry["sequence"]) for entry in (before, moved, gone)] == [1, 2, 3]
    assert {str(entry["uid"]) for entry in (before, moved, gone)} == {str(event.uid)}
    assert (str(gone["status"]), str(gone["summary"])) == ("CANCELLED", "Abgesagt: Tag, der Netze; alle")
    assert "Barrierefreiheit: Aufzug" in str(before["description"])


def test_a_change_that_calendars_do_not_tell_leaves_the_entry_and_its_sign(client: Client) -> None:
    event = make_event()
    sign = client.get(FEED)["ETag"]
    event.results = "Viel gelernt"
    save_event(event=event, version=1, by=None)

    assert client.get(FEED, headers={"if-none-match": sign}).status_code == 304
    event.title = "Tag"
    save_event(event=event, version=2, by=None)
    assert client.get(FEED, headers={"if-none-match": sign}).status_code == 200


def test_the_feed_is_filtered_as_the_page_is(client: Client) -> None:
    make_event("Wasser", field=make_field("Wasser"))
    make_event("Woche", kind="week")

    found = [[str(event["summary"]) for event in events(text_of(client, f"{FEED}{query}"))]
             for query in ("", "?field=wasser", "?kind=week")]  # fmt: skip

    assert found == [["Wasser", "Woche"], ["Wasser"], ["Woche"]]


def test_example_data_is_called_so(client: Client) -> None:
    begin = make_aware(datetime.combine(datetime(2027, 3, 1).date(), time(9)))  # noqa: DTZ001 - made aware
    make_event(is_example=True, starts_at=begin, ends_at=begin + timedelta(hours=1))

    assert str(events(text_of(client))[0]["summary"]) == "Digitaltag (Beispieldaten)"


def test_a_line_break_in_a_title_breaks_no_calendar(client: Client) -> None:
    event = make_event("Tag\r\nX-BOESE:1\u2028der Netze\x0bX")

    own = text_of(client, f"{event.get_absolute_url()}kalender.ics")

    assert [str(entry["summary"]) for entry in events(own)] == ["Tag X-BOESE:1 der Netze X"]
    assert [line for line in own.splitlines() if line.startswith("X-BOESE")] == []


def test_a_form_takes_no_line_break_in_what_is_typed_in_one_line(client: Client) -> None:
    event = make_event("Tag")
    client.force_login(make_user(Role.COORDINATION))
    page = f"{event.get_absolute_url()}bearbeiten/"
    form = client.get(page).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    typed |= {"starts_at": "2099-01-01T10:00", "ends_at": "2099-01-01T11:00", "title": "Tag\r\nder  Netze"}

    assert client.post(page, typed).status_code == 302
    event.refresh_from_db()
    assert event.title == "Tag der Netze"
