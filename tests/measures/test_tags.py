"""Tags: one vocabulary for all measures, of which a reader learns only what visible measures bear."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from measures.models import Measure, MeasureTag, Tag
from measures.services.tags import add_tag
from network.models import Role
from tests.factories import make_measure, make_user

pytestmark = pytest.mark.django_db
TAGS = "/massnahmen/netz/schlagworte/"


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def tagged(title: str, *names: str, **values: Any) -> Measure:
    measure = make_measure(title, **values)
    for name in names:
        add_tag(measure=measure, name=name, by=None)
    return measure


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_other_spellings_of_a_tag_are_the_same_tag(coordinator: Client) -> None:
    tagged("Netz")
    for name in ("Offene Daten", "  offene   DATEN ", "offene-daten"):
        coordinator.post(TAGS, {"name": name})

    assert list(Tag.objects.values_list("name", "slug")) == [("Offene Daten", "offene-daten")]
    assert MeasureTag.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "!?", "🌍", "x" * 41, "\0"])
def test_a_tag_needs_letters_and_is_short(coordinator: Client, name: str) -> None:
    tagged("Netz")

    assert list(coordinator.post(TAGS, {"name": name}).context["form"].errors) == ["name"]
    assert Tag.objects.count() == 0


def test_the_list_is_filtered_by_a_tag_in_its_address(client: Client) -> None:
    tagged("Netz", "Wasser")
    tagged("Andere", "Luft")

    page = client.get("/massnahmen/?tag=wasser")

    assert [measure.title for measure in page.context["measures"]] == ["Netz"]
    assert [chip.label for chip in page.context["filter"].chips] == ["Schlagwort: Wasser"]
    assert 'href="/massnahmen/?tag=wasser"' in text(client.get("/massnahmen/netz/"))


def test_a_tag_of_hidden_measures_alone_is_not_offered_and_not_known(client: Client) -> None:
    tagged("Netz", "Wasser")
    tagged("Andere", "Geheimwort", visibility="internal")

    assert "Geheimwort" not in text(client.get("/massnahmen/"))
    unknown, hidden = (client.get(f"/massnahmen/?tag={tag}") for tag in ("gibt-es-nicht", "geheimwort"))
    assert [
        problem.replace("geheimwort", "gibt-es-nicht") for problem in hidden.context["filter"].problems
    ] == (unknown.context["filter"].problems)
    client.force_login(make_user(Role.STEERING))
    assert "Geheimwort" in text(client.get("/massnahmen/"))


def test_tags_are_one_column_of_the_export(client: Client) -> None:
    tagged("Netz", "Wasser", "Bäume")
    tagged("Andere")

    answer = b"".join(client.get("/massnahmen/export.csv")).decode("utf-8-sig")  # type: ignore[arg-type]

    rows = list(csv.DictReader(StringIO(answer), delimiter=";"))
    assert [row["Schlagworte"] for row in rows] == ["Bäume, Wasser", ""]


def test_a_removed_tag_comes_back_and_only_the_coordinator_changes_tags(coordinator: Client) -> None:
    measure = tagged("Netz", "Wasser")
    link = measure.tag_links.get()

    coordinator.post(f"{TAGS}{link.pk}/entfernen/")
    assert MeasureTag.objects.count() == 0
    coordinator.post(f"{TAGS}{link.pk}/wiederherstellen/")
    assert MeasureTag.objects.get() == link
    other = Client()
    other.force_login(make_user(Role.TEAM))
    assert other.post(TAGS, {"name": "Luft"}).status_code == 404


def test_what_is_known_is_suggested_but_not_what_the_measure_bears_already(coordinator: Client) -> None:
    tagged("Netz", "Wasser")
    tagged("Andere", "Luft")

    assert [tag.name for tag in coordinator.get(TAGS).context["known"]] == ["Luft"]
