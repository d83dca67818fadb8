"""The page of a field of action: its measures as far as they are visible, and their numbers."""

import pytest
from django.test import Client

from network.models import Role
from tests.factories import make_field, make_measure, make_user

pytestmark = pytest.mark.django_db


def counted(client: Client) -> dict[str, object]:
    context = client.get("/handlungsfelder/wohnen/").context
    return {
        "measures": [measure.title for measure in context["measures"]],
        "pilots": dict(context["by_phase"])["pilot"],
        "red": dict(context["by_light"])["red"],
    }


def test_a_field_counts_only_measures_that_the_reader_may_see(client: Client) -> None:
    field = make_field("Wohnen")
    make_measure("Offen", field=field, no="M-01", phase="pilot")
    make_measure(
        "Entwurf", field=field, no="M-02", phase="pilot", light="red", light_reason="x", visibility="draft"
    )
    make_measure("Andere", field=make_field("Mobilität"))

    for_all = counted(client)
    client.force_login(make_user(Role.COORDINATION))

    assert for_all == {"measures": ["Offen"], "pilots": 1, "red": 0}
    assert counted(client) == {"measures": ["Offen", "Entwurf"], "pilots": 2, "red": 1}


def test_a_field_without_measures_says_so(client: Client) -> None:
    make_field("Wohnen")

    assert (
        "Noch keine Maßnahmen in diesem Handlungsfeld"
        in client.get("/handlungsfelder/wohnen/").content.decode()
    )


def test_a_missing_field_is_not_found(client: Client) -> None:
    assert client.get("/handlungsfelder/gibt-es-nicht/").status_code == 404
