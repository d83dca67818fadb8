"""The API for reading: the same for everybody, filtered as the pages are, told in German where it refuses."""

import json
from collections.abc import Callable
from random import randrange
from typing import Any

import pytest
import redis
from django.conf import settings as conf
from django.test import Client

from network.models import Role
from network.often import PER_SECONDS
from smartregion.opendata.resource import resources
from tests.factories import make_measure, make_user
from tests.opendata.rows import Rows, make_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_everything()


def get(path: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get(f"/api/v1/{path}", headers=headers)


def data(path: str) -> list[dict[str, Any]]:
    response = get(path)
    assert response.status_code == 200, response.content
    return response.json()["data"]


def refusal(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == response.status_code
    assert set(told) == {"type", "title", "status", "detail"}
    return response.status_code, told["detail"]


def test_the_index_leads_to_every_resource_and_each_row_has_its_address(rows: Rows) -> None:
    index = get("").json()

    assert [entry["name"] for entry in index["resources"]] == list(resources())
    for entry in index["resources"]:
        path = entry["url"].partition("/api/v1/")[2]
        listed = data(path)
        key = resources()[entry["name"]].key
        assert [get(f"{path}/{row[key]}").json() for row in listed] == listed


def test_a_measure_is_told_with_codes_numbers_and_days(rows: Rows) -> None:
    (first,) = data("measures?q=Netz")

    assert {name: first[name] for name in ("title", "phase", "starts_on", "ends_on", "progress", "tags")} == {
        "title": "Netz",
        "phase": "pilot",
        "starts_on": "2024-01-01",
        "ends_on": None,
        "progress": 0,
        "tags": ["Wasser, Luft"],
    }


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("measures?field=energie", 1),
        ("measures?municipality=aadorf&phase=pilot", 1),
        ("rollout?stage=live", 1),
        ("rollout?municipality=aadorf&municipality=bedorf&field=mobilitaet", 2),
        ("rollout?stale=true", 4),
        ("rollout?blocked=true", 0),
        ("indicators?level=impact", 0),
        ("values?indicator=zaehlung", 2),
        ("resolutions?committee=lenkungskreis&open=true", 1),
        ("events?field=mobilitaet&kind=workshop", 1),
        ("events?kind=week", 0),
        ("measures?limit=1&offset=1", 1),
        ("measures?offset=99", 0),
    ],
)
def test_filters_are_those_of_the_pages(rows: Rows, path: str, number: int) -> None:
    assert len(data(path)) == number


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("measures?phase=blau", "„phase“ kennt den Wert „blau“ nicht."),
        ("measures?visibility=internal", "Den Parameter „visibility“ gibt es hier nicht."),
        ("measures?archive=with", "Den Parameter „archive“ gibt es hier nicht."),
        ("measures?limit=0", "„limit“ braucht eine ganze Zahl ab 1."),
        ("measures?offset=-1", "„offset“ braucht eine ganze Zahl ab 0."),
        ("rollout?live=x", "„live“ kennt den Wert „x“ nicht."),
        (f"measures?q={'x' * 201}", "Der Wert von „q“ ist zu lang."),
        ("events?kind=fest", "„kind“ kennt den Wert „fest“ nicht."),
        ("events?zeit=vergangen", "Den Parameter „zeit“ gibt es hier nicht."),
        ("fields?q=x", "Den Parameter „q“ gibt es hier nicht."),
        ("measures/netz?q=x", "Den Parameter „q“ gibt es hier nicht."),
    ],
)
def test_what_cannot_be_is_refused_in_german(rows: Rows, path: str, sentence: str) -> None:
    assert refusal(get(path)) == (400, sentence)


@pytest.mark.parametrize("path", ["nichts", "measures/nichts", "rollout/999999999999", "rollout/x", "a/b/c"])
def test_what_there_is_not_is_told_as_a_problem(rows: Rows, path: str) -> None:
    assert refusal(get(path)) == (404, "Unter dieser Adresse gibt es nichts.")


def test_there_is_nothing_to_be_sent_to_other_addresses_either() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert [refusal(strict.post(path))[0] for path in ("/api/v1/a/b/c", "/ogc/v2/", "/api/")] == [404] * 3


def test_pages_of_a_list_lead_through_all_rows_once(rows: Rows) -> None:
    for number in range(5):
        make_measure(f"Weitere {number}")

    seen, path = [], "measures?limit=3"
    while path:
        response = get(path)
        content = response.json()
        assert content["total"] == 7
        seen += [row["slug"] for row in content["data"]]
        following = content["links"].get("next", "")
        assert (f'<{following}>; rel="next"' in response["Link"]) == bool(following)
        path = following.partition("/api/v1/")[2]

    assert seen == [row["slug"] for row in data("measures")]


def test_who_has_the_answer_already_is_told_so(rows: Rows) -> None:
    first = get("measures")
    again = get("measures", **{"If-None-Match": first["ETag"]})
    rows.measure.title = "Anders"
    rows.measure.save()
    changed = get("measures", **{"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_other_websites_may_read_and_nothing_else(rows: Rows) -> None:
    read = get("measures")
    asked = Client().options("/api/v1/measures")
    sent = [getattr(Client(), method)("/api/v1/measures") for method in ("post", "put", "patch", "delete")]

    assert read["Access-Control-Allow-Origin"] == "*"
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert not any(response.has_header("Access-Control-Allow-Credentials") for response in (read, asked))
    assert {refusal(response) for response in sent} == {(405, "Diese Adresse lässt sich nur lesen.")}
    assert Client(enforce_csrf_checks=True).post("/api/v1/measures?stand=2024-01-01").status_code == 405


def test_everybody_gets_the_same_whoever_is_signed_in(rows: Rows) -> None:
    make_measure("Geheim", visibility="internal")
    editor = Client()
    editor.force_login(make_user(Role.COORDINATION))

    mine, theirs = get("measures", editor), get("measures")

    assert mine.content == theirs.content
    assert not mine.cookies


def test_who_asks_too_often_has_to_wait_and_no_address_is_kept(
    rows: Rows, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OPEN_DATA_REQUESTS_A_MINUTE = 2
    minute = randrange(10**9) * PER_SECONDS  # nobody else counts in it
    monkeypatch.setattr("network.often.time", lambda: minute)
    address = "192.0.2.77"

    answers = [get("fields", Client(REMOTE_ADDR=address)) for _ in range(3)]
    other = get("fields", Client(REMOTE_ADDR="192.0.2.78"))
    with redis.Redis.from_url(conf.REDIS_URL) as store:
        kept = {key: store.ttl(key) for key in store.scan_iter(f"opendata:{minute // PER_SECONDS}:*")}

    assert [response.status_code for response in answers] == [200, 200, 429]
    assert refusal(answers[2])[0] == 429
    assert answers[2]["Retry-After"] == "60"
    assert other.status_code == 200
    assert len(kept) == 2
    assert not any(address.encode() in key for key in kept)
    assert all(0 < seconds <= 60 for seconds in kept.values())


def test_without_the_counter_everybody_is_answered(rows: Rows, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert get("fields").status_code == 200


def test_reading_writes_nothing(rows: Rows, count_queries: Callable[[], Any]) -> None:
    with count_queries() as queries:
        get("measures")

    assert queries.captured_queries
    assert {query["sql"].split(" ")[0] for query in queries} <= {"SELECT", "DECLARE"}


def test_the_address_for_writing_stays_as_it_was(rows: Rows) -> None:
    response = Client().post("/api/v1/indicators/zaehlung/values", "[]", content_type="application/json")

    assert response.status_code == 401
    assert json.loads(response.content)["error"]["code"] == "unauthorized"
