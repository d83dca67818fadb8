"""The dashboard: every figure counts what its link shows, for whoever reads it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from measures.models import RolloutCell
from monitoring.dashboard import Dashboard
from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from network.models import Municipality, Role
from tests.factories import (
    make_budget_line,
    make_committee,
    make_field,
    make_measure,
    make_municipality,
    make_region,
    make_user,
    set_cell,
)
from tests.governance.rows import make_resolution
from tests.monitoring.conftest import AsOf
from tests.monitoring.flow import client_of
from tests.monitoring.indicator_rows import make_indicator, make_target, make_value

pytestmark = pytest.mark.django_db
SINCE = localdate().replace(day=1) - timedelta(days=1)


@pytest.fixture(autouse=True)
def places() -> list[Municipality]:
    make_region()
    return [make_municipality("Aadorf"), make_municipality("Bdorf")]


def board(user: Any) -> Dashboard:
    return Dashboard(user, localdate(), SINCE)


def test_phases_and_lights_are_counted_with_their_change(date_events: AsOf) -> None:
    bus = make_measure("Bus", phase="concept", light="green")
    date_events(2025, 1, 1)
    bus.phase, bus.light, bus.light_reason = "pilot", "red", "Ausfall"
    bus.save()
    make_measure("Bahn", phase="pilot")

    total = board(make_user(Role.COORDINATION)).total

    assert (total.measures.value, total.measures.change) == (2, 1)
    assert [(figure.value, figure.change) for figure in total.phases] == [
        (0, 0),
        (0, -1),
        (2, 2),
        (0, 0),
        (0, 0),
    ]
    assert [(figure.value, figure.change) for figure in total.lights] == [(0, -1), (0, 0), (1, 1), (1, 1)]


def test_the_roll_out_counts_affected_and_live_cells(places: list[Municipality], date_events: AsOf) -> None:
    measure = make_measure()
    date_events(2025, 1, 1)
    set_cell(measure, places[0], stage="live", since=date(2025, 1, 1), evidence="Link")
    set_cell(measure, places[1], stage="not_affected")

    line = board(make_user(Role.COORDINATION)).lines[0]

    assert (line.live.value, line.affected.value) == (1, 1)


def test_a_cell_counts_as_new_if_its_measure_was_not_to_be_seen_then(
    places: list[Municipality], date_events: AsOf, client: Client
) -> None:
    measure = make_measure(visibility="internal")
    set_cell(measure, places[0], stage="live", since=date(2025, 1, 1), evidence="Link")
    RolloutCell.objects.update(stage_changed_at=datetime(2025, 1, 1, tzinfo=UTC))
    date_events(2025, 1, 1)
    measure.visibility = "public"
    measure.save()

    changes = [board(user).total.live.change for user in (_visitor(client), make_user(Role.STEERING))]

    assert changes == [1, 0]


def test_money_is_for_those_who_may_see_it(client: Client) -> None:
    make_budget_line(make_measure(), amount=1_234)
    assert "1.234" in client_of(make_user(Role.STEERING)).get("/monitoring/").content.decode()
    page = client.get("/monitoring/").content.decode()
    assert "1.234" not in page and "Mittel" not in page.replace("Mittel: alle Jahre", "")


def test_a_visitor_sees_no_figure_of_what_is_not_public(client: Client) -> None:
    make_measure("Offen", light="red", light_reason="Ausfall")
    make_measure("Intern", light="red", light_reason="Ausfall", visibility="internal")
    make_measure("Entwurf", light="red", light_reason="Ausfall", visibility="draft")
    reds = [board(user).total.lights[2].value for user in (_visitor(client), make_user(Role.STEERING))]
    assert reds == [1, 2]
    assert board(make_user(Role.COORDINATION)).total.lights[2].value == 3


def _visitor(client: Client) -> Any:
    return client.get("/monitoring/").wsgi_request.user


def test_indicators_on_target_are_counted_by_field_and_for_the_concept_in_the_total() -> None:
    field = make_field("Energie")
    for number, value in enumerate((9, 1)):
        of_field = field if number == 0 else None
        row = Indicator.objects.create(
            key=f"i{number}",
            name="I",
            level="output",
            unit="Stück",
            source="Zählung",
            field=of_field,
            baseline=0,
            baseline_on=date(2025, 1, 1),
            collected_from=date(2025, 1, 1),
            visibility="public",
        )
        IndicatorTarget.objects.create(indicator=row, on=date(2025, 12, 31), value=10)
        IndicatorValue.objects.create(indicator=row, on=date(2025, 6, 30), value=value)
    found = board(make_user(Role.COORDINATION))
    [line] = [line for line in found.lines if line.name == "Energie"]
    assert (line.on_target.value, line.judged.value) == (1, 1)
    assert (found.total.on_target.value, found.total.judged.value) == (1, 2)


def test_every_figure_leads_to_a_page_that_shows_as_many(client: Client) -> None:
    make_measure("Bus", phase="pilot")
    make_measure("Bahn", phase="pilot")
    page = client.get("/monitoring/")
    figure = page.context["board"].total.phases[2]
    assert figure.url == "/massnahmen/?phase=pilot"
    rows = client.get(figure.url).content.decode()
    assert [title in rows for title in ("Bus", "Bahn")] == [True, True]
    assert figure.value == 2


def test_the_indicators_that_can_be_judged_are_those_that_the_link_shows() -> None:
    for number in range(3):
        indicator = make_indicator(f"Zahl {number}", baseline=0, baseline_on=date(2025, 1, 1))
        if number:
            make_target(indicator, date(2025, 12, 31), 10)
            make_value(indicator, date(2025, 6, 30), 9 if number == 1 else 1)
    client = client_of(make_user(Role.COORDINATION))

    judged = board(make_user(Role.COORDINATION)).total.judged

    shown = [row.indicator.name for row in client.get(judged.url).context["rows"]]
    assert (judged.value, shown) == (2, ["Zahl 1", "Zahl 2"])


def test_the_money_of_a_field_leads_to_the_rows_of_that_field() -> None:
    energy, water = make_field("Energie"), make_field("Wasser")
    make_budget_line(make_measure("Netz", field=energy), amount=1_234)
    make_budget_line(make_measure("Pegel", field=water), amount=5_678)
    client = client_of(make_user(Role.STEERING))

    lines = {str(line.name): line for line in board(make_user(Role.STEERING)).lines}
    page = client.get(lines["Energie"].money_url)

    assert lines["Energie"].money_url == "/foerderung/?field=energie#massnahmen"
    rows = [(measure.title, figures.plan) for measure, figures in page.context["overview"].by_measure]
    assert rows == [("Netz", 1_234)]
    assert lines["Energie"].money is not None and lines["Energie"].money.plan == 1_234


def test_what_is_overdue_after_resolutions_leads_to_just_that() -> None:
    committee = make_committee()
    make_resolution(committee, title="Alt", due_on=localdate() - timedelta(days=1))
    make_resolution(committee, "LK 2026/02", title="Neu", due_on=localdate())
    client = client_of(make_user(Role.COORDINATION))
    found = board(make_user(Role.COORDINATION))

    shown = {
        figure.url: [row.resolution.title for row in client.get(figure.url).context["rows"]]
        for figure in (found.follow_ups, found.overdue)
    }

    assert (found.follow_ups.value, found.overdue.value) == (2, 1)
    assert shown == {
        "/beschluesse/kontrolle/": ["Alt", "Neu"],
        "/beschluesse/kontrolle/?frist=ueberfaellig": ["Alt"],
    }


def test_every_number_of_the_table_is_a_link() -> None:
    make_budget_line(make_measure("Netz"), amount=1_234)
    page = client_of(make_user(Role.COORDINATION)).get("/monitoring/").content.decode()

    table = page[page.index("<tbody>") : page.index("</table>")]
    without_links = re.sub(
        r"<a .*?</a>|<span class=\"change\">.*?</span>|<th.*?</th>", "", table, flags=re.DOTALL
    )

    assert re.findall(r">[^<]*\d[^<]*<", without_links) == []
    assert len(re.findall(r"<a [^>]*>\d", table)) > 20


@pytest.mark.parametrize("query", ["", "?seit=2020-01-01", "?seit=kaputt", "?seit="])
def test_an_unknown_day_of_comparison_gives_the_last_quarter(client: Client, query: str) -> None:
    page = client.get(f"/monitoring/{query}")
    assert page.status_code == 200
    assert page.context["board"].since < localdate()


def test_the_dashboard_costs_as_many_queries_with_many_measures() -> None:
    client, counts = client_of(make_user(Role.COORDINATION)), []
    for number in (2, 15):
        for index in range(number):
            make_measure(f"Maßnahme {number} {index}")
        with CaptureQueriesContext(connection) as queries:
            client.get("/monitoring/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
