"""Calendar feeds, read by two independent readers: right hours, right states, nothing that is not theirs."""

from collections.abc import Callable
from datetime import date, time, timedelta
from time import sleep
from typing import Any

import pytest
import vobject
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.test import Client
from django.utils.timezone import localtime, now
from icalendar import Calendar

from governance.models import AgendaItem, Attendance, CalendarLink, Committee, Seat, Series
from governance.services.agenda import add_item
from governance.services.calendar import renew_calendar_link, revoke_calendar_link
from governance.services.meetings import cancel_meeting, invite
from governance.services.series import create_series, save_series
from network.models import Role, User
from tests.factories import make_committee, make_region, make_user
from tests.governance.readers import PUBLIC, READERS, reader
from tests.governance.rows import make_deputy, make_meeting, make_member

pytestmark = pytest.mark.django_db
FEED = "/gremien/lenkungskreis/kalender.ics"


def text_of(client: Client, address: str = FEED) -> str:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return str(answer.content.decode())


def events(text: str) -> list[Any]:
    return [*Calendar.from_ical(text).walk("VEVENT")]


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def private(client: Client, user: User) -> str:
    return f"/kalender/{renew_calendar_link(user=user)}.ics"


def make_series(committee: Committee) -> Series:
    rule = "FREQ=MONTHLY;INTERVAL=1;BYDAY=1WE;COUNT=8"
    series = Series(committee=committee, title="Runde", rule=rule, starts_on=date(2026, 10, 1), at=time(9))
    series.visibility = "public"
    return create_series(series=series, by=None, on=date(2026, 10, 1))


OFFSETS = [timedelta(hours=hours) for hours in (2, 1, 1, 1, 1, 1, 2, 2)]
"""October 2026 to May 2027: the clocks change on 2026-10-25 and 2027-03-28."""


def test_nine_o_clock_is_nine_o_clock_for_two_readers_across_both_clock_changes(client: Client) -> None:
    make_series(make_committee())
    text = text_of(client)

    first = [event.decoded("dtstart") for event in events(text)]
    second = [event.dtstart.value for event in vobject.readOne(text).vevent_list]

    for starts in (first, second):
        assert {f"{start:%H:%M}" for start in starts} == {"09:00"}
        assert [start.utcoffset() for start in starts] == OFFSETS
    assert "TZID:Europe/Berlin" in text
    assert [event.dtend.value - event.dtstart.value for event in vobject.readOne(text).vevent_list] == [
        timedelta(minutes=120)
    ] * 8


def test_an_update_changes_an_event_and_does_not_double_it(client: Client) -> None:
    series = make_series(make_committee())
    before = {str(event["uid"]): event["sequence"] for event in events(text_of(client))}

    for meeting in series.meetings.all():
        meeting.place = "Saal 2"
        meeting.save_over(meeting.version)
    after = events(text_of(client))

    assert {str(event["uid"]): event["sequence"] for event in after} == dict.fromkeys(before, 2)
    assert {str(event["location"]) for event in after} == {"Saal 2"}
    assert all(event.decoded("last-modified") == event.decoded("dtstamp") for event in after)


def test_each_state_of_a_meeting_has_its_status(client: Client) -> None:
    committee = make_committee()
    for number, status in enumerate(["planned", "invited", "held", "minutes_ready", "cancelled"]):
        make_meeting(committee, status, status=status, starts_at=now() + timedelta(days=number))

    found = [(str(event["summary"]), str(event["status"])) for event in events(text_of(client))]

    assert found == [
        ("Lenkungskreis: planned", "TENTATIVE"),
        ("Lenkungskreis: invited", "CONFIRMED"),
        ("Lenkungskreis: held", "CONFIRMED"),
        ("Lenkungskreis: minutes_ready", "CONFIRMED"),
        ("Abgesagt: Lenkungskreis: cancelled", "CANCELLED"),
    ]


def test_a_meeting_that_is_called_off_keeps_its_name_in_calendars(client: Client) -> None:
    meeting = make_meeting(make_committee(), starts_at=now() + timedelta(days=3))
    cancel_meeting(meeting=meeting, version=1, by=None)

    (event,) = vobject.readOne(text_of(client)).vevent_list

    assert (event.uid.value, event.status.value, event.sequence.value) == (str(meeting.uid), "CANCELLED", "2")
    assert event.url.value == f"{settings.PORTAL_URL}{meeting.get_absolute_url()}"


def test_a_series_that_moves_moves_its_events(client: Client) -> None:
    start = localtime().date() + timedelta(days=1)
    series = Series(
        committee=make_committee(),
        title="Runde",
        rule="FREQ=WEEKLY;INTERVAL=1;BYDAY=WE;COUNT=3",
        starts_on=start,
        at=time(9),
        visibility="public",
    )
    create_series(series=series, by=None)
    uids = [str(event["uid"]) for event in events(text_of(client))]

    series.at = time(10, 30)
    save_series(series=series, version=1, by=None)
    after = events(text_of(client))

    assert [str(event["uid"]) for event in after] == uids
    assert {f"{event.decoded('dtstart'):%H:%M}" for event in after} == {"10:30"}
    assert {event["sequence"] for event in after} == {2}


def fill(committee: Committee) -> None:
    for word, visibility in (("Amsel", "public"), ("Biber", "internal"), ("Dachs", "draft")):
        values = {"place": f"Ort {word}", "online_url": f"https://{word.lower()}.example/"}
        make_meeting(committee, f"Sitzung {word}", visibility=visibility, **values)


def words_in(text: str) -> set[str]:
    plain = unfolded(text)
    return {word for word in ("Amsel", "Biber", "Dachs") if word in plain or word.lower() in plain}


@pytest.mark.parametrize("kind", [kind for kind, _words in READERS])
def test_a_committees_feed_is_the_visitors_whoever_asks(client: Client, kind: str) -> None:
    committee = make_committee()
    fill(committee)
    if user := reader(kind, committee):
        client.force_login(user)

    assert words_in(text_of(client)) == PUBLIC


@pytest.mark.parametrize(("kind", "words"), READERS)
def test_a_private_feed_has_what_the_account_may_see_of_its_committees(
    client: Client, kind: str, words: set[str]
) -> None:
    committee = make_committee()
    fill(committee)
    user = reader(kind, committee)
    expected = words if kind in {"member", "coordinator"} else set()

    if user:
        assert words_in(text_of(client, private(client, user))) == expected


def test_a_private_feed_marks_what_its_owner_declined_and_pollers_hear_of_it(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=3))
    member = make_member(committee)
    address = private(client, member)
    before = client.get(address)

    Attendance.objects.create(meeting=meeting, seat=member.seats.get(), state="excused")
    after = client.get(address, headers={"If-None-Match": before["ETag"]})

    (was,), (event,) = events(before.content.decode()), events(after.content.decode())
    assert ("transp" in was, str(event["transp"])) == (False, "TRANSPARENT")
    assert str(event["summary"]) == f"Verhindert: {was['summary']}"
    assert event["sequence"] > was["sequence"]
    assert after["ETag"] != before["ETag"]
    others = text_of(client), text_of(client, private(client, make_user(Role.COORDINATION)))
    assert [("Verhindert" in text) for text in others] == [False, False]


def test_who_comes_for_another_seat_is_not_marked_as_absent(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=3))
    member = make_member(committee)
    other = Seat.objects.create(committee=committee, group="county", function="Leitung")
    deputy = make_deputy(other, member)
    Attendance.objects.create(meeting=meeting, seat=member.seats.regular().get(), state="excused")
    Attendance.objects.create(meeting=meeting, seat=deputy, state="accepted")

    assert "Verhindert" not in text_of(client, private(client, member))


def test_a_private_feed_reaches_thirteen_months_back(client: Client) -> None:
    committee = make_committee()
    today = localtime().replace(hour=9)
    for title, months in (("Jung", 13), ("Alt", 14)):
        make_meeting(committee, title, starts_at=today - relativedelta(months=months))

    for user in (make_member(committee), make_user(Role.COORDINATION)):
        found = [str(event["summary"]) for event in events(text_of(client, private(client, user)))]
        assert found == ["Lenkungskreis: Jung"]
    assert len(events(text_of(client))) == 2


@pytest.mark.parametrize("visibility", ["internal", "draft"])
def test_a_committee_that_is_not_public_has_no_feed(client: Client, visibility: str) -> None:
    make_meeting(make_committee(visibility=visibility))

    assert client.get(FEED).status_code == 404


def test_what_is_no_longer_public_vanishes_and_pollers_hear_of_it(client: Client) -> None:
    committee = make_committee()
    stays, goes = make_meeting(committee, "Bleibt"), make_meeting(committee, "Geht")
    first = client.get(FEED)

    goes.visibility = "internal"
    goes.save_over(1)
    second = client.get(FEED, headers={"If-None-Match": first["ETag"]})

    assert [str(event["uid"]) for event in events(second.content.decode())] == [str(stays.uid)]
    third = client.get(FEED, headers={"If-None-Match": second["ETag"]})
    assert (third.status_code, third.content) == (304, b"")
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get(FEED, headers=since).status_code == 200


def test_the_name_of_the_committee_is_part_of_what_pollers_have(client: Client) -> None:
    committee = make_committee()
    make_meeting(committee)
    first = client.get(FEED)["ETag"]

    Committee.objects.update(name="Umbenannt")

    assert client.get(FEED)["ETag"] != first


def test_a_private_address_is_shown_once_renewed_and_revoked(client: Client) -> None:
    make_region()
    user = make_user(Role.COORDINATION)
    client.force_login(user)

    page = client.post("/konto/kalender/", {"action": "renew"})
    first = page.context["address"].removeprefix(settings.PORTAL_URL)
    assert first.endswith(".ics") and first in page.content.decode()
    assert first not in client.get("/konto/kalender/").content.decode()
    secret = first.removeprefix("/kalender/").removesuffix(".ics")
    assert secret not in str(CalendarLink.objects.values().get())
    visitor = Client()
    assert visitor.get(first).status_code == 200

    second = client.post("/konto/kalender/", {"action": "renew"}).context["address"]
    second = second.removeprefix(settings.PORTAL_URL)
    assert [visitor.get(address).status_code for address in (first, second)] == [404, 200]
    client.post("/konto/kalender/", {"action": "revoke"})
    assert visitor.get(second).status_code == 404


def test_the_address_of_a_deactivated_account_opens_nothing(client: Client) -> None:
    user = make_user(Role.COORDINATION)
    address = private(client, user)
    assert client.get(address).status_code == 200

    User.objects.update(is_active=False)

    assert client.get(address).status_code == 404
    assert client.get("/kalender/falsch.ics").status_code == 404


def test_the_address_of_a_removed_account_opens_nothing(client: Client) -> None:
    user = make_user(Role.COORDINATION)
    address = private(client, user)
    user.delete()

    assert client.get(address).status_code == 404


def test_a_private_feed_is_kept_by_no_shared_cache_and_no_search_engine(client: Client) -> None:
    answer = client.get(private(client, make_user(Role.COORDINATION)))

    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_revoking_takes_the_own_address_alone(client: Client) -> None:
    mine, other = make_user(Role.COORDINATION), make_user(Role.COORDINATION)
    addresses = [private(client, user) for user in (mine, other)]

    revoke_calendar_link(user=mine)

    assert [client.get(address).status_code for address in addresses] == [404, 200]


def test_a_member_who_leaves_gets_nothing_internal_any_more(client: Client) -> None:
    committee = make_committee()
    fill(committee)
    address = private(client, make_member(committee))
    committee.seats.update(ends_on=localtime().date() - timedelta(days=1))

    assert words_in(text_of(client, address)) == set()


def test_a_feed_asks_as_often_with_many_meetings_as_with_few(
    client: Client, count_queries: Callable[[], Any]
) -> None:
    committee = make_committee()
    address = private(client, make_member(committee))

    def costs(number: int) -> list[int]:
        for day in range(number):
            meeting = make_meeting(committee, starts_at=now() + timedelta(days=day))
            Attendance.objects.create(meeting=meeting, seat=committee.seats.get(), state="excused")
        found = []
        for page in (FEED, address):
            with count_queries() as queries:
                text_of(client, page)
            found.append(len(queries))
        return found

    assert costs(2) == costs(30)


@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_internal_agenda_leaves_the_public_feed_as_it_was(client: Client) -> None:
    meeting = make_meeting(make_committee(), starts_at=now() + timedelta(days=20))
    invite(meeting=meeting, version=1, by=None)
    before = client.get(FEED)
    sleep(1.1)

    add_item(item=AgendaItem(meeting=meeting, title="Geheim", visibility="internal"), by=None)
    after = client.get(FEED)
    meeting.refresh_from_db()
    assert meeting.internal_agenda_changed_at
    meeting.starts_at += timedelta(hours=1)
    meeting.ends_at = None
    meeting.save_over(meeting.version)
    moved = client.get(FEED)

    told = [(answer.content, answer["ETag"], answer["Last-Modified"]) for answer in (before, after, moved)]
    assert told[0] == told[1] != told[2]
    sequences = [events(content.decode())[0]["sequence"] for content, _sign, _at in told]
    assert sequences[0] < sequences[2]
