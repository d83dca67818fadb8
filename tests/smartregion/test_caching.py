"""What a browser may keep: nothing of what a signed-in person was shown, and no needless asking who it is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from network.models import Role
from tests.factories import make_measure, make_region, make_user

pytestmark = pytest.mark.django_db


def kept(client: Client, address: str) -> tuple[int, set[str]]:
    answer = client.get(address)
    return answer.status_code, set(filter(None, answer.headers.get("Cache-Control", "").split(", ")))


@pytest.mark.parametrize(
    "address", ["/", "/massnahmen/", "/massnahmen/geheim/", "/konto/passwort/", "/anmelden/"]
)
def test_what_a_signed_in_person_was_shown_is_kept_by_no_cache(client: Client, address: str) -> None:
    make_measure("Geheim", visibility="draft")
    client.force_login(make_user(Role.COORDINATION))

    _, rules = kept(client, address)

    assert {"private", "no-store"} <= rules


def test_public_pages_stay_free_for_visitors(client: Client) -> None:
    assert kept(client, "/massnahmen/") == (200, set())


def test_a_missing_page_is_not_kept_either(client: Client) -> None:
    client.force_login(make_user())

    assert kept(client, "/gibt-es-nicht/") == (404, {"private", "no-store"})


def test_nobody_asks_who_reads_what_is_the_same_for_all(
    client: Client, count_queries: Callable[[], Any]
) -> None:
    client.force_login(make_user())

    with count_queries() as queries:
        answer = client.get("/gesundheit/")

    assert [query["sql"] for query in queries if "django_session" in query["sql"]] == []
    assert ("Vary" in answer.headers, "Cache-Control" in answer.headers) == (False, False)


def test_a_visitor_without_a_cookie_costs_no_question_about_a_session(
    client: Client, count_queries: Callable[[], Any]
) -> None:
    make_region()

    with count_queries() as queries:
        client.get("/")

    tables = ("django_session", "network_user")
    assert [query["sql"] for query in queries for table in tables if f'FROM "{table}"' in query["sql"]] == []
