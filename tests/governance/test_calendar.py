"""The calendar of meetings: a month, a year, filters in the address; each reader sees what is theirs."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import get_default_timezone, localdate

from governance.calendar import month_after, weeks_of
from tests.factories import make_committee, make_region
from tests.governance.readers import READERS, reader
from tests.governance.rows import make_meeting, make_member

pytestmark = pytest.mark.django_db
MONTH, YEAR = "/gremien/kalender/?monat=2027-03", "/gremien/kalender/jahr/?jahr=2027"


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=get_default_timezone())


def days(page: Any) -> dict[date, list[str]]:
    return {day.date: [row.title for row in day.meetings] for day in page.context["days"] if day.meetings}


def test_a_month_shows_its_whole_weeks_and_each_meeting_on_its_local_day(client: Client) -> None:
    committee = make_committee()
    make_meeting(committee, "Mitternacht", starts_at=at(2027, 3, 1, 0))
    make_meeting(committee, "Spät", starts_at=at(2027, 3, 31, 23))
    make_meeting(committee, "April", starts_at=at(2027, 4, 4))
    make_meeting(committee, "Danach", starts_at=at(2027, 4, 5))

    page = client.get(MONTH)

    assert days(page) == {
        date(2027, 3, 1): ["Mitternacht"],
        date(2027, 3, 31): ["Spät"],
        date(2027, 4, 4): ["April"],
    }
    assert len(weeks_of(date(2027, 2, 1))) == 28


def test_the_steps_in_time_keep_the_filters(client: Client) -> None:
    make_committee()

    page = client.get(f"{MONTH}&gremium=lenkungskreis&art=steering")

    kept = "gremium=lenkungskreis&art=steering"
    assert page.context["earlier_url"] == f"/gremien/kalender/?monat=2027-02&{kept}"
    assert page.context["later_url"] == f"/gremien/kalender/?monat=2027-04&{kept}"
    assert page.context["today_url"] == f"/gremien/kalender/?monat={localdate():%Y-%m}&{kept}"
    assert page.context["year_url"] == f"/gremien/kalender/jahr/?jahr=2027&{kept}"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Steuern", "Reden"]),
        ("&gremium=beirat", ["Reden"]),
        ("&art=steering", ["Steuern"]),
        ("&gremium=beirat&art=steering", []),
        ("&gremium=gibtesnicht&art=x", ["Steuern", "Reden"]),
    ],
)
def test_the_filters_narrow_month_and_year(client: Client, query: str, titles: list[str]) -> None:
    make_meeting(make_committee(), "Steuern", starts_at=at(2027, 3, 3))
    make_meeting(make_committee("Beirat", kind="exchange"), "Reden", starts_at=at(2027, 3, 3, 10))

    month = [title for row in days(client.get(MONTH + query)).values() for title in row]
    year = [row.title for _month, rows in client.get(YEAR + query).context["months"] for row in rows]

    assert month == year == titles


def test_a_cancelled_meeting_is_struck_through_with_the_word(client: Client) -> None:
    make_meeting(make_committee(), starts_at=at(2027, 3, 3), status="cancelled")

    for page in (MONTH, YEAR):
        text = client.get(page).content.decode()
        assert "event--cancelled" in text and "abgesagt" in text


@pytest.mark.parametrize("asked", ["2027-13", "2027-00", "x", "99999-1", "²-³", "0000-01", "-", "2027-1-1"])
def test_a_month_that_does_not_exist_is_this_one(client: Client, asked: str) -> None:
    page = client.get("/gremien/kalender/", {"monat": asked})

    assert page.context["wish"].month == localdate().replace(day=1)


@pytest.mark.parametrize("month", ["1900-01", "2200-12"])
def test_the_first_and_last_month_answer(client: Client, month: str) -> None:
    assert client.get("/gremien/kalender/", {"monat": month}).status_code == 200


def test_a_year_goes_over_into_the_next() -> None:
    assert (month_after(date(2026, 12, 1)), month_after(date(2027, 1, 1), -1)) == (
        date(2027, 1, 1),
        date(2026, 12, 1),
    )


@pytest.mark.parametrize(("kind", "words"), READERS)
def test_a_reader_finds_in_the_calendar_only_what_they_may_see(
    client: Client, kind: str, words: set[str]
) -> None:
    make_region()
    committee = make_committee()
    for word, visibility in (("Amsel", "public"), ("Biber", "internal"), ("Dachs", "draft")):
        make_meeting(committee, f"Sitzung {word}", visibility=visibility, starts_at=at(2027, 3, 3))
    hidden = make_committee("Runde Dachs", visibility="draft")
    make_meeting(hidden, "Auch Dachs", starts_at=at(2027, 3, 4))
    if user := reader(kind, committee):
        client.force_login(user)

    for page in (MONTH, YEAR):
        text = client.get(page).content.decode()
        assert {word for word in ("Amsel", "Biber", "Dachs") if word in text} == words


def test_the_calendar_asks_as_often_with_many_meetings_as_with_few(
    client: Client, count_queries: Callable[[], Any]
) -> None:
    make_region()
    client.force_login(reader("coordinator", make_committee()))  # type: ignore[arg-type]

    def costs(number: int) -> list[int]:
        for each in range(number):
            committee = make_committee(f"Runde {number} {each}")
            for day in range(5):
                make_meeting(committee, starts_at=at(2027, 3, 1) + timedelta(days=day))
        found = []
        for page in (MONTH, YEAR):
            with count_queries() as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    costs(1)
    assert costs(2) == costs(20)


def addresses(page: Any) -> dict[str, str]:
    return {committee.name: address for committee, address in page.context["wish"].feeds}


@pytest.mark.parametrize("page", [MONTH, YEAR])
def test_everybody_finds_the_addresses_of_public_committees_to_subscribe(client: Client, page: str) -> None:
    make_committee()
    make_committee("Beirat")
    make_committee("Klausur", visibility="internal")
    offered = {
        name: f"{settings.PORTAL_URL}/gremien/{name.lower()}/kalender.ics"
        for name in ("Beirat", "Lenkungskreis")
    }

    shown = client.get(page)

    assert addresses(shown) == offered
    assert all(f'value="{address}" readonly' in shown.content.decode() for address in offered.values())
    assert "/konto/kalender/" not in shown.content.decode()
    chosen = client.get(f"{page}&gremium=beirat")
    assert addresses(chosen) == {"Beirat": offered["Beirat"]}


@pytest.mark.parametrize("page", [MONTH, YEAR])
def test_accounts_are_led_to_their_private_address(client: Client, page: str) -> None:
    committee = make_committee(visibility="internal")
    client.force_login(make_member(committee))

    shown = client.get(page)

    assert addresses(shown) == {}
    assert "Private Adresse erstellen oder erneuern" in shown.content.decode()
