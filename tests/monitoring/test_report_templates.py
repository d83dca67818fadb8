"""Templates of custom reports in the coordinator's hands."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from monitoring.models import ReportTemplate
from tests.factories import make_field, make_municipality, make_region, make_user
from tests.monitoring.flow import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return client_of(make_user())


def typed(**values: Any) -> dict[str, Any]:
    return {"name": "Kurz", "sections": ["outlook", "overview"], **values}


def test_a_template_keeps_sections_in_their_order_and_only_what_chooses(client: Client) -> None:
    field, place = make_field(), make_municipality()
    chosen = {
        "fields_chosen": [field.slug],
        "phases": ["pilot"],
        "municipality": place.slug,
        "starters": "on",
    }

    client.post(reverse("report_template_add"), typed(**chosen))

    template = ReportTemplate.objects.get()
    assert template.sections == ["overview", "outlook"]
    expected = {"fields": [field.slug], "phases": ["pilot"], "municipality": place.slug, "starters": True}
    assert template.filters == expected
    page = client.get(reverse("report_templates")).content.decode()
    for words in ("Gesamtbild · Ausblick", "Phasen: Pilot", f"Kommune: {place}", "nur Startermaßnahmen"):
        assert words in page


def test_a_template_needs_a_section_and_a_name_of_its_own(client: Client) -> None:
    ReportTemplate.objects.create(name="Kurz", sections=["overview"])

    page = client.post(reverse("report_template_add"), typed(sections=[])).content.decode()

    assert "Bitte wählen Sie mindestens einen Abschnitt." in page
    assert ReportTemplate.objects.count() == 1


def test_it_is_edited_over_the_version_that_was_read_and_taken_back(client: Client) -> None:
    template = ReportTemplate.objects.create(name="Kurz", sections=["overview"], filters={"lights": ["red"]})
    address = template.get_absolute_url()

    saved = client.post(address, typed(name="Lang", version=1))
    conflict = client.post(address, typed(name="Noch länger", version=1))

    template.refresh_from_db()
    assert (saved.status_code, conflict.status_code, template.name, template.filters) == (
        302,
        409,
        "Lang",
        {},
    )
    client.post(f"{reverse('report_template_undo', args=[template.pk])}?version=2")
    template.refresh_from_db()
    assert (template.name, template.filters) == ("Kurz", {"lights": ["red"]})


def test_the_form_shows_what_is_chosen(client: Client) -> None:
    template = ReportTemplate.objects.create(
        name="Kurz", sections=["overview"], filters={"lights": ["red"], "starters": True}
    )

    form = client.get(template.get_absolute_url()).context["form"]

    shown = {name: form[name].value() for name in ("sections", "lights", "starters", "phases")}
    assert shown == {"sections": ["overview"], "lights": ["red"], "starters": True, "phases": None}


def test_it_is_deleted_and_comes_back(client: Client) -> None:
    template = ReportTemplate.objects.create(name="Kurz", sections=["overview"])

    client.post(reverse("report_template_delete", args=[template.pk]), {"version": 1})
    assert ReportTemplate.objects.count() == 0
    client.post(reverse("report_template_restore", args=[template.pk]))

    assert ReportTemplate.objects.get().name == "Kurz"


def test_a_template_with_a_report_stays(client: Client) -> None:
    make_region()
    make_field()
    template = ReportTemplate.objects.create(name="Kurz", sections=["overview"])
    client.post(
        reverse("report_request"),
        {"kind": "custom", "template": template.pk, "audience": "public", "period": f"{localdate().year}"},
    )

    page = client.post(reverse("report_template_delete", args=[template.pk]), {"version": 1}, follow=True)

    assert "gibt es Berichte oder einen Berichtsplan; sie bleibt." in page.content.decode()
    assert ReportTemplate.objects.count() == 1


def test_a_report_made_from_it_begins_with_it(client: Client) -> None:
    template = ReportTemplate.objects.create(name="Kurz", sections=["overview"])

    page = client.get(reverse("report_templates"))
    form = client.get(f"{reverse('report_request')}?kind=custom&template={template.pk}").context["form"]

    assert f"?kind=custom&amp;template={template.pk}" in page.content.decode()
    assert (form["kind"].value(), form["template"].value()) == ("custom", str(template.pk))


def test_the_list_costs_the_same_for_one_template_and_for_ten(client: Client, count_queries) -> None:
    numbers = []
    for number in range(10):
        ReportTemplate.objects.create(name=f"Vorlage {number}", sections=["overview"])
        if number in (0, 9):
            with count_queries() as queries:
                client.get(reverse("report_templates"))
            numbers.append(len(queries))

    assert numbers[0] == numbers[1]
