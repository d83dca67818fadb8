"""One field of a measure is edited where it stands, and its Markdown can be looked at before."""

import pytest
from django.test import Client

from measures.forms.inline import FIELDS
from measures.models import Measure
from network.models import Role
from tests.factories import make_measure, make_region, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def coordinator(client: Client) -> Client:
    make_region()
    client.force_login(make_user(Role.COORDINATION))
    return client


def test_every_pencil_opens_its_field_in_place_and_on_a_page_of_its_own(coordinator: Client) -> None:
    measure = make_measure()

    for name, fields in FIELDS.items():
        address = f"/massnahmen/{measure.slug}/feld/{name}/"
        in_place, page = coordinator.get(address, **HTMX), coordinator.get(address)
        assert set(page.context["form"].fields) == {*fields, "version"}
        assert ("<html" in in_place.content.decode(), "<html" in page.content.decode()) == (False, True)


def test_a_saved_field_leaves_all_others_and_leads_back_to_its_place(coordinator: Client) -> None:
    measure = make_measure(goal="Altes Ziel", benefit="Nutzen")

    response = coordinator.post(
        f"/massnahmen/{measure.slug}/feld/goal/", {"goal": "Neues Ziel", "version": 1}
    )

    assert response.url == f"/massnahmen/{measure.slug}/#feld-goal"
    measure.refresh_from_db()
    assert (measure.goal, measure.benefit, measure.version) == ("Neues Ziel", "Nutzen", 2)
    coordinator.post(f"/massnahmen/{measure.slug}/rueckgaengig/?version=2")
    measure.refresh_from_db()
    assert measure.goal == "Altes Ziel"


def test_a_yellow_light_needs_its_reason_in_place_too(coordinator: Client) -> None:
    measure = make_measure()
    address = f"/massnahmen/{measure.slug}/feld/light/"

    refused = coordinator.post(address, {"light": "yellow", "version": 1})
    coordinator.post(address, {"light": "yellow", "light_reason": "Lieferung", "version": 1})

    assert list(refused.context["form"].errors) == ["light_reason"]
    measure.refresh_from_db()
    assert (measure.light, measure.light_reason) == ("yellow", "Lieferung")


def test_publishing_in_place_is_asked_for_too(coordinator: Client) -> None:
    measure = make_measure(visibility="internal")
    address = f"/massnahmen/{measure.slug}/feld/visibility/"

    refused = coordinator.post(address, {"visibility": "public", "version": 1})

    assert list(refused.context["form"].errors) == ["confirm_visibility"]
    coordinator.post(address, {"visibility": "public", "version": 1, "confirm_visibility": "on"})
    measure.refresh_from_db()
    assert measure.visibility == "public"


def test_a_field_that_someone_else_has_changed_shows_both_versions(coordinator: Client) -> None:
    measure = make_measure()
    Measure.objects.filter(pk=measure.pk).update(goal="Von anderen", version=2)

    response = coordinator.post(f"/massnahmen/{measure.slug}/feld/goal/", {"goal": "Meins", "version": 1})

    assert response.status_code == 409
    assert [(each.before, each.after) for each in response.context["differences"]] == [
        ("Von anderen", "Meins")
    ]


def test_nobody_else_finds_a_field_or_a_pencil(client: Client) -> None:
    make_region()
    measure = make_measure()
    page = f"/massnahmen/{measure.slug}/"
    assert "/feld/" not in client.get(page).content.decode()
    assert client.get(f"{page}feld/goal/").status_code == 302

    client.force_login(make_user(Role.TEAM))
    assert "/feld/" not in client.get(page).content.decode()
    assert client.get(f"{page}feld/goal/").status_code == 404

    client.force_login(make_user(Role.COORDINATION))
    assert f"{page}feld/goal/" in client.get(page).content.decode()
    assert client.get(f"{page}feld/version/").status_code == 404


def test_the_preview_shows_harmless_markdown_and_no_endless_text(coordinator: Client) -> None:
    def preview(text: str) -> str:
        response = coordinator.post("/vorschau/", {"preview": "goal", "goal": text})
        return " ".join(response.content.decode().split())

    assert preview("**Wichtig** <script>x</script>") == (
        '<div class="stack prose"><p><strong>Wichtig</strong> &lt;script&gt;x&lt;/script&gt;</p> </div>'
    )
    assert preview("") == '<p class="muted">Hier steht noch nichts.</p>'
    assert preview("x" * 20_001) == "<p>Der Text ist zu lang für eine Vorschau.</p>"


def test_the_preview_is_for_accounts(client: Client) -> None:
    assert client.post("/vorschau/", {"preview": "goal", "goal": "x"}).status_code == 302
