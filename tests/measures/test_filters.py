"""The list of measures: who sees what, filters in the address, and what a page of it costs."""

from datetime import date

import pytest
from django.test import Client

from measures.models import Measure, Milestone, RolloutCell
from network.models import Role
from tests.factories import make_field, make_measure, make_municipality, make_region, make_user, set_cell

pytestmark = pytest.mark.django_db


def titles(response) -> list[str]:
    return [measure.title for measure in response.context["measures"]]


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/massnahmen/{query}")
    assert response.status_code == 200
    return titles(response)


def test_measures_stand_by_number(client: Client) -> None:
    make_measure("Zweite", no="M-02")
    make_measure("Erste", no="M-01")

    assert shown(client) == ["Erste", "Zweite"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, ["Offen"]),
        (Role.STEERING, ["Intern", "Offen"]),
        (Role.TEAM, ["Intern", "Offen"]),
        (Role.ADMINISTRATION, ["Intern", "Offen"]),
        (Role.COORDINATION, ["Entwurf", "Intern", "Offen"]),
    ],
)
def test_each_role_sees_and_counts_only_what_is_visible_to_it(
    client: Client, role: Role | None, expected: list[str]
) -> None:
    make_measure("Entwurf", no="M-01", visibility="draft")
    make_measure("Intern", no="M-02", visibility="internal")
    make_measure("Offen", no="M-03")
    if role:
        client.force_login(make_user(role))

    response = client.get("/massnahmen/")

    assert titles(response) == expected
    assert response.context["page_obj"].paginator.count == len(expected)


def test_no_filter_finds_a_measure_that_is_hidden(client: Client) -> None:
    place = make_municipality()
    hidden = make_measure("Verborgen", visibility="draft", light="red", light_reason="x", is_starter=True)
    set_cell(hidden, place, stage="interested")

    queries = [
        "?q=Verborgen",
        f"?municipality={place.slug}",
        "?light=red",
        "?starter=true",
        "?visibility=draft",
    ]

    assert {query: shown(client, query) for query in queries} == {query: [] for query in queries}


@pytest.mark.parametrize(
    "query",
    [
        "?field=wohnen",
        "?phase=pilot",
        "?status=on_hold",
        "?light=yellow",
        "?starter=true",
        "?q=SCHLUSSEL+M-77",
    ],
)
def test_each_filter_keeps_the_one_measure_it_is_about(client: Client, query: str) -> None:
    make_measure("Andere")
    make_measure(
        "Schlüssel",
        no="M-77",
        field=make_field("Wohnen"),
        phase="pilot",
        status="on_hold",
        status_reason="Pause",
        light="yellow",
        light_reason="Verzug",
        is_starter=True,
    )

    assert shown(client, query) == ["Schlüssel"]


def test_the_municipality_filter_leaves_out_unknown_and_not_affected(client: Client) -> None:
    place, elsewhere = make_municipality("Aadorf"), make_municipality("Bedorf")
    stages = {stage: make_measure(stage.label, no=f"M-{n:02}") for n, stage in enumerate(RolloutCell.Stage)}
    for stage, measure in stages.items():
        set_cell(
            measure, place, stage=stage, reason="Grund", since=date(2024, 1, 1), evidence="Adresse im Netz"
        )
    only_elsewhere = make_measure("nur nebenan", no="M-99")
    set_cell(only_elsewhere, elsewhere, stage="interested")

    left_out = {RolloutCell.Stage.UNKNOWN, RolloutCell.Stage.NOT_AFFECTED}

    assert shown(client, "?municipality=aadorf") == [
        stage.label for stage in RolloutCell.Stage if stage not in left_out
    ]


def test_several_filters_hold_together(client: Client) -> None:
    make_measure("Beides", phase="pilot", is_starter=True)
    make_measure("Nur Pilot", phase="pilot")

    assert shown(client, "?phase=pilot&starter=true") == ["Beides"]


@pytest.mark.parametrize("name", ["field", "phase", "status", "light", "municipality", "starter"])
@pytest.mark.parametrize("value", ["gibt-es-nicht", "%00", "1%27%20OR%201=1", "%F0%9F%8C%8D"])
def test_an_unknown_value_is_ignored_and_named(client: Client, name: str, value: str) -> None:
    make_measure("Sichtbar")

    response = client.get(f"/massnahmen/?{name}={value}")

    assert titles(response) == ["Sichtbar"]
    assert len(response.context["filter"].problems) == 1
    assert "Er wurde nicht angewendet." in response.content.decode()


@pytest.mark.parametrize(
    "query", ["?q=%00", "?page=abc", "?page=99", "?page=-1", "?unbekannt=1", "?q=%25_%5C"]
)
def test_odd_addresses_never_break_the_list(client: Client, query: str) -> None:
    make_measure("Sichtbar")

    assert client.get(f"/massnahmen/{query}").status_code == 200


def test_a_chip_takes_away_its_own_filter_and_keeps_the_others(client: Client) -> None:
    make_field("Wohnen")

    response = client.get("/massnahmen/?phase=pilot&field=wohnen&page=2")

    assert [(chip.label, chip.query_without) for chip in response.context["filter"].chips] == [
        ("Handlungsfeld: Wohnen", "?phase=pilot"),
        ("Phase: Pilot", "?field=wohnen"),
    ]


def test_pages_keep_the_filters(client: Client) -> None:
    for number in range(21):
        make_measure(f"Pilot {number}", phase="pilot", no=f"M-{number:02}")

    response = client.get("/massnahmen/?phase=pilot&q=")

    assert len(titles(response)) == 20
    assert 'href="?phase=pilot&amp;page=2"' in response.content.decode()
    assert shown(client, "?phase=pilot&page=2") == ["Pilot 20"]


@pytest.mark.parametrize(("number", "words"), [(1, "1 Maßnahme"), (2, "2 Maßnahmen")])
def test_the_count_is_said_in_words(client: Client, number: int, words: str) -> None:
    for _ in range(number):
        make_measure()

    assert f"<h2>{words}</h2>" in client.get("/massnahmen/").content.decode()


def test_htmx_gets_the_results_alone_and_a_clean_address(client: Client) -> None:
    make_measure("Sichtbar", phase="pilot")

    response = client.get("/massnahmen/?phase=pilot&q=&field=", headers={"HX-Request": "true"})

    assert titles(response) == ["Sichtbar"]
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == "/massnahmen/?phase=pilot"


def test_going_back_in_the_browser_gets_the_whole_page(client: Client) -> None:
    response = client.get(
        "/massnahmen/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )

    assert "<html" in response.content.decode()


def test_only_the_coordinator_is_offered_a_new_measure_and_the_visibility_filter(client: Client) -> None:
    before = client.get("/massnahmen/").content.decode()
    client.force_login(make_user(Role.COORDINATION))
    after = client.get("/massnahmen/").content.decode()

    assert [('name="visibility"' in page, "/massnahmen/neu/" in page) for page in (before, after)] == [
        (False, False),
        (True, True),
    ]


def test_a_list_of_200_measures_asks_as_often_as_one_of_20(client: Client, count_queries) -> None:
    make_region()
    client.get("/massnahmen/")

    def cost() -> int:
        with count_queries() as queries:
            assert len(titles(client.get("/massnahmen/"))) == 20
        return len(queries)

    for _ in range(20):
        add_measure_with_milestones()
    small = cost()
    for _ in range(180):
        add_measure_with_milestones()

    assert (small, cost()) == (7, 7)


def add_measure_with_milestones() -> None:
    measure = make_measure()
    Milestone.objects.create(measure=measure, title="Start", planned_date=date(2024, 5, 1))


def test_a_row_shows_progress_and_next_milestone_and_no_value_is_not_zero(client: Client) -> None:
    with_milestones = make_measure("Mit", no="M-01")
    make_measure("Ohne", no="M-02")
    Milestone.objects.create(
        measure=with_milestones, title="Fertig", planned_date=date(2024, 5, 1), actual_date=date(2024, 5, 1)
    )
    Milestone.objects.create(measure=with_milestones, title="Offen", planned_date=date(2025, 5, 1), weight=3)

    rows = client.get("/massnahmen/").context["measures"]

    assert [(row.progress, row.next_milestone) for row in rows] == [(25, "Offen"), (None, None)]


def test_measures_are_found_without_their_accents() -> None:
    make_measure("Schlüssel für alle")

    assert [measure.title for measure in Measure.objects.matching("schlussel ALLE")] == ["Schlüssel für alle"]
