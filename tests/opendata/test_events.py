"""The dataset of events: what the page of an event says to everybody, and nothing else."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from participation.models import Event, EventSeries
from smartregion.opendata.resource import datasets
from tests.factories import make_field, make_region
from tests.participation.event_rows import make_event, make_session, put
from tests.past import happened_on

pytestmark = pytest.mark.django_db
MAY = datetime(2030, 5, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def region(settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example.org"
    make_region()


def told(event: Event) -> dict[str, Any]:
    return Client().get(f"/api/v1/events/{event.pk}").json()


def file_of(ending: str) -> bytes:
    return b"".join(Client().get(f"/open-data/veranstaltungen.{ending}"))


def test_an_event_is_told_with_all_that_its_page_says() -> None:
    event = make_event(
        "Werkstatt",
        field=make_field("Mobilität"),
        starts_at=MAY,
        ends_at=MAY + timedelta(hours=2),
        accessibility="Stufenlos.",
        capacity=3,
        is_example=True,
    )
    put(event, "Ada")

    assert told(event) == {
        "id": event.pk,
        "title": "Werkstatt",
        "kind": "workshop",
        "summary": "Ein Tag für alle.",
        "starts_at": "2030-05-01T12:00:00+02:00",
        "ends_at": "2030-05-01T14:00:00+02:00",
        "place": "Kreishaus",
        "stream": None,
        "fields": ["mobilitaet"],
        "series": None,
        "accessibility": "Stufenlos.",
        "is_open": True,
        "for_administrations": False,
        "free_places": 2,
        "is_cancelled": False,
        "cancelled_because": "",
        "is_example": True,
        "url": f"https://portal.example.org/veranstaltungen/{event.pk}/",
    }


STATES: dict[str, tuple[dict[str, Any], bool, int | None]] = {
    "places are left": ({"capacity": 3}, True, 2),
    "all are taken": ({"capacity": 1}, True, 0),
    "as many as come": ({}, True, None),
    "no registration": ({"capacity": 3, "takes_registrations": False}, False, None),
    "called off": ({"capacity": 3, "is_cancelled": True}, False, None),
    "too late": ({"capacity": 3, "registration_ends_at": now() - timedelta(days=1)}, False, None),
    "over": ({"capacity": 3, "days": -9}, False, None),
}


@pytest.mark.parametrize("state", STATES)
def test_free_places_are_told_while_the_page_tells_them(state: str) -> None:
    values, is_open, free = STATES[state]
    event = make_event(**values)
    put(event, "Ada")
    found = told(event)

    assert (found["is_open"], found["free_places"]) == (is_open, free)


@pytest.mark.parametrize(
    ("values", "is_told"),
    [
        ({"takes_registrations": False}, True),
        ({"takes_registrations": True}, False),
        ({"takes_registrations": False, "is_cancelled": True}, False),
    ],
)
def test_a_link_for_those_who_registered_is_not_told(values: dict[str, Any], is_told: bool) -> None:
    event = make_event(online_url="https://stream.example.org/", **values)

    assert told(event)["stream"] == ("https://stream.example.org/" if is_told else None)


def test_what_is_called_off_stays_and_says_so() -> None:
    event = make_event(is_cancelled=True, cancelled_because="Sturm")
    lines = file_of("csv").decode("utf-8-sig").splitlines()
    line = dict(zip(lines[0].split(";"), lines[1].split(";"), strict=True))

    assert (told(event)["is_cancelled"], told(event)["cancelled_because"]) == (True, "Sturm")
    assert (line["is_cancelled"], line["cancelled_because"]) == ("ja", "Sturm")


def test_moments_are_those_of_the_region_in_every_file_and_on_the_page() -> None:
    make_event(starts_at=MAY, ends_at=MAY + timedelta(hours=2))
    sheet = openpyxl.load_workbook(io.BytesIO(file_of("xlsx")))["Daten"]
    heading, first = sheet.iter_rows(values_only=True)

    assert dict(zip(heading, first, strict=True))["Beginn"].isoformat() == "2030-05-01T12:00:00"
    assert ";2030-05-01T12:00:00+02:00;" in file_of("csv").decode()
    assert "01.05.2030, 12:00" in Client().get("/open-data/veranstaltungen/").content.decode()


def test_fields_are_those_of_the_event_and_of_its_programme_each_once() -> None:
    energy, mobility = make_field("Energie"), make_field("Mobilität")
    event = make_event(field=mobility)
    for field in (mobility, energy, None):
        make_session(event, field=field)
    make_event("Andere")

    assert told(event)["fields"] == ["mobilitaet", "energie"]
    found = Client().get("/api/v1/events?field=energie").json()["data"]
    assert [row["id"] for row in found] == [event.pk]


def test_dates_of_a_series_bear_its_number_and_nothing_else_of_it() -> None:
    series = EventSeries.objects.create(
        title="Innere Runde", rule="FREQ=DAILY;COUNT=2", starts_on=date(2030, 5, 1), at=MAY.time()
    )
    events = [make_event(series=series, days=days) for days in (30, 31)]

    assert [told(event)["series"] for event in events] == [series.pk, series.pk]
    assert b"Innere Runde" not in file_of("json")


def test_events_stand_in_the_order_of_their_beginning_also_those_that_are_over() -> None:
    for days in (30, -30, 10):
        make_event(f"in {days}", days=days)

    titles = [row["title"] for row in datasets()["veranstaltungen"].every()]
    assert titles == ["in -30", "in 10", "in 30"]


def test_a_registration_or_a_hidden_link_moves_no_date_and_a_cancellation_does() -> None:
    dataset = datasets()["veranstaltungen"]
    with happened_on(date(2024, 3, 1)):
        event = make_event(capacity=3)
    put(event, "Ada")
    event.online_url = "https://treffen.example.org/"
    event.save_over(event.version)
    assert dataset.modified == date(2024, 3, 1)

    event.is_cancelled = True
    event.save_over(event.version)
    assert dataset.modified == localdate()


def test_an_event_has_no_outline_hence_no_geojson() -> None:
    assert Client().get("/open-data/veranstaltungen.geojson").status_code == 404
