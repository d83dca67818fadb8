"""`manage.py doctor`: each thing that an operator forgets is caught, and what is well is said to be well."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import redis
import requests
from allauth.mfa.totp.internal.auth import TOTP
from django.core import signing
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from network.models import Role
from smartregion.backup.keys import make_key
from smartregion.base import audit
from smartregion.base.erasure_log import begin_log, line_of
from smartregion.base.models import Erasure, Job, LegalText, Sign
from smartregion.base.tasks import note_audit_head
from smartregion.celery import app
from smartregion.doctor import CHECKS, Finding, Level, examined, ok
from smartregion.doctor.database import transport
from smartregion.doctor.machine import (
    disks_below,
    readable_by_others,
    room,
    room_of_database,
    unlike,
    writable_by_others,
)
from smartregion.doctor.services import (
    CLAIMED,
    address_through_proxy,
    asked_through_proxy,
    written_by_proxies,
)
from smartregion.management.commands.doctor import ROOMS
from smartregion.regions.region import LEGAL_PAGES, TEXT_IS_MISSING
from tests import databases
from tests.factories import make_user
from tests.mail_server import mail_server
from tests.network.test_accounts import closed_port
from tests.smartregion.test_headers import daemon

pytestmark = pytest.mark.django_db
for each in ROOMS:
    import_module(f"smartregion.doctor.{each}")
OK, WARN, FAIL = Level.OK, Level.WARN, Level.FAIL
GIGABYTE = 10**9


OWNER = os.environ.get("SMARTREGION_OWNER_DATABASE_URL", "")
"""Of the server on which the tests run; the tests below begin without one."""


@pytest.fixture
def production(settings: Any, tmp_path: Path) -> Any:
    """A portal as it should be, as far as settings say."""
    settings.DEMO, settings.DEBUG, settings.MAILS_ARE_FILES = False, False, False
    settings.SECRET_KEY = "".join(chr(33 + number) for number in range(60))
    settings.ALLOWED_HOSTS = ["smart.kreis.de"]
    settings.DEFAULT_FROM_EMAIL = "smart@kreis.de"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.ERASURE_LOG = tmp_path / "erasures.jsonl"
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.BACKUP_KEY = str(tmp_path / "backup.key")
    begin_log()
    make_key(tmp_path / "backup.key")
    return settings


def found(title: str) -> list[Finding]:
    return list(examined(CHECKS[title]))


def levels(title: str) -> list[Level]:
    return [finding.level for finding in found(title)]


def text(title: str) -> str:
    return " ".join(finding.text for finding in found(title))


SETTINGS = ["Betriebsart", "Geheimer Schlüssel", "Namen des Portals", "Sichere Verbindung", "Absender"]


def test_settings_as_they_should_be_are_well(production: Any) -> None:
    seen = [levels(title) for title in (*SETTINGS, "Djangos Prüfung", "Messwerte")]

    assert seen == [[OK]] * 7


@pytest.mark.parametrize(
    ("title", "name", "value", "level"),
    [
        ("Betriebsart", "DEMO", True, FAIL),
        ("Betriebsart", "DEBUG", True, FAIL),
        ("Geheimer Schlüssel", "SECRET_KEY", "kurz", FAIL),
        ("Geheimer Schlüssel", "SECRET_KEY", "ab" * 40, FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["*"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", [".kreis.de"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["https://smart.kreis.de"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["smartregion.example.org"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["localhost"], WARN),
        ("Sichere Verbindung", "SECURE_SSL_REDIRECT", False, FAIL),
        ("Sichere Verbindung", "SECURE_PROXY_SSL_HEADER", None, FAIL),
        ("Sichere Verbindung", "SESSION_COOKIE_SECURE", False, FAIL),
        ("Djangos Prüfung", "SECURE_HSTS_SECONDS", 0, WARN),
        ("Absender", "DEFAULT_FROM_EMAIL", "smart-region@localhost", FAIL),
        ("Absender", "DEFAULT_FROM_EMAIL", "kreis.de", FAIL),
        ("Messwerte", "METRICS_TOKEN", "kurz", FAIL),
        ("Mailserver", "MAILS_ARE_FILES", True, WARN),
    ],
)
def test_a_wrong_setting_is_caught(production: Any, title: str, name: str, value: Any, level: Level) -> None:
    setattr(production, name, value)

    assert levels(title) == [level]


def test_a_variable_that_nobody_knows_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SMARTREGION_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SMARTREGION_SMTP_HOST", "mail.kreis.de")
    assert levels("Variablen") == [OK]

    monkeypatch.setenv("SMARTREGION_SMPT_HOST", "mail.kreis.de")

    assert levels("Variablen") == [WARN]
    assert "SMARTREGION_SMTP_HOST" in text("Variablen")


def test_another_key_for_second_factors_is_caught(settings: Any) -> None:
    assert levels("Schlüssel der zweiten Faktoren") == [OK]
    TOTP.activate(make_user(Role.ADMINISTRATION), "JBSWY3DPEHPK3PXP")
    assert levels("Schlüssel der zweiten Faktoren") == [OK]

    settings.SECOND_FACTOR_KEY = "ein anderer Schlüssel"

    assert levels("Schlüssel der zweiten Faktoren") == [FAIL]


def written(slug: str, body: str) -> None:
    LegalText.objects.update_or_create(slug=slug, defaults={"title": slug, "body": body})


def test_legal_pages_that_are_missing_or_still_the_sample_are_caught(settings: Any) -> None:
    assert levels("Rechtliche Seiten") == [FAIL, FAIL, FAIL, WARN, WARN]
    region = json.loads((settings.BASE_DIR / "fixtures/region.json").read_text())
    samples = {each["slug"]: "\n\n".join(each["body"]) for each in region["legal_texts"]}
    assert samples.keys() == LEGAL_PAGES.keys()
    for slug, body in samples.items():
        written(slug, body)
    assert levels("Rechtliche Seiten") == [FAIL, FAIL, FAIL, WARN, WARN]

    for slug in samples:
        written(slug, "Kreis, [Startseite](/), E-Mail: post [at] kreis.de")
    assert levels("Rechtliche Seiten") == [OK]

    written("privacy", samples["privacy"].replace("**Mustertext.**", ""))
    assert "[Name, Anschrift, " in text("Rechtliche Seiten") and levels("Rechtliche Seiten") == [WARN]
    for body in (" ", str(TEXT_IS_MISSING)):
        written("privacy", body)
        assert levels("Rechtliche Seiten") == [FAIL]


def test_a_malware_check_that_is_wanted_and_does_not_answer_is_caught(settings: Any) -> None:
    assert levels("Prüfung auf Schadsoftware") == [OK]
    with daemon() as running:
        settings.CLAMD = running.place
        assert levels("Prüfung auf Schadsoftware") == [OK]
    settings.CLAMD = f"127.0.0.1:{closed_port()}"
    assert levels("Prüfung auf Schadsoftware") == [FAIL]


def test_the_database_as_it_is_here_is_well_but_for_what_tests_leave_out() -> None:
    """The tests' server writes without fsync, and their role owns the tables."""
    assert {
        title: levels(title)
        for title in (
            *("Datenbank", "Erweiterungen", "Verbindung zur Datenbank", "Zeitzone und Uhr", "Migrationen"),
            *("Archiv der Datenbank", "Rolle der Sicherung", "Rolle der Datenbank", "Haltbarkeit"),
            "Schutz in der Datenbank",
        )
    } == {
        "Datenbank": [OK],
        "Erweiterungen": [OK],
        "Verbindung zur Datenbank": [OK],
        "Zeitzone und Uhr": [OK],
        "Migrationen": [OK],
        "Archiv der Datenbank": [OK],
        "Rolle der Sicherung": [OK],
        "Rolle der Datenbank": [WARN],
        "Haltbarkeit": [FAIL],
        "Schutz in der Datenbank": [WARN],
    }


def test_missing_migrations_and_extensions_are_caught() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'monitoring'")
        cursor.execute("DROP EXTENSION fuzzystrmatch CASCADE")

    assert "stehen aus" in text("Migrationen") and levels("Migrationen") == [FAIL]
    assert "fuzzystrmatch" in text("Erweiterungen") and levels("Erweiterungen") == [FAIL]


def test_a_role_that_may_too_much_or_too_little_is_caught(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that only a superuser could make are asked of the server as it is: `postgres` is one."""
    settings.OWNER_DATABASE_URL = OWNER
    monkeypatch.setenv("DATABASE_URL", settings.OWNER_DATABASE_URL)
    assert "obwohl es eine Rolle für den Besitz gibt" in text("Rolle der Datenbank")

    superuser = psycopg.conninfo.make_conninfo(settings.OWNER_DATABASE_URL, user="postgres")
    with psycopg.connect(superuser) as server:
        server.execute("CREATE ROLE small LOGIN")
        server.commit()
    try:
        settings.OWNER_DATABASE_URL = psycopg.conninfo.make_conninfo(superuser, user="small")
        assert "ALTER ROLE small CREATEDB" in text("Rolle der Sicherung")
        settings.OWNER_DATABASE_URL = psycopg.conninfo.make_conninfo(superuser, user="nobody_here")
        assert levels("Rolle der Sicherung") == [FAIL]
    finally:
        with psycopg.connect(superuser) as server:
            server.execute("DROP ROLE small")


APP = os.environ.get("DATABASE_URL", "")


@pytest.fixture
def owner_runs_doctor(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under systemd: it looks at the portal's role, and itself works as the owner."""
    settings.OWNER_DATABASE_URL = databases.address_of(connection.settings_dict["NAME"])
    monkeypatch.setenv("DATABASE_URL", APP)


def as_postgres(statement: str) -> None:
    address = databases.address_of(connection.settings_dict["NAME"])
    with psycopg.connect(address, user="postgres", autocommit=True) as server:
        server.execute(statement)


@contextmanager
def done_as_postgres(statement: str, *, undone_by: str) -> Iterator[None]:
    as_postgres(statement)
    try:
        yield
    finally:
        as_postgres(undone_by)


@pytest.mark.django_db(transaction=True)
def test_a_role_that_is_a_member_of_the_owner_is_caught(owner_runs_doctor: None) -> None:
    """Through a role of its own: the tests' owner is a member of the portal's role already."""
    assert levels("Rolle der Datenbank") == [OK]
    role = databases.APP_ROLE
    made = "CREATE ROLE midway; CREATE TABLE public.midway (); ALTER TABLE public.midway OWNER TO midway"
    with done_as_postgres(
        f"{made}; GRANT midway TO {role}", undone_by="DROP TABLE public.midway; DROP ROLE midway"
    ):
        assert f"{role} ist Mitglied von midway" in text("Rolle der Datenbank")
        assert levels("Rolle der Datenbank") == [FAIL]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("done", "undone", "told"),
    [
        (
            "ALTER TABLE measures_wish DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE measures_wish ENABLE ROW LEVEL SECURITY",
            "Ohne Zeilenschutz: measures_wish",
        ),
        (
            "CREATE POLICY open ON measures_wish USING (true)",
            "DROP POLICY open ON measures_wish",
            "Ohne Zeilenschutz: measures_wish",
        ),
        (
            f"GRANT DELETE ON base_auditentry TO {databases.APP_ROLE}",
            f"REVOKE DELETE ON base_auditentry FROM {databases.APP_ROLE}",
            "base_auditentry (UPDATE, DELETE, TRUNCATE)",
        ),
    ],
)
def test_a_guard_of_the_database_that_is_missing_is_caught(
    owner_runs_doctor: None, done: str, undone: str, told: str
) -> None:
    assert levels("Schutz in der Datenbank") == [OK]
    with done_as_postgres(done, undone_by=undone):
        assert told in text("Schutz in der Datenbank") and levels("Schutz in der Datenbank") == [FAIL]


@pytest.mark.django_db(transaction=True)
def test_a_portal_that_runs_as_superuser_is_caught() -> None:
    mine = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = "postgres"
    try:
        assert levels("Rolle der Datenbank") == [FAIL]
        assert "NOSUPERUSER" in text("Rolle der Datenbank")
    finally:
        connection.close()
        connection.settings_dict["USER"] = mine


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


def test_a_database_or_replica_on_another_machine_wants_encryption(settings: Any) -> None:
    def level(host: str, *, is_encrypted: bool = False) -> Level:
        return transport(host, is_encrypted=is_encrypted, variable="X").level

    assert [level(host) for host in ("/run/postgresql", "localhost", "127.0.0.2", "::1")] == [OK] * 4
    assert (level("database"), level("10.0.0.2"), level("db.kreis.de", is_encrypted=True)) == (FAIL, FAIL, OK)
    settings.CLOSED_HOSTS = ["database"]
    assert (level("database"), level("datenbank")) == (OK, FAIL)


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


def test_a_full_disk_is_caught_before_it_is_full() -> None:
    def level(total: int, free: int) -> Level:
        return room(Path("/x"), total * GIGABYTE, free * GIGABYTE // 10).level

    assert [level(100, 500), level(100, 90), level(10, 18), level(100, 15), level(4, 4)] == [
        OK,
        WARN,
        WARN,
        FAIL,
        FAIL,
    ]


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """Of the tests' server, once the role is told it."""
    address = databases.address_of(connection.settings_dict["NAME"])
    with psycopg.connect(address, user="postgres") as server:
        (told,) = server.execute("SHOW data_directory").fetchone() or ("",)
    role = connection.settings_dict["USER"]
    with done_as_postgres(
        f"GRANT pg_read_all_settings TO {role}", undone_by=f"REVOKE pg_read_all_settings FROM {role}"
    ):
        yield Path(told)


@pytest.mark.django_db(transaction=True)
def test_the_disk_of_the_database_is_looked_at_where_it_is_on_this_machine(data_folder: Path) -> None:
    assert text("Speicherplatz der Datenbank").startswith(f"{data_folder}: ")
    assert "GB frei" in text("Speicherplatz der Datenbank")
    elsewhere = room_of_database("db.kreis.de", data_folder)
    assert (elsewhere.level, "achten Sie dort selbst" in elsewhere.text) == (OK, True)
    assert room_of_database("localhost", Path("/gibt/es/nicht")).level is OK


def test_a_role_that_is_not_told_where_the_database_lies_is_caught() -> None:
    assert "GRANT pg_read_all_settings TO" in text("Speicherplatz der Datenbank")
    assert levels("Speicherplatz der Datenbank") == [WARN]


@pytest.mark.django_db(transaction=True)
def test_backups_on_the_disk_of_the_database_or_in_a_folder_that_takes_none_are_caught(
    settings: Any, data_folder: Path
) -> None:
    with TemporaryDirectory(dir="/dev/shm") as memory, TemporaryDirectory(dir=data_folder.parent) as beside:
        settings.BACKUP_FOLDER = Path(beside)
        assert "auf derselben Platte" in text("Ort der Sicherungen")
        assert levels("Ort der Sicherungen") == [WARN]
        settings.BACKUP_FOLDER = Path(memory)
        assert levels("Ort der Sicherungen") == [OK]
    assert levels("Ort der Sicherungen") == [FAIL]


def test_two_partitions_and_a_volume_of_one_disk_are_one_disk(tmp_path: Path) -> None:
    """As in /sys: a disk with two partitions, on one of them an encrypted volume; and a disk without any."""
    number = tmp_path.stat().st_dev
    name = f"{os.major(number)}:{os.minor(number)}"
    parts = [tmp_path / "sda" / part for part in ("sda1", "sda2")]
    for part in parts:
        part.mkdir(parents=True)
        (part / "partition").touch()
    (tmp_path / "dm-0" / "slaves").mkdir(parents=True)
    (tmp_path / "dm-0" / "slaves" / "sda2").symlink_to(parts[1])
    (tmp_path / "vda" / "slaves").mkdir(parents=True)
    seen = []
    for device in (*parts, tmp_path / "dm-0", tmp_path / "vda"):
        devices = tmp_path / f"as-{device.name}"
        devices.mkdir()
        (devices / name).symlink_to(device)
        seen.append(disks_below(tmp_path, devices))

    assert seen == [{"sda"}, {"sda"}, {"sda"}, {"vda"}]
    assert disks_below(tmp_path, tmp_path / "nothing") == {str(number)}


def test_files_that_others_may_read_and_folders_that_others_may_write_are_caught(tmp_path: Path) -> None:
    secret, owners, folder = tmp_path / "portal.env", tmp_path / "owner.env", tmp_path / "var"
    secret.touch()
    owners.touch()
    folder.mkdir()

    def seen(file_mode: int, owners_mode: int, folder_mode: int) -> list[Level]:
        secret.chmod(file_mode)
        owners.chmod(owners_mode)
        folder.chmod(folder_mode)
        told = (*readable_by_others([secret], [owners]), *writable_by_others([folder]))
        return [each.level for each in told]

    assert seen(0o640, 0o600, 0o755) == [OK]
    assert seen(0o644, 0o600, 0o755) == seen(0o660, 0o600, 0o755) == [FAIL]
    assert seen(0o640, 0o640, 0o755) == [FAIL]
    assert seen(0o600, 0o600, 0o777) == [OK, FAIL]


def test_the_file_of_the_sign_in_services_is_looked_at(production: Any, tmp_path: Path) -> None:
    services = tmp_path / "services.json"
    services.touch()
    production.SIGN_IN_SERVICES_FILE = str(services)

    services.chmod(0o644)
    assert f"{services} ist für andere Benutzer offen" in text("Rechte an Dateien")
    services.chmod(0o640)
    assert levels("Rechte an Dateien") == [OK]


def test_old_static_files_catalogues_and_missing_fonts_are_caught(settings: Any, tmp_path: Path) -> None:
    assert levels("Oberfläche") == [OK]
    settings.STATIC_ROOT = settings.REPORT_FONT_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path]

    told = text("Oberfläche")

    assert levels("Oberfläche") == [FAIL, FAIL, FAIL]
    assert "statischen Dateien" in told and "en, nl" in told and "Regular, Italic" in told


def test_packages_unlike_the_lock_file_are_caught() -> None:
    lock = "\n".join(
        [
            "django==5.2.19 \\",
            "    --hash=sha256:0",
            "redis==1.0 \\",
            "no-such-thing==1",
            'no-such-thing-on-linux==1 ; sys_platform == "win32"',
            "# six==1",
        ]
    )

    assert [each.split()[0] for each in unlike(lock)] == ["redis", "no-such-thing"]
    assert levels("Python-Pakete") == [OK]


def age(name: str, **old: float) -> list[Level]:
    Sign.objects.update_or_create(name=name, defaults={"seen_at": now() - timedelta(**old)})
    title = "Sicherung" if name == Sign.BACKUP else "Rückspielprobe"
    return levels(title)


def test_a_missing_or_old_backup_or_drill_and_a_missing_key_are_caught(production: Any) -> None:
    production.BACKUP_FOLDER.mkdir()
    assert (levels("Sicherung"), levels("Rückspielprobe")) == ([FAIL, FAIL], [FAIL])
    file = production.BACKUP_FOLDER / "smartregion-20260101T000000Z.age"
    file.touch()
    assert [age(Sign.BACKUP, hours=hours) for hours in (1, 30, 80)] == [[OK], [WARN], [FAIL]]
    assert [age(Sign.RESTORE_DRILL, days=days) for days in (7, 9, 40)] == [[OK], [WARN], [FAIL]]
    yesterday = (now() - timedelta(days=1)).timestamp()
    os.utime(file, (yesterday, yesterday))
    assert age(Sign.BACKUP, hours=1) == [OK, FAIL]
    assert "Die letzte liegt nicht in" in text("Sicherung")
    assert levels("Schlüssel der Sicherung") == [OK]
    Path(production.BACKUP_KEY).write_text("leer")
    assert levels("Schlüssel der Sicherung") == [FAIL]
    production.BACKUP_KEY = ""
    assert levels("Schlüssel der Sicherung") == [FAIL]


def test_an_audit_log_that_was_cut_is_caught() -> None:
    audit.note(audit.Kind.SETTINGS_CHANGED, what="region")
    note_audit_head()
    assert levels("Protokoll") == [OK]

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE base_auditentry DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM base_auditentry")

    assert levels("Protokoll") == [FAIL]


def test_a_log_of_erasures_that_is_missing_incomplete_broken_or_in_a_bad_place_is_caught(
    production: Any,
) -> None:
    assert levels("Protokoll der Löschungen") == [OK]
    erasure = Erasure.objects.create(scope="all", reason="x", office="y", signs=[])
    assert "fehlen 1 Löschungen" in text("Protokoll der Löschungen")
    production.ERASURE_LOG.write_text(line_of(erasure))
    assert levels("Protokoll der Löschungen") == [OK]

    production.BACKUP_FOLDER = production.ERASURE_LOG.parent
    assert levels("Protokoll der Löschungen") == [WARN]
    production.ERASURE_LOG.write_text("kaputt\n")
    assert levels("Protokoll der Löschungen") == [FAIL]
    production.ERASURE_LOG.unlink()
    assert levels("Protokoll der Löschungen") == [FAIL]


def test_a_check_that_breaks_is_told_and_the_others_go_on() -> None:
    def broken() -> Iterator[Finding]:
        yield ok("vorher")
        raise ZeroDivisionError("durch null")

    assert [(each.level, "ZeroDivisionError: durch null" in each.text) for each in examined(broken)] == [
        (OK, False),
        (FAIL, True),
    ]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    status = 0
    try:
        call_command("doctor", *words)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, capsys.readouterr().out.splitlines()


def test_the_command_says_a_line_for_each_finding_and_ends_with_1_where_something_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def only(*checks: Callable[[], Iterator[Finding]]) -> None:
        for title in list(CHECKS):
            monkeypatch.delitem(CHECKS, title, raising=False)
        for number, look in enumerate(checks):
            monkeypatch.setitem(CHECKS, f"Probe {number}", look)

    def good() -> Iterator[Finding]:
        yield Finding(OK, "gut")

    def bad() -> Iterator[Finding]:
        yield Finding(WARN, "mäßig")
        yield Finding(FAIL, "schlecht")

    status, lines = run(capsys)
    assert (status, {line.split()[0] for line in lines[:-1]} <= {"ok", "warn", "fail"}) == (1, True)
    only(good, bad)
    assert run(capsys) == (
        1,
        ["ok    Probe 0: gut", "warn  Probe 1: mäßig", "fail  Probe 1: schlecht", "1 Fehler, 1 Hinweis."],
    )
    assert run(capsys, "--quiet") == (1, ["warn  Probe 1: mäßig", "fail  Probe 1: schlecht"])
    only(good)
    assert run(capsys) == (0, ["ok    Probe 0: gut", "0 Fehler, 0 Hinweise."])
