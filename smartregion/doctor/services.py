"""What runs beside the database: queue, mail server, worker, schedule, proxy."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import redis
import requests
from django.conf import settings
from django.core.mail import get_connection
from django.utils.timezone import now

from smartregion.base.models import Job
from smartregion.base.virus_check import NotClean, check_for_malware
from smartregion.doctor import Finding, check, fail, is_near, ok, warn
from smartregion.operation import operation
from smartregion.operator_pages import doctors_token

PATIENCE: Final = 5
CLAIMED: Final = "192.0.2.1"
"""The address of no machine (RFC 5737), which doctor says is its own."""


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
    if policy is None:
        yield warn("Redis verrät seine Einstellungen nicht.", "maxmemory-policy muss noeviction sein.")
    elif policy != "noeviction":
        yield fail(
            f"Redis wirft bei {memory} Bytes Einträge weg ({policy}): Wecksignale gingen verloren.",
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
    silent = [part.name for part in state.parts[:2] if not part.is_alive]
    late = [tick.title for tick in state.ticks if tick.is_late]
    if silent:
        yield fail(
            f"Melden sich nicht: {', '.join(silent)}.", "systemctl status smartregion-worker smartregion-beat"
        )
    if late:
        yield warn(f"Überfällig: {', '.join(late)}.", "Sehen Sie unter /auftraege/ nach.")
    if not silent and not late:
        yield ok("beide melden sich, nichts ist überfällig")


@check("Aufträge")
def jobs() -> Iterator[Finding]:
    failed = Job.objects.failed().filter(finished_at__gt=now() - timedelta(days=1)).count()
    if failed:
        yield warn(f"{failed} Aufträge des letzten Tages sind gescheitert.", "Ursachen: /auftraege/")
    else:
        yield ok("an einem Tag keiner gescheitert")


def _trusted() -> str | bool:
    """The authorities that this machine trusts, since a house may have one of its own."""
    bundle = ssl.get_default_verify_paths().openssl_cafile
    return bundle if Path(bundle).is_file() else True


@check("Proxy")
def proxy() -> Iterator[Finding]:
    yield from asked_through_proxy(settings.PORTAL_URL, settings.PORTAL_URL.replace("https://", "http://"))


def asked_through_proxy(secure: str, plain: str) -> Iterator[Finding]:
    """As a visitor would: does it answer, and does it believe a visitor who claims to have come by HTTPS?"""
    try:
        answer = requests.get(
            f"{secure}/gesundheit/", timeout=PATIENCE, allow_redirects=False, verify=_trusted()
        )
    except requests.RequestException as error:
        yield warn(
            f"{secure} ist von diesem Rechner aus nicht zu erreichen ({type(error).__name__}).",
            "Läuft der Proxy, gilt sein Zertifikat, und zeigt der Name hierher?",
        )
        return
    if answer.status_code != 200:
        yield fail(
            f"{secure}/gesundheit/ antwortet mit {answer.status_code}.", "Sehen Sie dort nach, was fehlt."
        )
    try:
        forged = requests.get(
            f"{plain}/impressum/",
            headers={"X-Forwarded-Proto": "https"},
            timeout=PATIENCE,
            allow_redirects=False,
        )
    except requests.RequestException:
        yield ok(f"{secure} antwortet; ohne TLS antwortet niemand.")
        return
    if forged.status_code in {301, 302, 307, 308}:
        yield ok(f"{secure} antwortet, der Proxy überschreibt X-Forwarded-Proto.")
    else:
        yield fail(
            "Der Proxy reicht X-Forwarded-Proto von Fremden durch: unverschlüsselt gilt als verschlüsselt.",
            "proxy_set_header X-Forwarded-Proto $scheme; (deploy/nginx/smartregion.conf)",
        )


@check("Adresse der Besucher")
def visitors_address() -> Iterator[Finding]:
    yield address_through_proxy(settings.PORTAL_URL)


def address_through_proxy(portal: str) -> Finding:
    """By it the portal counts failed sign-ins and what comes without account."""
    headers = {"X-Forwarded-For": CLAIMED, "Authorization": f"Bearer {doctors_token()}"}
    try:
        answer = requests.get(
            f"{portal}/gesundheit/",
            headers=headers,
            timeout=PATIENCE,
            allow_redirects=False,
            verify=_trusted(),
        )
        told = answer.json()
        return written_by_proxies(told["forwarded"], counted=told["proxies"])
    except (requests.RequestException, KeyError) as error:
        return warn(
            f"Das Portal sagt unter {portal} nicht, was es von ihr erfährt ({type(error).__name__}).",
            "Ist es zu erreichen, und läuft Web mit dieser Fassung und diesen Einstellungen?",
        )


def written_by_proxies(forwarded: str, *, counted: int) -> Finding:
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    is_passed_on = CLAIMED in entries[:1]
    written = len(entries) - is_passed_on
    if not written:
        return fail(
            "Der Proxy schreibt sie nicht auf: alle zählen als einer, oder jeder wählt sich eine.",
            "proxy_set_header X-Forwarded-For $remote_addr; (deploy/nginx/smartregion.conf)",
        )
    if written != counted:
        is_chosen = is_passed_on and written < counted
        harm = "jeder kann sich eine wählen" if is_chosen else "alle zählen als einer"
        return fail(
            f"{written} Proxys schreiben sie auf, SMARTREGION_TRUSTED_PROXIES ist {counted}: {harm}.",
            f"SMARTREGION_TRUSTED_PROXIES={written}, wenn auch Besucher diesen Weg nehmen; Web neu starten.",
        )
    return ok(f"aufgeschrieben von so vielen Proxys, wie SMARTREGION_TRUSTED_PROXIES sagt ({counted})")
