"""Automatic items: when they apply, what they list for whom, and that a held meeting's lists stay."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import localdate, now

from governance import automatic
from governance.models import AgendaItem, Committee, Meeting, Series
from governance.services.agenda import add_item, prepare_agenda
from governance.services.series import create_series, save_series
from measures.models import Measure, Wish
from network.models import Role
from participation.models.ideas import ON_AGENDA_FROM
from tests.factories import make_committee, make_measure, make_municipality, make_user
from tests.governance.rows import (
    make_item,
    make_meeting,
    make_member,
    make_red,
    make_report,
    make_resolution,
)
from tests.participation.rows import make_idea, make_supporters

pytestmark = pytest.mark.django_db
ALL = ["minutes", "control", "red_measures", "wishes", "ideas", "report"]


def next_meeting(committee: Committee, **values: Any) -> Meeting:
    return make_meeting(committee, starts_at=now() + timedelta(days=9), **values)


def make_wishes(number: int, measure: Measure | None = None) -> Measure:
    places = [make_municipality(f"{letter}dorf") for letter in "CABD"[:number]]
    measure = measure or make_measure("Dorfplatz")
    for place in places:
        Wish.objects.create(cell=measure.cells.get(municipality=place))
    return measure


def make_series_to_come(committee: Committee) -> Series:
    rule, start = "FREQ=WEEKLY;INTERVAL=1;BYDAY=WE;COUNT=3", localdate() + timedelta(days=1)
    return Series(committee=committee, title="Runde", rule=rule, starts_on=start, at=time(9))


def fill(committee: Committee) -> None:
    """Something for each kind."""
    make_meeting(committee, "Winterrunde", status="minutes_ready")
    make_resolution(committee)
    make_wishes(3)
    make_red()
    make_supporters(make_idea(), ON_AGENDA_FROM)
    make_report()


def entries(kind: str, meeting: Meeting, reader: Any = None) -> list[Any]:
    (found,) = [each for each in automatic.kinds() if each.kind == kind]
    return found.entries(Meeting.objects.get(pk=meeting.pk), reader or make_user(Role.COORDINATION))


def test_preparing_adds_each_automatic_item_that_applies_once() -> None:
    committee = make_committee()
    fill(committee)
    meeting = next_meeting(committee)
    make_item(meeting, title="Begrüßung")

    added = [len(prepare_agenda(meeting=meeting, by=None)) for _ in range(2)]

    assert added == [6, 0]
    assert list(meeting.items.values_list("number", "kind", "title", "visibility")) == [
        (1, "topic", "Begrüßung", "public"),
        (2, "minutes", "Genehmigung der Niederschrift", "public"),
        (3, "control", "Umsetzung früherer Beschlüsse", "public"),
        (4, "red_measures", "Maßnahmen mit roter Ampel", "public"),
        (5, "ideas", "Ideen aus der Bevölkerung", "public"),
        (6, "report", "Berichte zur Kenntnis", "public"),
        (7, "wishes", "Wünsche der Kommunen", "internal"),
    ]


def test_what_does_not_apply_is_not_added_and_what_is_there_is_left_alone() -> None:
    committee = make_committee()
    make_red()
    make_wishes(2)
    meeting = next_meeting(committee)
    make_item(meeting, title="Sorgenkinder", kind="red_measures", visibility="internal")

    assert prepare_agenda(meeting=meeting, by=None) == []
    assert [item.title for item in meeting.items.all()] == ["Sorgenkinder"]


@pytest.mark.parametrize(
    "kind", [Committee.Kind.COUNCIL, Committee.Kind.WORKING_GROUP, Committee.Kind.EXCHANGE]
)
def test_a_committee_that_does_not_steer_gets_its_own_minutes_and_decisions_only(kind: str) -> None:
    committee = make_committee(kind=kind)
    fill(committee)

    added = prepare_agenda(meeting=next_meeting(committee), by=None)
    assert [item.kind for item in added] == ["minutes", "control"]


def test_automatic_items_are_internal_where_the_meeting_or_all_that_they_list_is() -> None:
    committee = make_committee()
    make_resolution(committee, visibility="internal")
    make_red(visibility="internal")
    make_report("internal")
    inner, outer = next_meeting(committee, visibility="internal"), next_meeting(committee)
    make_resolution(make_committee("Kreistag"))

    for meeting in (inner, outer):
        added = prepare_agenda(meeting=meeting, by=None)
        assert {item.visibility for item in added} == {"internal"}
    make_resolution(committee, "LK 2026/02")
    third = prepare_agenda(meeting=next_meeting(committee), by=None)
    assert [(item.kind, item.visibility) for item in third][:1] == [("control", "public")]


def test_a_fixed_agenda_is_not_prepared(client: Client) -> None:
    committee = make_committee()
    fill(committee)
    meeting = make_meeting(committee, status="held")
    client.force_login(make_user(Role.COORDINATION))

    with pytest.raises(ValidationError):
        prepare_agenda(meeting=meeting, by=None)
    client.post(f"{meeting.get_absolute_url()}tagesordnung/vorbereiten/")
    assert meeting.items.count() == 0


def test_the_button_prepares_the_agenda_and_says_what_it_added(client: Client) -> None:
    committee = make_committee()
    make_red()
    meeting = next_meeting(committee)
    client.force_login(make_user(Role.COORDINATION))
    said = []
    for _ in range(2):
        page = client.post(f"{meeting.get_absolute_url()}tagesordnung/vorbereiten/", follow=True)
        said += [str(message) for message in page.context["messages"]]

    assert said == [
        "Auf die Tagesordnung gesetzt: „Maßnahmen mit roter Ampel“.",
        "Es fehlt kein automatischer Punkt.",
    ]


def test_a_new_meeting_has_the_automatic_items_at_once(client: Client) -> None:
    committee = make_committee()
    fill(committee)
    client.force_login(make_user(Role.COORDINATION))
    values = {"title": "Sitzung", "starts_at": "2099-07-01T14:30", "visibility": "public"}
    for status in ("planned", "held"):
        day = {"starts_at": "2020-01-08T14:30"} if status == "held" else {}
        client.post("/gremien/lenkungskreis/sitzungen/neu/", {**values, "status": status, **day})

    new, old = Meeting.objects.exclude(title="Winterrunde").order_by("-starts_at")
    assert sorted(new.items.values_list("kind", flat=True)) == sorted(ALL)
    assert old.items.count() == 0


def test_each_meeting_of_a_new_series_has_them_and_still_follows_its_series() -> None:
    committee = make_committee()
    fill(committee)
    series = create_series(series=make_series_to_come(committee), by=None)

    series.place = "Saal"
    save_series(series=series, version=1, by=None)

    agendas = [list(row.items.values_list("number", "kind", "visibility")) for row in series.meetings.all()]
    assert sorted(kind for _number, kind, _visibility in agendas[0]) == sorted(ALL)
    assert agendas == [agendas[0]] * 3
    assert set(series.meetings.values_list("place", flat=True)) == {"Saal"}


def test_what_a_topic_was_put_on_is_left_alone_by_its_series() -> None:
    series = create_series(series=make_series_to_come(make_committee()), by=None)
    first = series.meetings.order_by("starts_at")[0]
    add_item(item=AgendaItem(meeting=first, title="Haushalt"), by=None)

    series.place = "Saal"
    save_series(series=series, version=1, by=None)

    assert list(series.meetings.order_by("starts_at").values_list("place", flat=True)) == ["", "Saal", "Saal"]


def test_an_invitation_adds_what_is_still_missing_and_nothing_twice(client: Client) -> None:
    committee = make_committee()
    meeting = next_meeting(committee)
    make_red()
    prepare_agenda(meeting=meeting, by=None)
    make_wishes(3)
    client.force_login(make_user(Role.COORDINATION))
    address = f"{meeting.get_absolute_url()}einladen/"

    page = client.get(address)
    client.post(address, {"version": 1})

    assert [str(title) for title in page.context["missing"]] == ["Wünsche der Kommunen"]
    meeting.refresh_from_db()
    assert [item.kind for item in meeting.items.all()] == ["red_measures", "wishes"]
    assert (meeting.status, meeting.agenda_changed_at, meeting.internal_agenda_changed_at) == (
        "invited",
        None,
        None,
    )


def test_open_decisions_are_listed_below_their_item_and_not_once_more(client: Client) -> None:
    committee = make_committee()
    make_resolution(committee, title="Ausbau")
    meeting = next_meeting(committee)
    shown = [client.get(meeting.get_absolute_url()).content.decode().count("Ausbau")]
    prepare_agenda(meeting=meeting, by=None)
    page = client.get(meeting.get_absolute_url()).content.decode()

    assert [*shown, page.count("Ausbau")] == [1, 1]
    assert "Offene Beschlüsse" not in page


def test_a_red_measure_stands_there_with_its_reason_and_since_when() -> None:
    committee = make_committee()
    measure = make_red()
    make_measure("Grün", light="green")
    make_red("Archiviert", archived_at=now())
    Measure.objects.filter(pk=measure.pk).update(light_reason="Immer noch kein Anbieter")

    (red,) = entries("red_measures", next_meeting(committee))

    assert (red.measure, red.reason) == (measure, "Immer noch kein Anbieter")
    assert red.since == measure.pgh_event_model.objects.filter(pgh_obj=measure).first().pgh_created_at


def test_the_count_of_red_begins_anew_after_another_colour() -> None:
    measure = make_red()
    Measure.objects.update(light="green")
    Measure.objects.update(light="red")

    (red,) = entries("red_measures", next_meeting(make_committee()))

    assert red.since == measure.pgh_event_model.objects.order_by("pgh_id").last().pgh_created_at


def test_wishes_count_from_the_committees_threshold_on() -> None:
    committee = make_committee(wish_threshold=2)
    measure = make_wishes(2)
    meeting = next_meeting(committee)

    (wished,) = entries("wishes", meeting)
    assert (wished.measure, wished.number, wished.names) == (measure, 2, ["Adorf", "Cdorf"])
    Wish.objects.filter(pk=Wish.objects.first().pk).update(state="withdrawn")

    assert entries("wishes", meeting) == []


def test_who_wishes_is_named_only_to_those_who_may_read_the_wish() -> None:
    committee = make_committee()
    make_wishes(3)
    meeting = next_meeting(committee)
    editor = make_user(Role.MUNICIPALITY, Wish.objects.first().cell.municipality)
    seen = {
        "visitor": entries("wishes", meeting, AnonymousUser()),
        "team": entries("wishes", meeting, make_user(Role.TEAM)),
        "municipality": entries("wishes", meeting, editor),
        "member": [(each.number, each.names) for each in entries("wishes", meeting, make_member(committee))],
        "coordinator": [(each.number, each.names) for each in entries("wishes", meeting)],
    }

    assert seen == {
        "visitor": [],
        "team": [],
        "municipality": [],
        "member": [(3, [])],
        "coordinator": [(3, ["Adorf", "Bdorf", "Cdorf"])],
    }


def test_a_report_is_noted_by_the_meeting_that_had_it_on_its_agenda() -> None:
    committee = make_committee()
    first = make_report()
    meeting = make_meeting(committee, starts_at=now(), status="held")
    item = make_item(meeting, kind="report")
    second = make_report(start=date(2024, 4, 1))
    later = next_meeting(committee)

    assert (entries("report", meeting), entries("report", later)) == ([first], [second])
    item.delete()
    assert entries("report", later) == [second, first]


def test_a_meeting_that_was_not_held_notes_no_report() -> None:
    committee = make_committee()
    report = make_report()
    for status in ("planned", "invited", "cancelled"):
        make_item(make_meeting(committee, status=status), kind="report")
    make_item(make_meeting(make_committee("Konferenz"), starts_at=now(), status="held"), kind="report")

    assert entries("report", next_meeting(committee)) == [report]


def test_a_report_of_the_committee_is_listed_to_its_readers_only() -> None:
    committee = make_committee()
    outer, inner = make_report(), make_report("internal", start=date(2024, 4, 1))
    meeting = next_meeting(committee)

    assert entries("report", meeting, AnonymousUser()) == [outer]
    assert entries("report", meeting, make_user(Role.TEAM)) == [outer]
    assert entries("report", meeting, make_member(committee)) == [inner, outer]


def test_a_period_that_was_reported_for_two_audiences_is_named_once() -> None:
    committee = make_committee()
    inner, outer = make_report("internal"), make_report()
    member = make_member(committee)

    assert entries("report", next_meeting(committee), member) == [outer]
    closed = next_meeting(committee, visibility="internal")
    assert entries("report", closed, member) == [inner]
    assert entries("report", closed, AnonymousUser()) == [outer]


def test_lists_are_live_until_the_meeting_was_held_and_then_stay_as_they_were() -> None:
    committee = make_committee()
    measure = make_red()
    make_wishes(3)
    meeting = make_meeting(committee, starts_at=now(), status="planned")
    before = [len(entries(kind, meeting)) for kind in ("red_measures", "wishes")]
    Measure.objects.update(light="green")
    Wish.objects.update(state="withdrawn")
    live = [len(entries(kind, meeting)) for kind in ("red_measures", "wishes")]
    Meeting.objects.update(status="held")
    held = entries("red_measures", meeting), entries("wishes", meeting)

    assert (before, live) == ([1, 1], [0, 0])
    assert [red.measure for red in held[0]] == [measure]
    assert [(wished.number, wished.names) for wished in held[1]] == [(3, ["Adorf", "Bdorf", "Cdorf"])]


def test_a_held_meeting_does_not_tell_a_reason_from_before_the_measure_was_public() -> None:
    measure = make_red(reason="Biber", visibility="internal")
    meeting = make_meeting(make_committee(), starts_at=now(), status="held")
    Measure.objects.update(visibility="public", light_reason="Amsel")

    assert entries("red_measures", meeting, AnonymousUser()) == []
    assert [red.reason for red in entries("red_measures", meeting, make_user(Role.TEAM))] == ["Biber"]
    assert [
        red.measure for red in entries("red_measures", next_meeting(meeting.committee), AnonymousUser())
    ] == [measure]


def test_a_meeting_that_was_called_off_deals_with_nothing(client: Client) -> None:
    committee = make_committee()
    make_resolution(committee, title="Ausbau")
    make_red("Netz")
    meeting = next_meeting(committee)
    prepare_agenda(meeting=meeting, by=None)
    Meeting.objects.update(status="cancelled")

    page = client.get(meeting.get_absolute_url()).content.decode()

    assert ("Ausbau" in page, "Kein Anbieter" in page) == (False, False)


def test_pages_cost_the_same_queries_for_two_entries_as_for_ten(client: Client, count_queries: Any) -> None:
    committee = make_committee(wish_threshold=1)
    meeting = next_meeting(committee)
    for number, kind in enumerate(ALL, start=1):
        make_item(meeting, number, kind=kind)
    client.force_login(make_user(Role.COORDINATION))
    make_municipality()

    def costs(size: int) -> list[int]:
        for number in range(Measure.objects.count(), size):
            measure = make_red(f"Maßnahme {number}")
            Wish.objects.create(cell=measure.cells.get())
            make_resolution(committee, f"LK {number}").measures.add(measure)
            make_report(start=date(2000 + number, 1, 1))
            make_meeting(committee, f"Sitzung {number}", status="minutes_ready")
        found = []
        for page in ("", "praesentation/"):
            with count_queries() as queries:
                assert client.get(f"{meeting.get_absolute_url()}{page}").status_code == 200
            found.append(len(queries))
        return found

    assert costs(2) == costs(10)
    assert localdate() < meeting.day


def test_each_kind_that_an_agenda_can_have_is_registered() -> None:
    kinds = [each.kind for each in automatic.kinds()]

    assert kinds == [kind for kind in AgendaItem.Kind.values if kind != "topic"]
