"""What visitors are shown from memory is what they would be shown anew."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from measures.models import Measure
from network.models import Role
from smartregion.base import page_cache
from smartregion.base.page_cache import Answers, Kept
from tests.factories import make_measure, make_region, make_user

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/massnahmen/"
ONE_QUESTION = 1
"""What a kept page costs: which snapshot it is."""
UNTIL_QUIET = 300
"""Turns within which no other process of the run writes once, in its own database of the same server."""


@pytest.fixture
def costs(count_queries: Callable[[], Any]) -> Callable[..., int]:
    """How many questions an answer took."""

    def ask(client: Client, address: str, **headers: Any) -> int:
        with count_queries() as queries:
            assert client.get(address, **headers).status_code == 200
        return len(queries)

    return ask


@pytest.fixture(autouse=True)
def region() -> None:
    make_region()
    make_measure("Sensornetz")


def titles(client: Client) -> bool:
    return "Sensornetz" in client.get(LIST).content.decode()


def test_a_page_that_was_shown_is_shown_again_from_memory(client: Client, costs: Callable[..., int]) -> None:
    first, second = client.get(LIST), client.get(LIST)

    assert second.content == first.content
    assert [{**answer.headers, "X-Request-ID": ""} for answer in (second, first)] == [
        {**first.headers, "X-Request-ID": ""}
    ] * 2
    assert ONE_QUESTION in (costs(client, LIST) for _turn in range(UNTIL_QUIET))


def test_what_is_hidden_is_gone_at_once(client: Client) -> None:
    shown = titles(client), titles(client)

    Measure.objects.update(visibility="internal")

    assert (shown, titles(client)) == ((True, True), False)


def test_without_asking_for_the_snapshot_a_hidden_measure_would_still_be_shown(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the guard is the question, and nothing else."""
    monkeypatch.setattr(page_cache, "SNAPSHOT", "SELECT 'always the same'")
    assert titles(client)

    Measure.objects.update(visibility="internal")

    assert titles(client)


def test_a_change_that_ends_after_a_later_one_is_seen_too(client: Client) -> None:
    """The newest number of a transaction stays the same then; the snapshot names those that are open."""
    from django.db import connections

    other = connections.create_connection("default")
    try:
        with other.cursor() as early:
            early.execute("BEGIN")
            early.execute("UPDATE measures_measure SET visibility = 'internal'")
            Measure.objects.filter(pk=0).update(title="x")
            make_user()  # begins and ends while the other one is open
            assert titles(client)
            assert titles(client)
            early.execute("COMMIT")
        assert not titles(client)
    finally:
        other.close()


def test_another_minute_asks_anew(
    client: Client, costs: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(LIST)
    later = timezone.now() + timezone.timedelta(minutes=1)
    monkeypatch.setattr(page_cache, "now", lambda: later)

    assert costs(client, LIST) > ONE_QUESTION


def test_an_account_gets_its_own_page_and_leaves_none_behind(
    client: Client, costs: Callable[..., int]
) -> None:
    account = Client()
    account.force_login(make_user(Role.COORDINATION))
    account.get(LIST)

    assert costs(client, LIST) > ONE_QUESTION
    assert costs(account, LIST) > ONE_QUESTION


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_COOKIE": "sessionid=foreign"},
        {"HTTP_COOKIE": "csrftoken=x"},
    ],
)
def test_who_asks_for_something_else_is_answered_anew(
    client: Client, costs: Callable[..., int], headers: dict[str, str]
) -> None:
    client.get(LIST)

    assert costs(client, LIST, **headers) > ONE_QUESTION


def test_a_cookie_of_another_site_changes_nothing(client: Client, costs: Callable[..., int]) -> None:
    client.get(LIST)

    assert ONE_QUESTION in (costs(client, LIST, HTTP_COOKIE="consent=yes") for _turn in range(UNTIL_QUIET))


@pytest.mark.parametrize("address", ["/anmelden/", "/gesundheit/", "/barrierefreiheit/melden/"])
def test_a_page_with_something_of_its_own_moment_is_not_kept(
    client: Client, costs: Callable[..., int], address: str
) -> None:
    """A cookie, the state of the queue, the stamp of a form."""
    answer = client.get(address)

    assert page_cache.may_be_kept(answer.wsgi_request, answer) is False  # type: ignore[arg-type]
    assert ONE_QUESTION not in [costs(Client(), address) for _turn in range(5)]


def test_an_error_is_not_kept(client: Client, count_queries: Any) -> None:
    """Asked again with nothing written in between, it asks the database as often as at first."""

    def asks() -> int:
        with count_queries() as queries:
            assert client.get("/massnahmen/spaeter/").status_code == 404
        return len(queries)

    first = asks()

    assert first > ONE_QUESTION
    assert [asks() for _turn in range(5)] == [first] * 5


def test_beyond_so_many_bytes_the_oldest_go() -> None:
    answers, state = Answers(most_bytes=100), ("1:1:", "now")
    kept = Kept(b"x", {}, 40)
    for name in "abc":
        answers.put(state, (name,), kept)
        answers.get(state, ("a",))

    assert [name for name in "abc" if answers.get(state, (name,))] == ["a", "c"]


def test_of_another_state_nothing_is_left() -> None:
    answers, kept = Answers(), Kept(b"x", {}, 1)
    answers.put(("1:1:", "now"), ("a",), kept)
    answers.put(("2:2:", "now"), ("b",), kept)

    assert answers.get(("2:2:", "now"), ("a",)) is None
    assert answers.get(("1:1:", "now"), ("a",)) is None
