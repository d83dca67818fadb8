"""What feeds tell about ideas: once they are published, and that they were answered."""

from datetime import timedelta
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client
from django.utils.timezone import localdate

from participation.models import Idea
from tests.factories import make_field, make_municipality, make_region
from tests.participation.atom_check import ATOM, problems_of
from tests.participation.rows import make_idea
from tests.past import happened_on

pytestmark = pytest.mark.django_db
ALL = "/feeds/alles/neues.atom"


def told(address: str = ALL) -> list[str]:
    content = Client().get(address).content
    assert problems_of(content) == []
    return [entry.findtext(f"{ATOM}summary", "") for entry in Xml.fromstring(content).iter(f"{ATOM}entry")]


def change(idea: Idea, days: int, **values: str) -> None:
    with happened_on(localdate() - timedelta(days=days)):
        for name, value in values.items():
            setattr(idea, name, value)
        idea.save_over(idea.version)


@pytest.fixture
def idea() -> Idea:
    make_region()
    with happened_on(localdate() - timedelta(days=20)):
        return make_idea(
            "Radweg",
            text="Abends ist es dunkel.",
            field=make_field("Mobilität"),
            municipality=make_municipality("Aadorf"),
        )


def test_an_idea_is_told_when_it_is_published_and_when_it_is_answered(idea: Idea) -> None:
    change(idea, 10, answer="Das prüfen wir.")
    change(idea, 5, answer="Das bauen wir.")
    news = ["Die Koordinierungsstelle hat geantwortet.", "Neue Idee. Abends ist es dunkel."]

    assert (told(), told("/feeds/handlungsfelder/mobilitaet.atom"), told("/feeds/kommunen/aadorf.atom")) == (
        news,
        news,
        news,
    )


@pytest.mark.parametrize("state", ["waiting", "asked", "rejected", "withdrawn"])
def test_an_idea_that_is_not_published_is_not_told(state: str) -> None:
    make_region()
    make_idea("Radweg", state=state)

    assert told() == []


def test_an_idea_that_was_taken_back_is_not_told_and_as_it_is_now_once_it_is_back(idea: Idea) -> None:
    change(idea, 10, answer="Zitronenfalter")
    change(idea, 8, state="rejected", note="Warum?", text="Zitronenfalter")
    assert told() == []

    change(idea, 5, state="published", text="Offen.")
    assert told() == ["Neue Idee. Offen."]
