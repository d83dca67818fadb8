"""What the front page and a field's page sum up: all that the reader may see, and nothing else."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.timezone import now

from measures.latest import latest_for
from measures.models import Measure, StatusUpdate
from measures.public_figures import Figures, overview_for
from network.models import Role
from tests.factories import make_field, make_measure, make_municipality, make_region, make_user, set_cell

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def go_live(measure: Measure, place: Any) -> None:
    set_cell(measure, place, stage="live", since=date(2024, 1, 1), evidence="Seite", stage_changed_at=now())


@pytest.fixture
def hidden() -> list[Measure]:
    """An open measure, live in both places, and two that visitors may not see: internal and archived."""
    make_region()
    places = [make_municipality("Aadorf"), make_municipality("Bedorf")]
    measures = [
        make_measure("Offen"),
        make_measure("Intern", visibility="internal"),
        make_measure("Archiv", status="planned"),
    ]
    for measure in measures:
        StatusUpdate.objects.create(
            measure=measure, on=date(2024, 5, 1), text=f"Aus {measure.title}", visibility="public"
        )
        for place in places:
            go_live(measure, place)
    StatusUpdate.objects.create(
        measure=measures[0], on=date(2024, 6, 1), text="Noch nicht frei", visibility="internal"
    )
    Measure.objects.filter(title="Archiv").update(archived_at=now())
    return measures


def test_only_what_the_reader_may_see_is_counted(hidden: list[Measure]) -> None:
    places = {cell.municipality_id for cell in hidden[0].cells.all()}
    field = hidden[0].field

    for_visitor = overview_for(VISITOR)
    for_account = overview_for(make_user(Role.STEERING))

    assert for_visitor.by_field == {field.pk: Figures(measures=1, active=1, live=2, places=places)}
    assert for_visitor.live_by_place == dict.fromkeys(places, 1)
    assert for_account.all == Figures(measures=2, active=2, live=4, places=places)


def test_a_fields_figures_are_its_own(hidden: list[Measure]) -> None:
    other = make_field("Wohnen")
    make_measure("Anderes", field=other)

    assert overview_for(VISITOR, of=other).all == Figures(measures=1, active=1, live=0, places=set())
    assert overview_for(VISITOR).all.measures == 2


def test_news_tell_nothing_hidden_and_come_newest_first(hidden: list[Measure]) -> None:
    news = latest_for(VISITOR, 10)

    assert [(novelty.kind, novelty.title, novelty.text) for novelty in news] == [
        ("Roll-out", "Offen", "Jetzt im Regelbetrieb: Bedorf"),
        ("Roll-out", "Offen", "Jetzt im Regelbetrieb: Aadorf"),
        ("Sachstand", "Offen", "Aus Offen"),
    ]
    assert len(latest_for(VISITOR, 2)) == 2


def test_the_front_page_says_nothing_of_what_is_hidden(hidden: list[Measure], client: Client) -> None:
    page = client.get("/").content.decode()

    assert "Offen" in page
    assert [word for word in ("Intern", "Archiv", "Noch nicht frei") if word in page] == []


def test_a_field_shows_its_goals_and_whom_to_ask(client: Client) -> None:
    make_region()
    make_measure("Netz", goal="Alle Orte sind verbunden.", contact="Fachstelle Netze")

    page = client.get("/handlungsfelder/mobilitaet/").content.decode()

    for text in ("Alle Orte sind verbunden.", "Fachstelle Netze", "Koordinierungsstelle Smart Region"):
        assert text in page
