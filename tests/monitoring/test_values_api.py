"""Values by program: what a token opens and what it never opens; a request is stored whole or not at all."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import localdate

from monitoring.api import LARGEST_BODY, MOST_REQUESTS, MOST_VALUES
from monitoring.models import ApiToken, Indicator, IndicatorValue
from monitoring.services.tokens import create_token, revoke_token
from network.models import Role, User
from smartregion.base.changes import changes_of
from tests.factories import make_municipality, make_region, make_user
from tests.monitoring.indicator_rows import make_indicator, make_value

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/indicators/zaehlung/values"


@pytest.fixture(autouse=True)
def region() -> None:
    make_region()
    cache.clear()


def token_for(*indicators: Indicator, by: User | None = None, days: int = 30) -> str:
    expires_on = localdate() + timedelta(days=days)
    return create_token(name="Zähler", indicators=indicators, expires_on=expires_on, by=by or make_user())[1]


def send(secret: str, body: Any, address: str = ADDRESS, **options: Any) -> Any:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    kept = {"content_type": "application/json", **options}
    return Client().post(address, data, headers={"Authorization": f"Bearer {secret}"}, **kept)


def values() -> list[tuple[date, Any]]:
    return list(IndicatorValue.objects.order_by("on").values_list("on", "value"))


def refusal(response: Any) -> tuple[int, str, int | None]:
    error = response.json()["error"]
    assert error["message"]
    assert error["message_en"]
    return response.status_code, error["code"], error.get("index")


def test_values_are_stored_once_however_often_they_are_sent() -> None:
    secret = token_for(make_indicator(decimals=1))
    body = [
        {"on": "2024-12-31", "value": 1.5},
        {"on": "2023-12-31", "value": None, "note": "Zähler defekt"},
    ]

    first, again = send(secret, body), send(secret, body)

    assert first.json()["stored"] == {"new": 2, "changed": 0, "same": 0}
    assert again.json()["stored"] == {"new": 0, "changed": 0, "same": 2}
    assert [(day, str(value)) for day, value in values()] == [
        (date(2023, 12, 31), "None"),
        (date(2024, 12, 31), "1.500"),
    ]
    assert {value.way for value in IndicatorValue.objects.all()} == {"api"}


def test_a_changed_value_needs_a_reason_and_is_recorded_under_the_tokens_name() -> None:
    indicator = make_indicator()
    value, secret = make_value(indicator, value=5), token_for(indicator)
    body = {"on": "2024-12-31", "value": 6}

    assert refusal(send(secret, [{"on": "2023-12-31", "value": 1}, body])) == (409, "reason_needed", 1)
    assert values() == [(date(2024, 12, 31), 5)]
    send(secret, [{**body, "reason": "Zähler geeicht"}])

    change = changes_of(value)[0]
    assert (change.by, change.reason) == ("Programm „Zähler“", "Zähler geeicht")
    assert values() == [(date(2024, 12, 31), 6)]


def test_one_refused_value_keeps_all_out() -> None:
    secret = token_for(make_indicator())

    refused = send(secret, [{"on": "2024-12-31", "value": 1}, {"on": "2023-12-31", "value": 1.5}])

    assert refusal(refused) == (400, "bad_request", 1)
    assert values() == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        {"on": "2024-12-31", "value": 1},
        [1],
        [{"on": "2024-12-31"}],
        [{"value": 1}],
        [{"on": "31.12.2024", "value": 1}],
        [{"on": 20241231, "value": 1}],
        [{"on": "2999-12-31", "value": 1}],
        [{"on": "2024-12-31", "value": True}],
        [{"on": "2024-12-31", "value": "NaN"}],
        [{"on": "2024-12-31", "value": "1e400"}],
        b'[{"on": "2024-12-31", "value": 1e999999999}]',
        b'[{"on": "2024-12-31", "value": Infinity}]',
        b'[{"on": "2024-12-31", "value": ' + b"9" * 6_000 + b"}]",
        [{"on": "2024-12-31", "value": [1]}],
        [{"on": "2024-12-31", "value": None}],
        [{"on": "2024-12-31", "value": 1, "note": "\0"}],
        [{"on": "2024-12-31", "value": 1, "note": "\ud800"}],
        [{"on": "2024-12-31", "value": 1, "\ud800": 1}],
        [{"on": "2024-12-31", "value": 1, "note": "x" * 301}],
        [{"on": "2024-12-31", "value": 1, "municipality": "00000000"}],
        [{"on": "2024-12-31", "value": 1, "wert": 1}],
        [{"on": "2024-12-31", "value": 1}, {"on": "2024-12-31", "value": 2}],
    ],
    ids=lambda body: str(body)[:50],
)
def test_what_cannot_be_read_is_a_400_and_stores_nothing(body: Any) -> None:
    secret = token_for(make_indicator())

    assert refusal(send(secret, body))[:2] == (400, "bad_request")
    assert values() == []


def test_too_much_and_other_types_are_refused() -> None:
    secret = token_for(make_indicator())
    value = {"on": "2024-12-31", "value": 1}

    assert refusal(send(secret, [value] * (MOST_VALUES + 1)))[:2] == (413, "too_large")
    assert refusal(send(secret, b" " * (LARGEST_BODY + 1)))[:2] == (413, "too_large")
    assert refusal(send(secret, b" " * 1_100_000))[:2] == (413, "too_large")
    assert refusal(send(secret, "x", content_type="text/csv"))[:2] == (415, "unsupported_media_type")


def test_without_a_running_token_nothing_opens() -> None:
    indicator, owner = make_indicator(), make_user()
    secret = token_for(indicator, by=owner)
    body = [{"on": "2024-12-31", "value": 1}]

    assert refusal(Client().post(ADDRESS, "[]", content_type="application/json"))[0] == 401
    assert refusal(send("falsch", body))[0] == 401
    assert refusal(Client().get(ADDRESS, headers={"Authorization": secret}))[0] == 401
    assert Client().get(ADDRESS)["WWW-Authenticate"] == "Bearer"
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert refusal(send(secret, body))[0] == 401
    User.objects.filter(pk=owner.pk).update(is_active=True)
    ApiToken.objects.update(created_on=localdate() - timedelta(days=9), expires_on=localdate() - timedelta(1))
    assert refusal(send(secret, body))[0] == 401
    ApiToken.objects.update(expires_on=localdate())
    assert send(secret, body).status_code == 200
    revoke_token(token=ApiToken.objects.get(), by=owner)
    assert refusal(send(secret, body))[0] == 401


def test_a_session_opens_nothing_here() -> None:
    make_indicator()
    client = Client()
    client.force_login(make_user())

    assert client.get(ADDRESS).status_code == 401


def test_a_token_is_for_its_indicators_and_only_as_long_as_its_account_may_enter_them() -> None:
    own, other, hidden = make_indicator(), make_indicator("Andere"), make_indicator("Geheim")
    place = make_municipality()
    owner = make_user()
    secret = token_for(own, hidden, by=owner)

    assert refusal(send(secret, [], "/api/v1/indicators/andere/values"))[:2] == (403, "forbidden")
    assert refusal(send(secret, [], "/api/v1/indicators/gibt-es-nicht/values"))[:2] == (404, "not_found")
    assert send(secret, []).status_code == 200
    User.objects.filter(pk=owner.pk).update(role=Role.STEERING)
    assert refusal(send(secret, []))[:2] == (403, "forbidden")
    Indicator.objects.filter(pk=hidden.pk).update(visibility="draft")
    assert refusal(send(secret, [], "/api/v1/indicators/geheim/values"))[:2] == (404, "not_found")
    User.objects.filter(pk=owner.pk).update(role=Role.MUNICIPALITY, municipality=place)
    assert refusal(send(secret, []))[:2] == (403, "forbidden")
    assert other.values.count() == 0


def test_a_municipalitys_token_reports_and_reads_its_own_values_only() -> None:
    own, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    indicator = make_indicator(per_municipality=True)
    make_value(indicator, value=9, place=other)
    secret = token_for(indicator, by=make_user(Role.MUNICIPALITY, own))
    value = {"on": "2024-12-31", "value": 1}

    assert refusal(send(secret, [{**value, "municipality": other.ags}])) == (403, "forbidden", 0)
    assert send(secret, [{**value, "municipality": own.ags}]).status_code == 200
    assert send(secret, [{**value, "on": "2023-12-31"}]).status_code == 200  # its own goes without saying

    read = Client().get(ADDRESS, headers={"Authorization": f"Bearer {secret}"}).json()
    assert [(row["on"], row["municipality"], row["value"]) for row in read["values"]] == [
        ("2023-12-31", own.ags, "1"),
        ("2024-12-31", own.ags, "1"),
    ]


def test_a_program_that_asks_too_often_has_to_wait() -> None:
    secret, other = token_for(indicator := make_indicator()), token_for(indicator)

    answers = [send(secret, []).status_code for _ in range(MOST_REQUESTS + 1)]

    assert answers == [200] * MOST_REQUESTS + [429]
    assert send(other, []).status_code == 200


def test_the_secret_is_shown_once_and_stored_as_a_hash() -> None:
    indicator, client = make_indicator(), Client()
    client.force_login(make_user())
    sent = {"name": "Zähler", "indicators": [indicator.pk], "expires_on": localdate() + timedelta(days=30)}

    page = client.post("/konto/token/", sent)
    secret = page.context["secret"]

    assert page["Cache-Control"] == "no-store, private"
    assert secret in page.content.decode()
    assert secret not in client.get("/konto/token/").content.decode()
    assert secret not in [str(value) for value in ApiToken.objects.values().get().values()]
    assert send(secret, []).status_code == 200
    assert ApiToken.objects.get().last_used_at is not None
    client.post(f"/konto/token/zugang/{ApiToken.objects.get().pk}/zurueckziehen/")
    assert send(secret, []).status_code == 401


def test_a_token_lives_at_most_a_year_and_for_what_its_account_enters() -> None:
    place = make_municipality()
    whole, per_place = make_indicator("Ganz"), make_indicator("Orte", per_municipality=True)
    client = Client()
    client.force_login(make_user(Role.MUNICIPALITY, place))
    sent = {"name": "Zähler", "indicators": [per_place.pk], "expires_on": localdate() + timedelta(days=366)}

    assert list(client.post("/konto/token/", sent).context["form"].errors) == ["expires_on"]
    sent["expires_on"] = localdate()
    assert list(client.post("/konto/token/", {**sent, "indicators": [whole.pk]}).context["form"].errors) == [
        "indicators"
    ]
    client.post("/konto/token/", sent)
    assert ApiToken.objects.get().municipality == place


def test_nobody_sees_or_revokes_a_strangers_token_but_the_coordinator() -> None:
    place = make_municipality()
    token_for(make_indicator(per_municipality=True), by=make_user(Role.MUNICIPALITY, place))
    token = ApiToken.objects.get()
    stranger, coordinator, steering = Client(), Client(), Client()
    stranger.force_login(make_user(Role.MUNICIPALITY, make_municipality("Bedorf")))
    coordinator.force_login(make_user())
    steering.force_login(make_user(Role.STEERING))

    assert list(stranger.get("/konto/token/").context["tokens"]) == []
    assert stranger.post(f"/konto/token/zugang/{token.pk}/zurueckziehen/").status_code == 404
    assert steering.get("/konto/token/").status_code == 403
    assert list(coordinator.get("/konto/token/").context["tokens"]) == [token]
    coordinator.post(f"/konto/token/zugang/{token.pk}/zurueckziehen/")
    assert ApiToken.objects.get().state == "revoked"
