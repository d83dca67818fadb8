"""`manage.py doctor`: queue, mail server, malware, worker and proxy."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import redis
import requests
from django.core import signing
from django.test import Client
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from smartregion.base.models import Job, Sign
from smartregion.celery import app
from smartregion.doctor.services import (
    CLAIMED,
    address_through_proxy,
    asked_through_proxy,
    written_by_proxies,
)
from tests.mail_server import mail_server
from tests.network.test_accounts import closed_port
from tests.smartregion.doctor import FAIL, OK, WARN, levels, text
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


class Proxy(BaseHTTPRequestHandler):
    """Answers as the portal behind a proxy that believes, or does not believe, what a client claims."""

    believes = False

    def do_GET(self) -> None:
        claims = self.headers.get("X-Forwarded-Proto") == "https"
        health = self.path == "/gesundheit/"
        self.send_response(200 if health or (claims and self.believes) else 301)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(handler: Any) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_proxy_that_passes_on_what_a_client_claims_is_caught() -> None:
    class Credulous(Proxy):
        believes = True

    with serving(Proxy) as good, serving(Credulous) as bad:
        away = f"http://127.0.0.1:{closed_port()}"
        seen = [[each.level for each in asked_through_proxy(url, url)] for url in (good, bad, away)]

    assert seen == [[OK], [FAIL], [WARN]]


def through(target: str, add: Callable[[str], str]) -> Any:
    """A proxy before `target`; `add` says what it makes of X-Forwarded-For."""

    class Forwarding(Proxy):
        def do_GET(self) -> None:
            headers = {"X-Forwarded-For": add(self.headers.get("X-Forwarded-For", ""))}
            headers["Authorization"] = self.headers.get("Authorization", "")
            answer = requests.get(target + self.path, headers=headers, timeout=20)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

    return Forwarding


@pytest.mark.django_db(transaction=True)
def test_a_wrong_number_of_proxies_is_caught_by_a_way_through_them(
    live_server: LiveServer, settings: Any
) -> None:
    visitor = "198.51.100.7"
    proxies = {
        "overwrites": lambda said: visitor,
        "appends": lambda said: f"{said}, {visitor}",
        "does neither": lambda said: said,
    }
    seen = {}
    for name, add in proxies.items():
        with serving(through(live_server.url, add)) as proxy:
            for number in (0, 1, 2):
                settings.TRUSTED_PROXIES = number
                seen[name, number] = address_through_proxy(proxy).level

    assert seen == {
        **{("overwrites", number): level for number, level in enumerate([FAIL, OK, FAIL])},
        **{("appends", number): level for number, level in enumerate([FAIL, OK, FAIL])},
        **{("does neither", number): FAIL for number in (0, 1, 2)},
    }


def test_it_is_said_what_a_wrong_number_of_proxies_does() -> None:
    def harm(forwarded: str, counted: int) -> str:
        return written_by_proxies(forwarded, counted=counted).text.partition(": ")[2]

    assert harm("198.51.100.7", 2).startswith("alle zählen als einer.")
    assert harm("198.51.100.7, 10.0.0.2", 1).startswith("alle zählen als einer.")
    assert harm(f"{CLAIMED}, 198.51.100.7", 2).startswith("jeder kann sich eine wählen.")
    assert written_by_proxies("198.51.100.7, 10.0.0.2", counted=2).level is OK


def test_a_portal_that_does_not_know_doctor_says_nothing_and_doctor_says_so(client: Client) -> None:
    for token in ("", "x", signing.dumps("", salt="anderes")):
        answer = client.get("/gesundheit/", headers={"Authorization": f"Bearer {token}"})
        assert answer.json().keys() == {"web", "database", "queue"}

    with serving(Proxy) as portal:
        assert address_through_proxy(portal).level is WARN
    assert address_through_proxy(f"http://127.0.0.1:{closed_port()}").level is WARN
