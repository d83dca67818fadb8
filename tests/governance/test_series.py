"""Series of meetings: words become meetings in local time; what people touched stays theirs."""

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import localdate, localtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.models import Committee, Meeting, Series
from governance.recurrence import MOST_MEETINGS, WEEKDAYS, days_of, in_words, left_out_in, rule_of, words_of
from governance.services.meetings import cancel_meeting, invite
from governance.services.series import create_series, save_series, undo_series
from network.models import Role
from smartregion.base.versioned import EditConflict
from tests.factories import make_committee, make_user
from tests.governance.rows import make_item

MONTHLY = "FREQ=MONTHLY;INTERVAL=1;BYDAY=1WE;COUNT=8"
words = st.fixed_dictionaries(
    {
        "rhythm": st.sampled_from(["weekly", "monthly", "quarterly"]),
        "every": st.integers(1, 52),
        "by": st.sampled_from(["weekday", "month_day"]),
        "weekday": st.sampled_from([*WEEKDAYS]),
        "nth": st.sampled_from(["1", "2", "3", "4", "-1"]),
        "month_day": st.integers(1, 31),
        "end": st.sampled_from(["until", "count"]),
        "until": st.dates(date(2026, 1, 1), date(2030, 12, 31)),
        "count": st.integers(1, MOST_MEETINGS),
    }
)


slow_machines_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow_machines_too
@given(words, st.dates(date(2026, 1, 1), date(2029, 12, 31)))
def test_the_days_are_those_of_the_rule_in_naive_local_time(said: dict[str, Any], start: date) -> None:
    rule = rule_of(said)
    endless, _end = rule.rsplit(";", 1)
    moments = rrulestr(endless, dtstart=datetime.combine(start, time(9)))
    days = (moment.date() for moment in islice(moments, MOST_MEETINGS + 1))
    most = said["count"] if said["end"] == "count" else MOST_MEETINGS + 1
    expected = [day for day in islice(days, most) if said["end"] == "count" or day <= said["until"]]

    if len(expected) > MOST_MEETINGS:
        with pytest.raises(ValidationError, match="mehr als 120 Termine"):
            days_of(rule, start)
    else:
        assert days_of(rule, start) == expected


@slow_machines_too
@given(words)
def test_a_form_says_what_its_rule_says(said: dict[str, Any]) -> None:
    again = {**said, **words_of(rule_of(said))}

    assert rule_of(again) == rule_of(said)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=WE;COUNT=3", "jede Woche am Mittwoch, 3-mal"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20271231", "alle 2 Wochen am Montag, bis 31.12.2027"),
        ("FREQ=MONTHLY;INTERVAL=1;BYDAY=2WE;COUNT=12", "monatlich am zweiten Mittwoch, 12-mal"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;COUNT=4", "vierteljährlich am letzten Freitag, 4-mal"),
        ("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=15;COUNT=2", "monatlich am 15., 2-mal"),
    ],
)
def test_a_rule_is_told_in_words(rule: str, told: str) -> None:
    assert in_words(rule) == told


def test_what_is_left_out_is_read_line_by_line() -> None:
    assert left_out_in("24.12.2026 Heiligabend\n\n1.1.2027") == {
        date(2026, 12, 24): "Heiligabend",
        date(2027, 1, 1): "",
    }
    for wrong in ("Heiligabend", "31.02.2027", "24.12.26"):
        with pytest.raises(ValidationError):
            left_out_in(wrong)


@pytest.mark.parametrize(
    "rule", ["", "FREQ=NEVER", "FREQ=DAILY", "COUNT=x", "FREQ=MONTHLY;BYDAY=9XX;COUNT=1"]
)
def test_a_rule_that_is_none_or_never_ends_is_refused(rule: str) -> None:
    with pytest.raises(ValidationError):
        days_of(rule, date(2026, 1, 1))


def new_series(committee: Committee, **values: Any) -> Series:
    start = localdate() + timedelta(days=1)
    defaults = {
        "title": "Runde",
        "rule": "FREQ=WEEKLY;INTERVAL=1;BYDAY=WE;COUNT=4",
        "starts_on": start,
        "at": time(9),
    }
    return Series(committee=committee, **{**defaults, **values})


def told(series: Series) -> list[tuple[date | None, str]]:
    return list(series.meetings.order_by("series_day").values_list("series_day", "status"))


def edit(series: Series, **values: Any) -> Series:
    row = Series.objects.get(pk=series.pk)
    for name, value in values.items():
        setattr(row, name, value)
    return save_series(series=row, version=row.version, by=None)


def left_out(day: date | None) -> str:
    return f"{day:%d.%m.%Y} Ferien"


@pytest.mark.django_db
def test_nine_o_clock_stays_nine_o_clock_across_both_clock_changes() -> None:
    series = new_series(make_committee(), rule=MONTHLY, starts_on=date(2026, 10, 1))
    create_series(series=series, by=None, on=date(2026, 10, 1))

    starts = [localtime(row.starts_at) for row in series.meetings.order_by("starts_at")]

    assert {f"{start:%H:%M}" for start in starts} == {"09:00"}
    assert [start.utcoffset() for start in starts] == [
        timedelta(hours=hours) for hours in (2, 1, 1, 1, 1, 1, 2, 2)
    ]


@pytest.mark.django_db
def test_saving_again_doubles_nothing_and_changes_nothing() -> None:
    series = create_series(series=new_series(make_committee()), by=None)
    before = list(series.meetings.values())

    edit(series)

    assert list(series.meetings.values()) == before


@pytest.mark.django_db
def test_its_meetings_follow_the_series_but_for_those_that_people_have_touched() -> None:
    series = create_series(series=new_series(make_committee()), by=None)
    moved, invited, prepared, plain = series.meetings.order_by("series_day")
    moved.place = "Anderswo"
    moved.save_over(1)
    invite(meeting=invited, version=1, by=None)
    make_item(prepared)

    edit(series, place="Saal 2", at=time(10))

    places = list(series.meetings.order_by("series_day").values_list("place", flat=True))
    assert places == ["Anderswo", "", "", "Saal 2"]
    plain.refresh_from_db()
    assert (f"{localtime(plain.starts_at):%H:%M}", plain.version) == ("10:00", 2)


@pytest.mark.django_db
def test_a_day_that_is_left_out_is_called_off_and_comes_back() -> None:
    series = create_series(series=new_series(make_committee()), by=None)
    days = series.days()

    edit(series, left_out=left_out(days[1]), title="Kreis")
    assert told(series) == [(day, "cancelled" if day == days[1] else "planned") for day in days]
    edit(series, left_out="", place="Saal")

    assert told(series) == [(day, "planned") for day in days]
    assert set(series.meetings.values_list("place", "title")) == {("Saal", "Kreis")}


@pytest.mark.django_db
def test_a_meeting_that_was_called_off_by_hand_stays_so() -> None:
    series = create_series(series=new_series(make_committee()), by=None)
    meeting = series.meetings.order_by("series_day")[0]
    cancel_meeting(meeting=meeting, version=1, by=None)

    edit(series, place="Saal")

    meeting.refresh_from_db()
    assert (meeting.status, meeting.place) == ("cancelled", "")


@pytest.mark.django_db
def test_the_past_of_a_series_is_left_alone() -> None:
    start = localdate() - timedelta(days=14)
    series = new_series(make_committee(), starts_on=start, rule="FREQ=WEEKLY;INTERVAL=1;BYDAY=WE;COUNT=4")
    create_series(series=series, by=None, on=start)
    past = list(series.meetings.filter(series_day__lt=localdate()).values())

    edit(series, title="Anders", rule="FREQ=WEEKLY;INTERVAL=1;BYDAY=TH;COUNT=4")

    assert list(series.meetings.filter(series_day__lt=localdate()).values()) == past


@pytest.mark.django_db
def test_undoing_a_change_takes_the_meetings_back_too() -> None:
    series = create_series(series=new_series(make_committee()), by=None)
    before = told(series)
    edit(series, left_out=left_out(series.days()[0]), place="Saal")

    undo_series(series=series, version=2, by=None)

    assert told(series) == before
    assert set(series.meetings.values_list("place", flat=True)) == {""}


@pytest.mark.django_db
def test_two_editors_of_a_series_do_not_overwrite_each_other() -> None:
    series = create_series(series=new_series(make_committee()), by=None)
    edit(series, place="Saal")

    with pytest.raises(EditConflict):
        save_series(series=series, version=1, by=None)
    assert set(series.meetings.values_list("place", flat=True)) == {"Saal"}


FORM = {
    "title": "Runde",
    "visibility": "public",
    "at": "09:00",
    "minutes": 90,
    "rhythm": "monthly",
    "by": "weekday",
    "nth": "1",
    "weekday": "WE",
    "end": "count",
    "count": 6,
}


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def send(client: Client, address: str, **values: Any) -> Any:
    start = localdate() + timedelta(days=1)
    return client.post(address, {**FORM, "starts_on": start.isoformat(), **values}, follow=True)


@pytest.mark.django_db
def test_the_dates_are_shown_before_anything_is_saved(coordinator: Client) -> None:
    committee = make_committee()
    address = f"{committee.get_absolute_url()}terminreihen/neu/"

    page = send(coordinator, address)

    assert Series.objects.count() == 0
    assert "6 Termine: neu" in page.content.decode()
    assert len(page.context["found"].new) == 6
    other = send(coordinator, address, previewed=page.context["previewed"], count=5)
    assert (Series.objects.count(), len(other.context["found"].new)) == (0, 5)
    send(coordinator, address, previewed=page.context["previewed"])
    assert (Series.objects.get().rhythm, Meeting.objects.count()) == (
        "monatlich am ersten Mittwoch, 6-mal",
        6,
    )


@pytest.mark.django_db
def test_a_series_is_edited_in_words_and_undone(coordinator: Client) -> None:
    series = create_series(series=new_series(make_committee(), minutes=90, visibility="public"), by=None)
    address = f"/gremien/lenkungskreis/terminreihen/{series.pk}/"

    form = coordinator.get(f"{address}bearbeiten/").context["form"]
    assert (form["rhythm"].value(), form["weekday"].value(), form["count"].value()) == ("weekly", "WE", "4")
    values = {"rhythm": "weekly", "every": 1, "count": 3, "version": 1}
    page = send(coordinator, f"{address}bearbeiten/", **values)
    assert len(page.context["found"].cancelled) == 1
    send(coordinator, f"{address}bearbeiten/", previewed=page.context["previewed"], **values)
    assert [status for _day, status in told(series)] == ["planned", "planned", "planned", "cancelled"]
    coordinator.post(f"{address}rueckgaengig/?version=2")

    assert {status for _day, status in told(series)} == {"planned"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rhythm": "weekly", "every": 1, "end": "until", "until": "2199-01-01"}, "mehr als 120 Termine"),
        ({"end": "until", "until": "2001-01-01"}, "Das Ende liegt vor dem Beginn."),
        (
            {
                "end": "until",
                "until": (localdate() + timedelta(days=1)).isoformat(),
                "rhythm": "quarterly",
                "nth": "-1",
                "weekday": "SU",
                "starts_on": (localdate() + timedelta(days=1)).replace(day=1).isoformat(),
                "by": "month_day",
                "month_day": 31,
            },
            "keinen Termin",
        ),
        ({"count": ""}, "Bitte geben Sie „Wie viele Male?“ an."),
        ({"left_out": "Heiligabend"}, "beginnt nicht mit einem Tag"),
        ({"online_url": "http://unsicher.example/"}, "https://"),
    ],
)
def test_a_series_that_cannot_be_is_refused_with_a_reason(
    coordinator: Client, values: dict[str, Any], message: str
) -> None:
    make_committee()

    page = send(coordinator, "/gremien/lenkungskreis/terminreihen/neu/", **values)

    assert message in page.content.decode()
    assert Series.objects.count() == 0


@pytest.mark.django_db
def test_whoever_left_the_rule_alone_keeps_the_rule_of_the_other(coordinator: Client) -> None:
    series = create_series(series=new_series(make_committee(), minutes=90, visibility="public"), by=None)
    edit(series, rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=4")
    address = f"/gremien/lenkungskreis/terminreihen/{series.pk}/bearbeiten/"
    mine = {"rhythm": "weekly", "every": 1, "count": 4, "version": 1, "place": "Mein Saal"}

    shown = send(coordinator, address, **mine)
    page = send(coordinator, address, previewed=shown.context["previewed"], **mine)

    assert page.status_code == 409
    form = page.context["form"]
    assert [form[name].value() for name in ("every", "weekday", "place")] == ["2", "TU", "Mein Saal"]
