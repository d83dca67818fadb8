"""Filters kept under a name: for the own account, as its start, or offered to all accounts."""

from typing import Any

import pytest
from django.test import Client

from measures.models import SavedView
from network.models import Role, User
from tests.factories import make_measure, make_region, make_user

pytestmark = pytest.mark.django_db
PAGE = "/massnahmen/ansichten/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def user() -> User:
    make_region()
    make_measure("Netz")
    return make_user(Role.TEAM)


def save(client: Client, **typed: Any) -> Any:
    return client.post(f"{PAGE}neu/", {"name": "Rot", "page": "measures", "query": "light=red", **typed})


def names(client: Client, page: str = "/massnahmen/?q=") -> list[str]:
    return [view.name for view in client.get(page).context["saved_views"].all]


def test_a_saved_view_stands_above_every_list_of_its_account_only(user: User) -> None:
    client = signed_in(user)

    assert save(client).url == "/massnahmen/?light=red"

    pages = ["/massnahmen/", "/massnahmen/zeitplan/", "/massnahmen/phasen/", "/roll-out/"]
    assert [names(client, page) for page in pages] == [["Rot"]] * 4
    assert names(signed_in(make_user(Role.TEAM))) == []
    assert "ansichten" not in Client().get("/massnahmen/").content.decode()


@pytest.mark.parametrize(
    ("page", "query", "kept"),
    [
        ("measures", "light=red&light=blue&phase=sonst&page=3&next=//x", ""),
        ("measures", "q=Netz+%26&light=red&visibility=draft", "q=Netz+%26&light=red"),
        ("measure_timeline", "zoom=alles&von=2026-Q3&starter=true", "starter=true&zoom=alles&von=2026-Q3"),
        ("measure_timeline", "zoom=nie&von=gestern", ""),
        ("matrix", "stage=live&stale=on&field=sonst", "stage=live&stale=on"),
        ("measures", "q=\0" + "x" * 9000, None),
    ],
)
def test_only_what_the_filters_understand_is_kept(
    user: User, page: str, query: str, kept: str | None
) -> None:
    response = save(signed_in(user), page=page, query=query)

    assert response.status_code == (302 if kept is not None else 422)
    assert [view.query for view in SavedView.objects.all()] == ([kept] if kept is not None else [])


def test_a_view_leads_to_known_pages_only(user: User) -> None:
    for page in ("imprint", "//example.org", ""):
        assert save(signed_in(user), page=page).status_code == 422
    assert SavedView.objects.count() == 0


def test_a_name_is_given_once_by_an_account(user: User) -> None:
    client = signed_in(user)
    save(client)

    assert save(client).status_code == 422
    assert save(signed_in(make_user(Role.TEAM))).status_code == 302


def test_only_the_coordinator_offers_a_view_to_all_accounts(user: User) -> None:
    save(signed_in(user), name="Vom Team", is_shared="on")
    save(signed_in(make_user(Role.COORDINATION)), name="Von der Koordination", is_shared="on")

    assert names(signed_in(make_user(Role.STEERING))) == ["Von der Koordination"]


def test_nobody_changes_or_deletes_the_view_of_another(user: User) -> None:
    save(signed_in(make_user(Role.COORDINATION)), is_shared="on")
    view, client = SavedView.objects.get(), signed_in(user)

    answers = [client.get(f"{PAGE}{view.pk}/"), client.post(f"{PAGE}{view.pk}/", {"name": "Neu"})]
    answers.append(client.post(f"{PAGE}{view.pk}/loeschen/"))
    answers.append(client.post(f"{PAGE}{view.pk}/wiederherstellen/"))

    assert [answer.status_code for answer in answers] == [404] * 4
    assert SavedView.objects.get().name == "Rot"


def test_a_view_is_renamed_deleted_and_brought_back(user: User) -> None:
    client = signed_in(user)
    save(client)
    pk = SavedView.objects.get().pk

    client.post(f"{PAGE}{pk}/", {"name": "Kritisch", "version": 1})
    assert names(client) == ["Kritisch"]
    client.post(f"{PAGE}{pk}/loeschen/")
    assert names(client) == []
    client.post(f"{PAGE}{pk}/wiederherstellen/")
    assert names(client) == ["Kritisch"]


def test_the_own_default_opens_the_page_and_leaves_a_way_to_everything(user: User) -> None:
    client = signed_in(user)
    for name in ("Rot", "Grün"):
        save(client, name=name, query="light=red" if name == "Rot" else "light=green")
    for view in SavedView.objects.order_by("pk"):
        client.post(f"{PAGE}{view.pk}/", {"name": view.name, "is_default": "on", "version": 1})

    assert list(SavedView.objects.filter(is_default=True).values_list("name", flat=True)) == ["Grün"]
    assert client.get("/massnahmen/").url == "/massnahmen/?light=green"
    page = client.get("/massnahmen/?light=green")
    assert page.context["reset_url"] == "/massnahmen/?alle=1"
    assert client.get("/massnahmen/?alle=1").status_code == 200
    assert signed_in(make_user(Role.TEAM)).get("/massnahmen/").status_code == 200


def test_a_conflict_leaves_the_default_that_there_was(user: User) -> None:
    client = signed_in(user)
    for name in ("Rot", "Grün"):
        save(client, name=name)
    red, green = SavedView.objects.order_by("pk")
    client.post(f"{PAGE}{red.pk}/", {"name": "Rot", "is_default": "on", "version": 1})

    late = client.post(f"{PAGE}{green.pk}/", {"name": "Grün", "is_default": "on", "version": 9})

    assert late.status_code == 409
    defaults = SavedView.objects.filter(is_default=True)
    assert list(defaults.values_list("name", "version")) == [("Rot", 2)]
