"""`/bereit/` and `/metrics`: what they tell, and that they are for nobody but the operator's programs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from network.models import Role
from smartregion.base.models import Job, Sign
from smartregion.operator_pages import migrations_applied
from tests.factories import make_region, make_user
from tests.network.test_accounts import closed_port

pytestmark = pytest.mark.django_db
TOKEN = "t" * 30


def figures(client: Client) -> dict[str, float]:
    lines = client.get("/metrics").content.decode().splitlines()
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


@pytest.mark.parametrize(
    ("headers", "remote", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "192.0.2.7", 404),
        ({}, "unix:", 404),
        ({"X-Forwarded-For": "192.0.2.7"}, "127.0.0.1", 404),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 404),
        ({"Via": "1.1 proxy"}, "127.0.0.1", 404),
        ({"X-Forwarded-For": "192.0.2.7", "Authorization": f"Bearer {TOKEN}"}, "127.0.0.1", 200),
        ({"Authorization": f"Bearer {TOKEN}x"}, "192.0.2.7", 404),
        ({"Authorization": "Bearer "}, "192.0.2.7", 404),
        ({"Authorization": TOKEN}, "192.0.2.7", 404),
    ],
)
def test_they_answer_this_machine_and_the_token_and_nobody_else(
    client: Client, settings: Any, headers: dict[str, str], remote: str, status: int
) -> None:
    settings.METRICS_TOKEN = TOKEN

    answers = [client.get(page, headers=headers, REMOTE_ADDR=remote) for page in ("/bereit/", "/metrics")]
    assert [answer.status_code for answer in answers] == [status, status]


def test_without_a_token_an_empty_one_opens_nothing_and_no_role_does(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    client.force_login(make_user(Role.ADMINISTRATION))

    for word in ("Bearer", "Bearer ", "Bearer None"):
        assert (
            client.get("/metrics", headers={"Authorization": word}, REMOTE_ADDR="192.0.2.7").status_code
            == 404
        )


def test_ready_says_what_is_so_and_no_more(client: Client) -> None:
    answer = client.get("/bereit/")

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok", "queue": "ok"})


def test_not_ready_while_a_migration_is_to_come_or_the_queue_is_away(client: Client, settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'monitoring'")
    pending = client.get("/bereit/")
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"

    assert (migrations_applied(), pending.status_code, pending.json()["migrations"]) == (
        False,
        503,
        "ausstehend",
    )
    assert client.get("/bereit/").json()["queue"] == "antwortet nicht"


def test_requests_are_counted_by_view_and_kind_of_answer(client: Client) -> None:
    make_region()
    name = 'smartregion_request_seconds_count{method="GET",status="2xx",view="imprint"}'
    missing = 'smartregion_request_seconds_count{method="GET",status="4xx",view="-"}'
    before = figures(client)

    client.get("/gesundheit/")
    client.get("/gibt-es-nicht-4711/")
    client.get("/impressum/")

    after = figures(client)
    health = name.replace("imprint", "health")
    assert after[health] - before.get(health, 0) == 1
    assert after[missing] - before.get(missing, 0) == 1
    assert "gibt-es-nicht-4711" not in client.get("/metrics").content.decode()


def test_jobs_queue_signs_and_backups_are_told_from_the_database(client: Client) -> None:
    start = now() - timedelta(minutes=10)
    for seconds in (1, 3):
        Job.objects.create(
            kind="test", status="done", started_at=start, finished_at=start + timedelta(seconds=seconds)
        )
    Job.objects.create(kind="test", status="failed", error="x", started_at=start, finished_at=now())
    Job.objects.update(created_at=start)
    Job.objects.create(kind="test")
    Job.objects.filter(status="queued").update(created_at=now() - timedelta(seconds=90))
    Sign.objects.create(name=Sign.WORKER, seen_at=now() - timedelta(seconds=30))
    Sign.objects.create(name=Sign.BACKUP, seen_at=start)

    found = figures(client)

    assert [
        found[f'smartregion_jobs{{status="{status}"}}'] for status in ("queued", "running", "failed")
    ] == [1, 0, 1]
    assert found['smartregion_jobs_ended_in_a_day{kind="test",status="done"}'] == 2
    assert [
        found[f'smartregion_job_seconds_in_a_day{{kind="test",quantile="{quantile}"}}']
        for quantile in ("0.5", "1")
    ] == [2, 3]
    assert 90 <= found["smartregion_oldest_waiting_job_seconds"] < 95
    assert 30 <= found['smartregion_sign_age_seconds{name="worker"}'] < 35
    assert found["smartregion_last_backup_timestamp_seconds"] == pytest.approx(start.timestamp(), abs=0.01)
    assert found["smartregion_last_restore_drill_timestamp_seconds"] == 0
    assert found["smartregion_database_bytes"] > 1_000_000


def test_figures_are_in_the_form_that_prometheus_reads(client: Client) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    answer = client.get("/metrics")

    families = {family.name for family in text_string_to_metric_families(answer.content.decode())}
    assert {"smartregion_request_seconds", "smartregion_jobs", "smartregion_database_bytes"} <= families
    assert re.match(r"text/plain; version=", answer["Content-Type"])


def test_the_figures_ask_as_much_for_many_jobs_as_for_few(client: Client, count_queries: Any) -> None:
    def ask() -> int:
        with count_queries() as queries:
            client.get("/metrics")
        return len(queries)

    few = ask()
    Job.objects.bulk_create(Job(kind=f"test{number}") for number in range(30))

    assert ask() == few
