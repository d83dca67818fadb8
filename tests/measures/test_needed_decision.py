"""What somebody has to decide (Entscheidungsbedarf): beside the Ampel's reason, wherever that stands."""

import pytest
from django.test import Client
from django.utils.timezone import now

from measures.models import Measure
from network.models import Role
from smartregion.base.changes import changes_of
from tests.factories import make_committee, make_measure, make_municipality, make_region, make_user
from tests.governance.rows import make_item, make_meeting
from tests.measures.uploads import step, upload, xlsx

pytestmark = pytest.mark.django_db
NEED = "Der Lenkungskreis entscheidet über den Eigenanteil."


@pytest.fixture
def coordinator(client: Client) -> Client:
    make_region()
    client.force_login(make_user())
    return client


def make_red(**values: object) -> Measure:
    return make_measure("Netz", light="red", light_reason="Kein Anbieter", **values)


def test_it_is_edited_beside_the_ampel_and_shown_on_the_page(coordinator: Client) -> None:
    measure = make_red()
    address = f"{measure.get_absolute_url()}feld/light/"
    values = {"light": "red", "light_reason": "Kein Anbieter", "needed_decision": NEED, "version": 1}
    coordinator.post(address, values)

    measure.refresh_from_db()
    coordinator.logout()
    page = coordinator.get(measure.get_absolute_url()).content.decode()
    [change, _created] = changes_of(measure)
    assert (measure.needed_decision, page.count(NEED)) == (NEED, 1)
    assert [(field.label, field.after) for field in change.fields] == [("Entscheidungsbedarf", NEED)]


def test_a_page_without_it_has_no_heading_for_it(client: Client) -> None:
    make_region()

    assert "Entscheidungsbedarf" not in client.get(make_red().get_absolute_url()).content.decode()


def test_it_is_written_by_an_imported_table(coordinator: Client) -> None:
    make_municipality()
    measure = make_red()
    rows = [["Nr.", "Titel", "Handlungsfeld", "Federführung", "Kurzbeschreibung", "Entscheidungsbedarf"]]
    rows += [[measure.no, "Netz", measure.field.name, measure.lead.name, measure.summary, NEED]]

    step(coordinator, upload(coordinator, xlsx(rows)), "uebernehmen")

    measure.refresh_from_db()
    assert (measure.needed_decision, measure.light) == (NEED, "red")


def test_the_agenda_tells_it_of_red_measures(client: Client) -> None:
    make_region()
    make_red(needed_decision=NEED)
    meeting = make_meeting(make_committee(), starts_at=now(), status="planned")
    make_item(meeting, title="Sorgenkinder", kind="red_measures")
    client.force_login(make_user(Role.STEERING))

    assert client.get(meeting.get_absolute_url()).content.decode().count(NEED) == 1
