"""Series of events: the rule gives days, and what people have touched or registered for stays."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import localdate

from participation.models import Event, EventSeries
from participation.services.event_series import save_event_series, undo_event_series
from participation.services.registrations import join
from tests.factories import make_municipality, make_region, make_user
from tests.participation.series_rows import make_event_series

pytestmark = pytest.mark.django_db
DAYS = [
    *[date(2026, 10, 7), date(2026, 11, 4), date(2026, 12, 2), date(2027, 1, 6)],
    *[date(2027, 2, 3), date(2027, 3, 3), date(2027, 4, 7), date(2027, 5, 5)],
]


@pytest.fixture(autouse=True)
def region(db: None) -> None:
    make_region()


@pytest.fixture
def series() -> EventSeries:
    """Twelve first Wednesdays from today on."""
    rule = "FREQ=MONTHLY;INTERVAL=1;BYDAY=1WE;COUNT=12"
    return make_event_series(rule=rule, starts_on=localdate(), on=localdate())


def state(series: EventSeries) -> list[tuple[str, bool]]:
    return list(series.occasions.order_by("series_day").values_list("title", "is_cancelled"))


def test_a_series_makes_an_event_for_each_of_its_days() -> None:
    series = make_event_series(left_out="06.01.2027 Feiertag")

    events = list(series.occasions.order_by("starts_at"))

    assert [event.day for event in events] == [day for day in DAYS if day != date(2027, 1, 6)]
    assert {(event.kind, event.audience, event.is_for_administrations) for event in events} == {
        ("round", "administrations", True)
    }


def test_future_events_follow_but_for_those_that_somebody_touched_or_registered_for(
    series: EventSeries,
) -> None:
    first, second, *_rest = series.occasions.order_by("series_day")
    join(event=first, account=make_user("municipality", make_municipality()))
    second.title = "Sonderrunde"
    second.save_over(1)

    series.title = "Neue Runde"
    save_event_series(series=series, version=1, by=None)
    assert [title for title, _off in state(series)] == ["Digitalrunde", "Sonderrunde", *["Neue Runde"] * 10]

    undo_event_series(series=series, version=2, by=None)
    assert [title for title, _off in state(series)] == ["Digitalrunde", "Sonderrunde", *["Digitalrunde"] * 10]


def test_the_list_shows_the_next_event_of_a_series_and_its_page_the_others(
    client: Client, series: EventSeries
) -> None:
    first, second, *_rest = series.occasions.order_by("series_day")
    first.is_cancelled = True
    first.save_over(1)

    shown = list(client.get("/veranstaltungen/").context["page_obj"].object_list)
    others = list(client.get(second.get_absolute_url()).context["siblings"])

    assert shown == [second]
    assert others == list(series.occasions.order_by("series_day")[2:8])


def test_a_day_that_is_left_out_is_called_off_and_comes_back(series: EventSeries) -> None:
    last = series.occasions.latest("series_day")

    series.left_out = f"{last.series_day:%d.%m.%Y} Ferien"
    save_event_series(series=series, version=1, by=None)
    assert state(series)[-1] == ("Digitalrunde", True)

    series.left_out = ""
    save_event_series(series=series, version=2, by=None)
    assert state(series)[-1] == ("Digitalrunde", False)


def test_the_form_shows_the_dates_before_anything_is_saved_and_then_saves_just_these(client: Client) -> None:
    client.force_login(make_user())
    typed = {
        "title": "Digitalrunde",
        "summary": "Austausch",
        "online_url": "https://x.example.org/",
        "takes_registrations": "on",
        "audience": "administrations",
        "visibility": "public",
        "starts_on": "2030-01-01",
        "at": "09:00",
        "minutes": 60,
        "rhythm": "monthly",
        "by": "weekday",
        "nth": "1",
        "weekday": "WE",
        "end": "count",
        "count": 3,
        "left_out": "",
    }

    preview = client.post("/veranstaltungen/reihen/neu/", typed)
    assert (preview.status_code, Event.objects.count()) == (200, 0)
    assert [event.day for event in preview.context["found"].new] == [
        date(2030, 1, 2), date(2030, 2, 6), date(2030, 3, 6)
    ]  # fmt: skip
    saved = client.post("/veranstaltungen/reihen/neu/", {**typed, "previewed": preview.context["previewed"]})

    assert (saved.status_code, Event.objects.count()) == (302, 3)
    series = EventSeries.objects.get()
    again = client.get(f"/veranstaltungen/reihen/{series.pk}/bearbeiten/")
    assert (again.status_code, again.context["form"]["nth"].value()) == (200, "1")


def test_an_event_of_the_night_of_the_clock_change_lasts_as_long_as_any(client: Client) -> None:
    night = {"rule": "FREQ=DAILY;INTERVAL=1;COUNT=1", "minutes": 60}
    for day, at in ((date(2027, 3, 28), time(1, 30)), (date(2027, 10, 31), time(2, 30))):
        make_event_series(f"Nacht {day}", on=day, starts_on=day, at=at, **night)

    lasting = [event.ends_at - event.starts_at for event in Event.objects.filter(title__startswith="Nacht")]
    assert lasting == [timedelta(minutes=60)] * 2


def test_an_hour_that_the_clocks_leave_out_is_refused_in_words() -> None:
    day = date(2027, 3, 28)
    with pytest.raises(ValidationError) as refusal:
        make_event_series(on=day, starts_on=day, at=time(2, 30), rule="FREQ=DAILY;INTERVAL=1;COUNT=1")

    assert refusal.value.message_dict["at"] == [
        "Am 28.03.2027 gibt es 02:30 Uhr nicht: In dieser Nacht werden die Uhren vorgestellt."
    ]
