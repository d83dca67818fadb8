"""What a page asks of the database does not depend on how many measures there are."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from fields.models import Guideline
from measures.models import (
    Measure,
    MeasureGuideline,
    Milestone,
    Solution,
    SolutionLink,
    StatusUpdate,
    TeamMember,
)
from network.models import Municipality, Role
from tests.factories import make_measure, make_municipality, make_region, make_user, set_cell
from tests.measures.solution_rows import make_assessment, make_solution

FEW, MANY = 20, 200
PAGES = [
    "/",
    "/massnahmen/",
    "/massnahmen/?page=99",
    "/massnahmen/?q=Netz&phase=idea&municipality=aadorf",
    "/massnahmen/zeitplan/",
    "/massnahmen/zeitplan/?zoom=alles&page=2&municipality=aadorf",
    "/massnahmen/phasen/",
    "/massnahmen/netz/",
    "/handlungsfelder/mobilitaet/",
    "/roll-out/",
    "/roll-out/?stage=interested",
    "/roll-out/karte/?massnahme=netz",
    "/roll-out/karte/?massnahme=alle",
    "/kommunen/aadorf/",
    "/massnahmen/export.xlsx",
    "/massnahmen/export.csv?municipality=aadorf",
    "/roll-out/export.xlsx?stage=interested",
    "/roll-out/export.csv",
    "/kommunen/aadorf/export.xlsx",
    "/loesungen/",
    "/loesungen/?field=mobilitaet&maturity=1&municipality=aadorf&interface=MQTT&licence=open&page=2",
    "/loesungen/plattform/",
    "/loesungen/skala/",
    "/loesungen/export.xlsx",
    "/loesungen/export.csv?maturity=1",
]


def grow_to(number: int) -> None:
    """So many measures, each with some of everything that belongs to one; the first is "Netz".

    Each has a solution of its own, and all have the first solution, "Plattform".
    """
    place = Municipality.objects.get(name="Aadorf")
    while Measure.objects.count() < number:
        measure = make_measure("Netz")
        concept = measure.field.concept
        guideline, _ = Guideline.objects.get_or_create(concept=concept, title="Digital", position=1)
        MeasureGuideline.objects.create(measure=measure, guideline=guideline)
        for day in (1, 2):
            on = date(2024, 5, day)
            Milestone.objects.create(measure=measure, title=f"Tag {day}", planned_date=on)
            StatusUpdate.objects.create(measure=measure, on=on, text="Gut", visibility="public")
        TeamMember.objects.create(
            measure=measure, organisation=place.organisation, sector="municipal", function="Leitung"
        )
        set_cell(measure, place, stage="interested")
        solution = make_solution("Plattform", interfaces=["MQTT"], licence="MIT")
        make_assessment(solution, {"Funktion": 2, "Betrieb": 1})
        first = Solution.objects.get(slug="plattform")
        for linked in {solution, first}:
            SolutionLink.objects.create(solution=linked, measure=measure)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, Role.COORDINATION, Role.MUNICIPALITY])
def test_a_page_asks_as_often_with_200_measures_as_with_20(
    client: Client, count_queries: Callable[[], Any], role: Role | None
) -> None:
    make_region()
    places = [make_municipality("Aadorf"), make_municipality("Bedorf")]
    if role:
        client.force_login(make_user(role, places[0] if role == Role.MUNICIPALITY else None))

    def costs(number: int) -> dict[str, int]:
        grow_to(number)
        found = {}
        for page in PAGES:
            with count_queries() as queries:
                response = client.get(page)
                assert b"".join(response)
            assert response.status_code == 200
            found[page] = len(queries)
        return found

    grow_to(2)
    client.get("/")

    assert costs(FEW) == costs(MANY)
