"""Timeline and board: who sees which measures there, under which filters, and what odd addresses bring up."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Milestone
from network.models import Role
from tests.factories import make_field, make_measure, make_region, make_user

pytestmark = pytest.mark.django_db
TIMELINE, BOARD = "/massnahmen/zeitplan/", "/massnahmen/phasen/"


def on_timeline(client: Client, query: str = "") -> list[str]:
    timeline = client.get(f"{TIMELINE}{query}").context["timeline"]
    return [row.measure.title for group in timeline.groups for row in group.rows]


def on_board(client: Client, query: str = "") -> dict[str, tuple[int, list[str]]]:
    """Per phase with any measure: the count in its head and the titles of its cards."""
    columns = client.get(f"{BOARD}{query}").context["columns"]
    return {
        column["phase"].value: (column["count"], [measure.title for measure in column["measures"]])
        for column in columns
        if column["count"] or column["measures"]
    }


def notes(response: Any) -> list[str]:
    return [
        unescape(note)
        for note in re.findall(
            r'<p class="note note--yellow" role="alert">(.*?)</p>', response.content.decode()
        )
    ]


def links(response: Any) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', response.content.decode())]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, ["Offen"]),
        (Role.STEERING, ["Intern", "Offen"]),
        (Role.TEAM, ["Intern", "Offen"]),
        (Role.COORDINATION, ["Entwurf", "Intern", "Offen"]),
    ],
)
def test_both_pages_show_and_count_only_what_is_visible(
    client: Client, role: Role | None, expected: list[str]
) -> None:
    for number, (title, visibility) in enumerate(
        [("Entwurf", "draft"), ("Intern", "internal"), ("Offen", "public")]
    ):
        measure = make_measure(title, no=f"M-{number}", visibility=visibility)
        Milestone.objects.create(measure=measure, title=f"Ziel {title}", planned_date=localdate())
    if role:
        client.force_login(make_user(role))

    assert on_timeline(client) == expected
    assert on_board(client) == {"idea": (len(expected), expected)}
    for page in (TIMELINE, BOARD):
        text = client.get(page).content.decode()
        assert [word for word in ("Entwurf", "Intern", "Offen") if f"Ziel {word}" in text] == expected


def test_hidden_measures_do_not_stretch_the_time_shown(client: Client) -> None:
    make_measure("Verborgen", visibility="draft", starts_on=date(1999, 1, 1))
    make_measure("Offen", starts_on=date(2025, 1, 1), ends_on=date(2025, 2, 1))

    assert client.get(f"{TIMELINE}?zoom=alles").context["timeline"].window.first == date(2025, 1, 1)

    client.force_login(make_user(Role.COORDINATION))
    assert client.get(f"{TIMELINE}?zoom=alles").context["timeline"].window.first == date(1999, 1, 1)


def test_everything_reaches_from_the_first_to_the_last_day_of_measures_and_milestones(client: Client) -> None:
    first = make_measure("Erste", ends_on=date(2022, 5, 1))
    Milestone.objects.create(
        measure=first, title="Start", planned_date=date(2023, 1, 1), actual_date=date(2021, 1, 1)
    )
    Milestone.objects.create(
        measure=first, title="Ende", planned_date=date(2024, 1, 1), forecast_date=date(2031, 1, 1)
    )

    window = client.get(f"{TIMELINE}?zoom=alles").context["timeline"].window

    assert (window.first, window.last) == (date(2021, 1, 1), date(2031, 12, 31))


def test_measures_on_the_timeline_stand_by_field_and_number(client: Client) -> None:
    first, second = make_field("Mobilität"), make_field("Energie")
    for title, no, field in [
        ("a", "M-3", second),
        ("b", "M-2", first),
        ("c", "M-1", second),
        ("d", "M-4", first),
    ]:
        make_measure(title, no=no, field=field)

    groups = client.get(TIMELINE).context["timeline"].groups

    assert [(group.field, [row.measure.title for row in group.rows]) for group in groups] == [
        (first, ["b", "d"]),
        (second, ["c", "a"]),
    ]


def test_the_timeline_comes_in_pages_that_keep_zoom_and_filters(client: Client) -> None:
    for number in range(51):
        make_measure(f"{number}", no=f"M-{number:02}", phase="pilot")
    query = "zoom=alles&phase=pilot"

    assert on_timeline(client, f"?{query}&page=2") == ["50"]
    assert f"?{query}&page=2" in links(client.get(f"{TIMELINE}?{query}"))


def test_drawing_table_and_board_tell_of_milestones_in_words(client: Client) -> None:
    late = localdate() - timedelta(days=3)
    measure = make_measure("Netz", no="M-1", starts_on=late, ends_on=late)
    Milestone.objects.create(measure=measure, title="Bau", planned_date=late)
    timeline, board = client.get(TIMELINE).content.decode(), client.get(BOARD).content.decode()

    words = f"Bau: überfällig, {late:%d.%m.%Y}"
    day = f"{late:%d.%m.%Y}"
    assert f">Laufzeit {day} bis {day}. {words}. </desc>" in timeline
    assert (timeline.count(words), timeline.count(f"<p>{words}</p>")) == (3, 1)
    assert f'Bau, {late:%d.%m.%Y} <span class="light light--red">überfällig</span>' in board


def test_a_milestone_due_today_is_not_marked_overdue_on_the_board(client: Client) -> None:
    Milestone.objects.create(measure=make_measure(), title="Bau", planned_date=localdate())

    assert "überfällig" not in client.get(BOARD).content.decode()


@pytest.mark.parametrize("page", ["/massnahmen/", TIMELINE, BOARD])
def test_each_view_leads_to_the_others_with_its_filters_and_without_its_own_zoom(
    client: Client, page: str
) -> None:
    make_measure(phase="pilot")

    found = links(client.get(f"{page}?q=Sensor&phase=pilot&light=blau&zoom=alles&von=2026-Q1"))

    query = "?q=Sensor&phase=pilot"
    assert [link for link in found if link.endswith(query)][:3] == [
        f"/massnahmen/{query}",
        f"{TIMELINE}{query}",
        f"{BOARD}{query}",
    ]


def test_filters_hold_on_both_pages_and_can_be_taken_away_one_by_one_or_all(client: Client) -> None:
    make_measure("Ja", phase="pilot", light="green")
    make_measure("Nein", phase="pilot", light="grey")
    query = "?phase=pilot&light=green&zoom=quartal&von=2026-Q1"

    assert on_timeline(client, query) == ["Ja"]
    assert on_board(client, query) == {"pilot": (1, ["Ja"])}
    found = links(client.get(f"{TIMELINE}{query}"))
    assert {
        f"{TIMELINE}?light=green&zoom=quartal&von=2026-Q1",
        f"{TIMELINE}?phase=pilot&zoom=quartal&von=2026-Q1",
        f"{TIMELINE}?zoom=quartal&von=2026-Q1",
    } <= set(found)


def test_filtering_keeps_the_time_shown(client: Client) -> None:
    page = client.get(f"{TIMELINE}?zoom=quartal&von=2026-Q1").content.decode()

    assert re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page) == [
        ("zoom", "quartal"),
        ("von", "2026-Q1"),
    ]


def test_one_pages_through_time_by_quarters_and_years(client: Client) -> None:
    make_measure(phase="pilot")

    steps = client.get(f"{TIMELINE}?phase=pilot&von=2026-Q4").context["steps"]

    assert [(step["label"], step["url"]) for step in steps] == [
        ("1 Jahr früher", f"{TIMELINE}?phase=pilot&von=2025-Q4"),
        ("1 Quartal früher", f"{TIMELINE}?phase=pilot&von=2026-Q3"),
        ("Heute", f"{TIMELINE}?phase=pilot"),
        ("1 Quartal später", f"{TIMELINE}?phase=pilot&von=2027-Q1"),
        ("1 Jahr später", f"{TIMELINE}?phase=pilot&von=2027-Q4"),
    ]


@pytest.mark.parametrize(
    ("quarter", "missing"),
    [("1900-Q1", "früher"), ("2200-Q4", "später")],
)
def test_there_is_no_way_out_of_the_years_that_anybody_plans_in(
    client: Client, quarter: str, missing: str
) -> None:
    steps = client.get(f"{TIMELINE}?von={quarter}").context["steps"]

    assert [step["label"] for step in steps if missing in step["label"]] == []
    assert len(steps) == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?zoom=woche", ["Den Zoom „woche“ gibt es nicht. Gezeigt wird ein Jahr."]),
        ("?von=2026-Q9", ["„2026-Q9“ ist kein Quartal wie „2026-Q3“. Gezeigt wird der Zeitraum um heute."]),
        ("?von=0001-Q1", ["„0001-Q1“ ist kein Quartal wie „2026-Q3“. Gezeigt wird der Zeitraum um heute."]),
        (
            "?zoom=%00%3Cb%3E&von=9999-Q4",
            [
                "Den Zoom „<b>“ gibt es nicht. Gezeigt wird ein Jahr.",
                "„9999-Q4“ ist kein Quartal wie „2026-Q3“. Gezeigt wird der Zeitraum um heute.",
            ],
        ),
        ("?zoom=&von=", []),
        ("?zoom=alles&von=2026-Q3", []),
    ],
)
def test_a_wish_about_time_that_is_not_understood_is_named_and_left_out(
    client: Client, query: str, expected: list[str]
) -> None:
    make_measure("Netz")
    response = client.get(f"{TIMELINE}{query}")

    assert (response.status_code, notes(response)) == (200, expected)
    if expected:
        assert response.context["timeline"].window == client.get(TIMELINE).context["timeline"].window


@pytest.mark.parametrize("zoom", ["quartal", "jahr", "alles"])
def test_measures_without_any_day_or_of_any_age_can_be_drawn(client: Client, zoom: str) -> None:
    make_measure("Ohne", no="M-1")
    make_measure("Alt", no="M-2", starts_on=date(204, 1, 1))
    make_measure("Fern", no="M-3", ends_on=date(9999, 12, 31))

    response = client.get(f"{TIMELINE}?zoom={zoom}")

    assert response.status_code == 200
    rows = [row for group in response.context["timeline"].groups for row in group.rows]
    assert [row.bar is None or 0 <= row.bar.x <= row.bar.x + row.bar.width <= 100 for row in rows] == [
        True
    ] * 3
    assert "noch ohne Termine" in response.content.decode()


@pytest.mark.parametrize("page", [TIMELINE, BOARD])
def test_where_nothing_is_found_both_pages_offer_a_way_on(client: Client, page: str) -> None:
    assert "Noch keine Maßnahmen" in client.get(page).content.decode()
    make_measure()
    text = client.get(f"{page}?q=gibtesnicht").content.decode()
    assert "Keine Maßnahme passt zu allen Filtern" in text


@pytest.mark.parametrize("page", [TIMELINE, BOARD])
def test_htmx_gets_the_results_of_both_pages_alone(client: Client, page: str) -> None:
    make_measure(phase="pilot")

    response = client.get(f"{page}?phase=pilot&q=", headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == f"{page}?phase=pilot"


def test_a_new_measure_never_takes_the_address_of_a_page(client: Client) -> None:
    make_region()
    assert [make_measure(title).slug for title in ("Zeitplan", "Phasen")] == ["zeitplan-2", "phasen-2"]


def test_the_counts_of_the_board_are_of_all_pages(client: Client) -> None:
    for number in range(201):
        make_measure(f"{number}", no=f"M-{number:03}", phase="idea" if number < 200 else "pilot")

    assert {phase: (count, len(cards)) for phase, (count, cards) in on_board(client).items()} == {
        "idea": (200, 200),
        "pilot": (1, 0),
    }
    assert on_board(client, "?page=2") == {"idea": (200, []), "pilot": (1, ["200"])}
