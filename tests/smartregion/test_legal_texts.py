"""The region keeps its legal texts itself: each change stays readable, with who and why."""

import pytest
from django.test import Client

from network.models import Role
from smartregion.base.models import LegalText
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_why_a_legal_text_was_changed_stands_on_its_edit_page_and_nowhere_in_public(client: Client) -> None:
    text = LegalText.objects.create(slug="imprint", title="Impressum", body="Alt")
    client.force_login(make_user(Role.COORDINATION, name="Ada"))
    values = {"title": "Impressum", "body": "Neu", "version": 1, "reason_for_change": "Umzug der Stelle"}
    client.post("/impressum/bearbeiten/", values)

    change = client.get("/impressum/bearbeiten/").context["changes"][0]

    assert (change.by, change.reason) == ("Ada", "Umzug der Stelle")
    assert [(field.before, field.after) for field in change.fields] == [("Alt", "Neu")]
    assert "„Umzug der Stelle“" in client.get("/impressum/bearbeiten/").content.decode()
    assert "Umzug" not in Client().get(text.get_absolute_url()).content.decode()
