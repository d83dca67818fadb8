"""What runs beside the database: queue, mail server, malware check, worker, schedule."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.mail import get_connection
from django.utils.timezone import now

from smartregion.base.models import Job
from smartregion.base.virus_check import NotClean, check_for_malware
from smartregion.celery import TICK_SECONDS
from smartregion.doctor import Finding, check, fail, is_near, ok, warn
from smartregion.doctor.units import SETTLED_AFTER, SYSTEMD, has_just_started
from smartregion.operation import operation

PATIENCE: Final = 5
BACKGROUND: Final = ("smartregion-worker.service", "smartregion-beat.service")


@check("Warteschlange")
def queue() -> Iterator[Finding]:
    address = urlsplit(settings.REDIS_URL)
    host = address.hostname or ""
    if not is_near(host) and not address.password:
        yield fail(
            "Redis steht ohne Passwort im Netz.", "Setzen Sie requirepass und nennen Sie es in REDIS_URL."
        )
    if not is_near(host) and host not in settings.CLOSED_HOSTS and address.scheme != "rediss":
        yield warn(
            "Die Verbindung zu Redis ist nicht verschlüsselt.", "REDIS_URL mit rediss://, sofern möglich."
        )
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
    )
    try:
        with client:
            client.ping()
            policy, memory = _configured(client)
    except redis.RedisError as error:
        yield fail(f"Redis antwortet nicht: {error}.", "Läuft der Dienst, und stimmt REDIS_URL?")
        return
    limit = "ohne Grenze (maxmemory 0) noch keine, später" if memory == "0" else f"ab {memory} Bytes"
    if policy is None:
        yield warn("Redis verrät seine Einstellungen nicht.", "maxmemory-policy muss noeviction sein.")
    elif policy != "noeviction":
        yield fail(
            f"Redis wirft {limit} Einträge weg ({policy}): Wecksignale gingen verloren.",
            "CONFIG SET maxmemory-policy noeviction, und in redis.conf.",
        )
    else:
        yield ok("noeviction; was Redis verliert, findet der Zeitplan wieder")


def _configured(client: Any) -> tuple[str | None, str]:
    try:
        return client.config_get("maxmemory-policy").get("maxmemory-policy"), str(
            client.config_get("maxmemory").get("maxmemory")
        )
    except redis.ResponseError:
        return None, ""


@check("Mailserver")
def mail() -> Iterator[Finding]:
    if settings.MAILS_ARE_FILES:
        yield warn("Mails werden nicht verschickt, sondern Dateien.", "Setzen Sie SMARTREGION_SMTP_HOST.")
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if settings.EMAIL_HOST_USER and not settings.EMAIL_USE_TLS:
        yield fail(f"Das Passwort ginge unverschlüsselt an {where}.", "SMARTREGION_SMTP_TLS=1")
        return
    if not settings.EMAIL_USE_TLS and not is_near(settings.EMAIL_HOST):
        yield warn(
            f"Mails gehen unverschlüsselt an {where}, auch Links, die ein Konto öffnen.",
            "SMARTREGION_SMTP_TLS=1",
        )
    try:
        server = get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=PATIENCE)
        server.open()
        server.close()
    except OSError as error:  # also what smtplib says
        yield fail(f"{where} lässt uns nicht senden ({error}).", "Prüfen Sie SMARTREGION_SMTP_….")
        return
    yield ok(where)


@check("Prüfung auf Schadsoftware")
def malware() -> Iterator[Finding]:
    if not settings.CLAMD:
        yield ok("nicht eingerichtet (SMARTREGION_CLAMD)")
        return
    try:
        check_for_malware(b"doctor")
    except NotClean:
        yield fail(
            f"ClamAV antwortet unter {settings.CLAMD} nicht, kein Upload wird angenommen.",
            "systemctl start clamav-daemon, oder nehmen Sie SMARTREGION_CLAMD weg und starten Sie Web neu.",
        )
    else:
        yield ok(f"ClamAV antwortet unter {settings.CLAMD}")


@check("Worker und Zeitplan")
def background() -> Iterator[Finding]:
    state = operation()
    silent = {
        unit: part.name for unit, part in zip(BACKGROUND, state.parts, strict=False) if not part.is_alive
    }
    late = [tick.title for tick in state.ticks if tick.is_late]
    yield from unheard(silent)
    if late:
        yield warn(f"Überfällig: {', '.join(late)}.", "Sehen Sie unter /auftraege/ nach.")
    if not silent and not late:
        yield ok("beide melden sich, nichts ist überfällig")


def unheard(silent: dict[str, str], systemd: Path = SYSTEMD) -> Iterator[Finding]:
    """Beat's first sign comes with its first tick."""
    fresh = [unit for unit in silent if has_just_started(unit, systemd)]
    gone = [unit for unit in silent if unit not in fresh]
    if fresh:
        yield warn(
            f"Gerade gestartet und noch ohne Zeichen: {', '.join(silent[unit] for unit in fresh)}.",
            f"Fragen Sie in {SETTLED_AFTER} Sekunden noch einmal.",
        )
    if gone:
        yield fail(
            f"Melden sich nicht: {', '.join(silent[unit] for unit in gone)}.",
            f"systemctl status {' '.join(gone)}; nach einem Start dauert es bis zu {TICK_SECONDS} Sekunden.",
        )


@check("Aufträge")
def jobs() -> Iterator[Finding]:
    failed = Job.objects.failed().filter(finished_at__gt=now() - timedelta(days=1)).count()
    if failed:
        yield warn(f"{failed} Aufträge des letzten Tages sind gescheitert.", "Ursachen: /auftraege/")
    else:
        yield ok("an einem Tag keiner gescheitert")
