"""Forms for visitors, seen at the one for subscriptions: what is refused keeps all that was typed."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from participation.models import Event, SubscriptionRequest
from participation.open_forms import STAMPS, new_stamp
from smartregion.base.retention import forget_expired_counts
from tests.factories import make_field, make_region, make_user
from tests.participation.event_rows import make_event
from tests.participation.open import stamp

pytestmark = pytest.mark.django_db
PAGE = "/abonnement/"
TYPED = {"email": "gast@example.org", "handlungsfelder": "mobilitaet", "words": "Netz im Wald"}
TOO_LONG_AGO, TOO_SOON = "zu lange offen", "sehr schnell"


@pytest.fixture(autouse=True)
def subject() -> None:
    make_region()
    make_field("Mobilität")


def send(client: Client, age: int = 10, **values: Any) -> Any:
    return client.post(PAGE, {**TYPED, **stamp(age), **values})


def asked_for() -> int:
    return SubscriptionRequest.objects.count()


def what_is_shown(answer: Any) -> dict[str, Any]:
    form = answer.context["form"]
    return {name: form[name].value() for name in TYPED}


def test_a_form_that_was_shown_some_seconds_ago_is_taken(client: Client) -> None:
    answer = send(client)

    assert (answer.status_code, answer["Location"], asked_for()) == (302, "/abonnement/angefragt/", 1)


@pytest.mark.parametrize(
    ("age", "values", "words"),
    [
        (0, {}, TOO_SOON),
        (1, {}, TOO_SOON),
        (86_405, {}, TOO_LONG_AGO),
        (10, {"stamp": ""}, TOO_LONG_AGO),
        (10, {"stamp": "form:abc:def"}, TOO_LONG_AGO),
        (10, {"stamp": "\0"}, TOO_LONG_AGO),
        (10, {"stamp": "x" * 10_000}, TOO_LONG_AGO),
        (10, {"homepage": "https://example.org"}, "lassen Sie dieses Feld leer"),
        (10, {"email": "kein Mensch"}, "gültige E-Mail-Adresse"),
    ],
)
def test_what_is_refused_says_why_and_keeps_all_that_was_typed(
    client: Client, age: int, values: dict[str, str], words: str
) -> None:
    answer = send(client, age, **values)

    typed = {**TYPED, "handlungsfelder": ["mobilitaet"]}
    shown = {**typed, **{name: value for name, value in values.items() if name in typed}}
    assert (answer.status_code, asked_for(), what_is_shown(answer)) == (200, 0, shown)
    assert words in answer.content.decode()


def test_a_stamp_of_another_purpose_is_none(client: Client) -> None:
    foreign = signing.TimestampSigner(salt="other").sign("form")

    assert TOO_LONG_AGO in send(client, stamp=foreign).content.decode()


def test_a_refused_form_carries_a_stamp_with_which_it_is_taken_later(client: Client) -> None:
    first = send(client, 90_000)
    fresh = first.context["stamp"]

    assert UUID(STAMPS.unsign(fresh, max_age=timedelta(seconds=5)))
    assert f'name="stamp" value="{fresh}"' in first.content.decode()


def test_whoever_was_too_quick_is_taken_some_seconds_after_the_form_was_first_shown(client: Client) -> None:
    first = send(client, 2)
    kept = first.context["stamp"]

    assert (TOO_SOON in first.content.decode(), kept) == (True, first.context["form"].data["stamp"])
    assert f'name="stamp" value="{kept}"' in first.content.decode()


def test_the_trap_is_hidden_from_people_and_their_machines(client: Client) -> None:
    page = client.get(PAGE).content.decode()

    block = re.search(r'<div class="kern-sr-only" aria-hidden="true">(.*?)</div>', page, re.S)
    assert block
    assert [word in block[1] for word in ('name="homepage"', 'tabindex="-1"', 'autocomplete="off"')] == [
        True
    ] * 3


def test_from_one_address_only_so_many_come_within_an_hour(client: Client) -> None:
    answers = [send(client, email=f"gast{number}@example.org").status_code for number in range(11)]
    last = send(client)

    assert (answers, asked_for()) == ([302] * 10 + [200], 10)
    assert "in einer Stunde" in last.content.decode()
    assert what_is_shown(last) == {**TYPED, "handlungsfelder": ["mobilitaet"]}
    assert send(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_each_place_is_free_again_after_an_hour_and_no_sooner(client: Client, monkeypatch) -> None:
    """By the clock that the cache asks; a refused form takes no place and prolongs nothing."""
    import django.core.cache.backends.db as database_cache
    from django.utils.timezone import now

    def later(minutes: int) -> int:
        moment = now() + timedelta(minutes=minutes)
        monkeypatch.setattr(database_cache, "tz_now", lambda: moment)
        monkeypatch.setattr("time.time", moment.timestamp)
        return send(client, email=f"nach{minutes}@example.org").status_code

    for number in range(10):
        send(client, email=f"gast{number}@example.org")

    assert [later(minutes) for minutes in (6, 59, 61)] == [200, 200, 302]


def test_the_address_is_not_stored(client: Client, django_assert_num_queries) -> None:
    from django.db import connection

    send(Client(REMOTE_ADDR="192.0.2.77"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(cache_key, ' ') FROM base_cache")
        keys = cursor.fetchone()[0]

    assert ("open-form:subscription:" in keys, "192.0.2.77" in keys) == (True, False)


def test_visitors_get_no_cookie(client: Client) -> None:
    answers = [client.get(PAGE), send(client), send(client, 0), client.get("/abonnement/angefragt/")]

    assert [dict(answer.cookies) for answer in answers] == [{}] * 4
    assert ["csrfmiddlewaretoken" in answer.content.decode() for answer in answers] == [False] * 4


def test_it_needs_no_token_and_does_nothing_in_the_name_of_an_account() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())

    assert send(strict).status_code == 302
    assert SubscriptionRequest.objects.get().email == "gast@example.org"


def test_a_new_stamp_is_too_fresh(client: Client) -> None:
    assert TOO_SOON in send(client, stamp=new_stamp()).content.decode()


def test_the_same_form_sent_twice_acts_once_and_is_answered_alike(client: Client) -> None:
    shown = stamp()
    answers = [send(client, **shown) for _turn in range(2)]

    assert [answer["Location"] for answer in answers] == ["/abonnement/angefragt/"] * 2
    assert asked_for() == 1


def test_a_used_form_with_other_words_is_asked_for_again_and_keeps_them(client: Client) -> None:
    shown = stamp()
    send(client, **shown)
    other = send(client, **shown, email="andere@example.org")

    assert (other.status_code, asked_for()) == (200, 1)
    assert "schon gesendet" in other.content.decode()
    assert what_is_shown(other)["email"] == "andere@example.org"
    assert other.context["stamp"] != shown["stamp"]


def test_a_refused_form_may_be_sent_again(client: Client) -> None:
    """What the verb itself refuses does not use the form up."""
    event = make_event(capacity=1, days=-1)
    shown, typed = stamp(), {"name": "Ada", "email": "ada@example.org"}
    page = f"/veranstaltungen/{event.pk}/anmelden/"
    refused = client.post(page, {**typed, **shown})
    begin = now() + timedelta(days=3)
    Event.objects.update(starts_at=begin, ends_at=begin + timedelta(hours=1))

    assert (refused.status_code, client.post(page, {**typed, **shown}).status_code) == (200, 302)


def test_two_addresses_of_one_ipv6_line_are_counted_together(client: Client) -> None:
    lines = [f"2001:db8:1:2::{number:x}" for number in range(11)]
    answers = [
        send(Client(REMOTE_ADDR=line), email=f"gast{place}@example.org").status_code
        for place, line in enumerate(lines)
    ]

    assert answers == [302] * 10 + [200]
    assert send(Client(REMOTE_ADDR="2001:db8:1:3::1"), email="fern@example.org").status_code == 302


def test_an_expired_count_is_deleted_and_one_that_counts_stays(client: Client) -> None:
    send(client)
    cache.set("open-form:alt", True, 60)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE base_cache SET expires = now() - interval '1 hour' WHERE cache_key LIKE '%:alt'"
        )
        forget_expired_counts()
        cursor.execute("SELECT cache_key LIKE '%:alt' FROM base_cache")
        left = [row[0] for row in cursor.fetchall()]

    assert (len(left) > 0, any(left)) == (True, False)


def test_what_counts_is_not_evicted_by_many_rows(client: Client) -> None:
    for number in range(10):
        send(client, email=f"gast{number}@example.org")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO base_cache SELECT 'zz' || n, '', now() + interval '1 hour' "
            "FROM generate_series(1, 10001) n"
        )

    assert send(client, email="neu@example.org").status_code == 200


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()
