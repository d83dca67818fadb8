"""`manage.py doctor`: queue, mail server, malware, worker and proxy."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.utils.timezone import now

from smartregion.base.models import Job, Sign
from smartregion.celery import app
from smartregion.doctor import Level
from smartregion.doctor.services import (
    unheard,
)
from tests.mail_server import mail_server
from tests.network.test_accounts import closed_port
from tests.smartregion.doctor import FAIL, OK, WARN, Running, levels, text
from tests.smartregion.test_headers import daemon

pytestmark = pytest.mark.django_db


def test_a_malware_check_that_is_wanted_and_does_not_answer_is_caught(settings: Any) -> None:
    assert levels("Prüfung auf Schadsoftware") == [OK]
    with daemon() as running:
        settings.CLAMD = running.place
        assert levels("Prüfung auf Schadsoftware") == [OK]
    settings.CLAMD = f"127.0.0.1:{closed_port()}"
    assert levels("Prüfung auf Schadsoftware") == [FAIL]


@pytest.fixture
def queue(settings: Any) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client
        client.config_set("maxmemory-policy", "noeviction")


def test_a_queue_that_throws_away_or_is_away_or_open_is_caught(queue: redis.Redis, settings: Any) -> None:
    assert levels("Warteschlange") == [OK]
    queue.config_set("maxmemory-policy", "allkeys-lru")
    assert "allkeys-lru" in text("Warteschlange") and levels("Warteschlange") == [FAIL]
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"
    assert levels("Warteschlange") == [FAIL]
    settings.REDIS_URL = "redis://redis.invalid:6379/0"
    assert "ohne Passwort" in text("Warteschlange") and levels("Warteschlange") == [FAIL, WARN, FAIL]
    settings.CLOSED_HOSTS = ["redis.invalid"]
    assert "ohne Passwort" in text("Warteschlange") and levels("Warteschlange") == [FAIL, FAIL]
    settings.REDIS_URL = "redis://:geheim@redis.invalid:6379/0"
    assert "antwortet nicht" in text("Warteschlange") and levels("Warteschlange") == [FAIL]


def test_a_mail_server_that_is_away_or_gets_the_password_in_clear_text_is_caught(production: Any) -> None:
    with mail_server() as server:
        production.EMAIL_HOST, production.EMAIL_PORT = "127.0.0.1", server.port
        assert levels("Mailserver") == [OK]
        production.EMAIL_HOST_USER = "portal"
        assert "Passwort ginge unverschlüsselt" in text("Mailserver") and levels("Mailserver") == [FAIL]
        production.EMAIL_HOST_USER = ""
    production.EMAIL_PORT = closed_port()
    assert levels("Mailserver") == [FAIL]
    production.EMAIL_HOST = "mail.invalid"
    assert "Mails gehen unverschlüsselt" in text("Mailserver") and levels("Mailserver") == [WARN, FAIL]
    production.EMAIL_USE_TLS = True
    assert levels("Mailserver") == [FAIL]


def test_silent_worker_late_task_and_failed_jobs_are_caught() -> None:
    assert "Worker, Zeitplan" in text("Worker und Zeitplan")
    Sign.give(Sign.WORKER)
    Sign.give(Sign.BEAT)
    for entry in app.conf.beat_schedule.values():
        Sign.give(entry["task"])
    assert (levels("Worker und Zeitplan"), levels("Aufträge")) == ([OK], [OK])

    Sign.objects.filter(name="monitoring.request_due_reports").update(seen_at=now() - timedelta(hours=3))
    Job.objects.create(kind="test", status="failed", error="x", finished_at=now())

    assert "Fällige Berichte anfordern" in text("Worker und Zeitplan")
    assert (levels("Worker und Zeitplan"), levels("Aufträge")) == ([WARN], [WARN])


def test_whoever_has_just_started_and_gave_no_sign_yet_is_no_fail(running: Running) -> None:
    silent = {"smartregion-beat.service": "Zeitplan", "smartregion-worker.service": "Worker"}

    def seen(**beat: Any) -> list[Level]:
        running.says("smartregion-worker.service", up=3_000)
        running.says("smartregion-beat.service", **{"up": 5, **beat})
        return [finding.level for finding in unheard(silent, running.systemd)]

    assert seen() == [WARN, FAIL]
    assert seen(NRestarts="3") == seen(up=300) == seen(ActiveState="failed") == [FAIL]
    assert [each.level for each in unheard(silent, running.systemd / "none")] == [FAIL]
    assert list(unheard({}, running.systemd)) == []
