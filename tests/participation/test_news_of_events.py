"""What feeds tell about events: by their kind, and never what was not public."""

from datetime import timedelta
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client
from django.utils.timezone import localdate

from tests.factories import make_region
from tests.participation.atom_check import ATOM, problems_of
from tests.participation.event_rows import make_event
from tests.past import happened_on

pytestmark = pytest.mark.django_db
WORKSHOPS = "/feeds/veranstaltungen/workshop.atom"


def told(address: str = WORKSHOPS) -> list[str]:
    content = Client().get(address).content
    assert problems_of(content) == []
    return [entry.findtext(f"{ATOM}summary", "") for entry in Xml.fromstring(content).iter(f"{ATOM}entry")]


def test_events_are_told_by_their_kind() -> None:
    make_region()
    with happened_on(localdate() - timedelta(days=120)):
        event = make_event("Werkstatt", kind="workshop")
    with happened_on(localdate() - timedelta(days=20)):
        make_event("Woche", kind="week", summary="Sieben Tage.")
        make_event("Geheim", kind="workshop", visibility="internal")
    with happened_on(localdate() - timedelta(days=10)):
        event.results = "Viel gelernt."
        event.save_over(event.version)
    with happened_on(localdate() - timedelta(days=5)):
        event.is_cancelled, event.cancelled_because = True, "Sturm"
        event.save_over(event.version)

    first, second = told()
    assert (first.endswith("ist abgesagt."), second) == (
        True,
        "Was herauskam, steht jetzt auf der Seite der Veranstaltung.",
    )
    assert [text.endswith("Sieben Tage.") for text in told("/feeds/veranstaltungen/themenwoche.atom")] == [
        True
    ]
    assert told("/feeds/veranstaltungen/konferenz.atom") == []


def test_an_event_hidden_for_a_while_is_told_as_it_is_now() -> None:
    make_region()
    with happened_on(localdate() - timedelta(days=20)):
        event = make_event("Zitronenfalter", summary="Zitronenfalter")
    for day, values in (
        (10, {"visibility": "internal"}),
        (5, {"visibility": "public", "title": "Offen", "summary": "Offen."}),
    ):
        with happened_on(localdate() - timedelta(days=day)):
            for name, value in values.items():
                setattr(event, name, value)
            event.save_over(event.version)

    assert [text.endswith("Offen.") for text in told()] == [True]
    assert "Zitronenfalter" not in Client().get("/feeds/alles/neues.atom").content.decode()
