"""Before a report: what is missing, old or contradictory is found and linked; all are reminded at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import StatusUpdate
from monitoring.models import Indicator
from monitoring.periods import Period
from monitoring.readiness import checks
from network.models import Digest, DigestRhythm, Role
from smartregion.base.models import Job
from tests.factories import make_measure, make_municipality, make_region, make_user
from tests.monitoring.evaluation_rows import make_evaluation, make_teammate
from tests.monitoring.flow import client_of

pytestmark = pytest.mark.django_db
ADDRESS = "/monitoring/bereit/"
REMIND = f"{ADDRESS}erinnern/"


@pytest.fixture
def coordinator() -> Client:
    make_region()
    return client_of(make_user(Role.COORDINATION))


def said(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def found() -> dict[str, list[str]]:
    user = make_user(Role.COORDINATION)
    period = Period.quarter(localdate())
    return {
        check.key: [entry.title for entry in check.entries] for check in checks(user, period, localdate())
    }


def test_each_kind_of_gap_is_found() -> None:
    make_municipality("Aadorf")
    make_measure("Ohne alles", light="red", light_reason="Ausfall")
    Indicator.objects.create(
        key="i",
        name="Sensoren",
        level="output",
        unit="Stück",
        source="Zählung",
        collected_from=date(2025, 1, 1),
        visibility="public",
    )
    make_evaluation()
    assert found() == {
        "roll-out": ["Aadorf"],
        "sachstand": ["Ohne alles"],
        "meilensteine": [],
        "ampel": [],
        "werte": ["Sensoren"],
        "federfuehrung": ["Ohne alles"],
        "abweichung": ["Ohne alles"],
        "evaluation": ["Evaluation Jahr 2025"],
    }


def test_what_was_explained_in_the_period_is_no_gap() -> None:
    measure = make_measure(light="yellow", light_reason="Verzug")
    StatusUpdate.objects.create(
        measure=measure, on=localdate(), text="Es geht weiter.", visibility="internal"
    )
    assert found()["abweichung"] == []
    StatusUpdate.objects.update(on=localdate() - timedelta(days=200))
    assert found()["abweichung"] == [measure.title]


def test_one_click_reminds_everybody_who_can_do_something_but_nobody_twice(coordinator: Client) -> None:
    place, measure = make_municipality("Aadorf"), make_measure()
    editor = make_user(Role.MUNICIPALITY, municipality=place)
    mate = make_teammate(measure)
    quiet = make_teammate(make_measure("Andere"))
    quiet.digest = DigestRhythm.NEVER
    quiet.save()
    make_user(Role.STEERING)

    asked = coordinator.get(f"{REMIND}?zeitraum=2025").content.decode()
    assert "2 Konten bekommen eine Mail. 1 möchte keine Mails." in asked
    assert f'href="{ADDRESS}?zeitraum=2025"><span class="kern-label">Abbrechen' in asked
    assert Digest.objects.count() == 0
    page = coordinator.post(REMIND, follow=True)

    assert said(page) == "2 Konten bekommen eine Mail. 1 möchte keine Mails."
    assert set(Digest.objects.values_list("user", flat=True)) == {editor.pk, mate.pk}
    assert Job.objects.filter(kind="site.send_digests").count() == 1
    page = coordinator.post(REMIND, follow=True)
    assert said(page) == "Niemand bekommt jetzt eine Mail. 2 hatten heute schon eine. 1 möchte keine Mails."
    assert Digest.objects.count() == 2


@pytest.mark.parametrize("role", [None, Role.TEAM, Role.STEERING, Role.ADMINISTRATION])
def test_only_the_coordinator_asks(role: Role | None) -> None:
    make_teammate(make_measure())
    client = client_of(make_user(role) if role else None)
    assert client.get(ADDRESS).status_code == (403 if role else 302)
    for method in (client.get, client.post):
        assert method(REMIND).status_code == (403 if role else 302)
    assert Digest.objects.count() == 0


def test_the_page_links_each_gap_and_says_when_all_is_fine(coordinator: Client) -> None:
    assert coordinator.get(ADDRESS).content.decode().count("In Ordnung.") == 8
    measure = make_measure()
    page = coordinator.get(f"{ADDRESS}?zeitraum=quatsch").content.decode()
    assert f'href="{measure.get_absolute_url()}"' in page


def test_it_costs_the_same_queries_for_one_open_evaluation_and_for_four(count_queries: Any) -> None:
    make_measure()
    user, today, numbers = make_user(Role.COORDINATION), localdate(), []
    for year in range(2021, 2025):
        make_evaluation(period_start=date(year, 1, 1), period_end=date(year, 12, 31))
        if year in {2021, 2024}:
            with count_queries() as queries:
                found = {check.key: check.entries for check in checks(user, Period.quarter(today), today)}
            assert len(found["evaluation"]) == year - 2020
            numbers.append(len(queries))

    assert numbers[0] == numbers[1]


def test_a_report_is_begun_on_the_period_that_was_looked_at(coordinator: Client) -> None:
    year = Period.year(localdate().replace(day=1) - timedelta(days=365)).slug
    page = coordinator.get(f"{ADDRESS}?zeitraum={year}").content.decode()
    assert f'href="/berichte/neu/?period={year}"' in page
