"""The proxy: whether people reach the portal through it, safely, and what it tells of them."""

import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from cryptography import x509
from django.conf import settings
from django.utils.timezone import localtime, now

from smartregion.doctor import Finding, check, fail, ok, warn
from smartregion.doctor.units import web_ports
from smartregion.operator_pages import doctors_token

PATIENCE: Final = 5
CLAIMED: Final = "192.0.2.1"
"""The address of no machine (RFC 5737), which doctor says is its own."""
OK: Final = 200
HEALTH: Final = {"web", "database", "queue"}
"""What `/gesundheit/` tells everybody."""
REDIRECTS: Final = {301, 302, 307, 308}
RENEW_WITHIN: Final = timedelta(days=14)
TOO_LATE_WITHIN: Final = timedelta(days=3)
HTTPS: Final = 443
LISTENING: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTENS: Final = "0A"
"""The state of a socket there (proc(5))."""


def _trusted() -> str:
    """The authorities that this machine trusts, since a house may have one of its own."""
    bundle = ssl.get_default_verify_paths().openssl_cafile
    return bundle if Path(bundle).is_file() else requests.utils.DEFAULT_CA_BUNDLE_PATH


@check("Proxy")
def proxy() -> Iterator[Finding]:
    yield from asked_through_proxy(settings.PORTAL_URL, settings.PORTAL_URL.replace("https://", "http://"))


def asked_through_proxy(secure: str, plain: str) -> Iterator[Finding]:
    """As a visitor would: does it answer, is it told that TLS is on, and by none but the proxy?"""
    try:
        health = _asked(f"{secure}/gesundheit/")
        page = _asked(f"{secure}/impressum/")
    except requests.exceptions.SSLError:
        yield warn(f"{secure} wird von diesem Rechner aus nicht erkannt.", "Siehe Zertifikat.")
        return
    except requests.RequestException as error:
        yield unreachable(urlsplit(secure), type(error).__name__)
        return
    if leads_back(page):
        yield fail(
            f"{page.url} leitet ohne Ende auf sich selbst um: der Proxy nennt X-Forwarded-Proto nicht.",
            "proxy_set_header X-Forwarded-Proto $scheme; (deploy/nginx/smartregion.conf)",
        )
    elif not tells_health(health):
        yield fail(
            f"Unter {secure} antwortet nicht das Portal ({health.status_code} auf /gesundheit/).",
            "Führt der Name hierher, und reicht der Proxy alles an Web weiter "
            "(deploy/nginx/smartregion.conf)? systemctl status 'smartregion-web@*'",
        )
    elif health.status_code != OK:
        yield fail(f"{health.url} antwortet mit {health.status_code}.", "Sehen Sie dort nach, was fehlt.")
    elif page.status_code != OK:
        yield fail(f"{page.url} antwortet mit {page.status_code}.", "journalctl -u 'smartregion-web@*' -n 50")
    else:
        yield asked_without_tls(secure, plain)


def tells_health(answer: requests.Response) -> bool:
    """As the portal's own page does, which no other does."""
    try:
        told = answer.json()
    except requests.JSONDecodeError:
        return False
    return isinstance(told, dict) and told.keys() >= HEALTH


def asked_without_tls(secure: str, plain: str) -> Finding:
    """Claiming that there is TLS must not get what TLS gets."""
    try:
        forged = _asked(f"{plain}/impressum/", {"X-Forwarded-Proto": "https"})
    except requests.RequestException:
        return ok(f"{secure} antwortet; ohne TLS antwortet niemand.")
    if forged.status_code == OK:
        return fail(
            "Der Proxy reicht X-Forwarded-Proto von Fremden durch: unverschlüsselt gilt als verschlüsselt.",
            "proxy_set_header X-Forwarded-Proto $scheme; (deploy/nginx/smartregion.conf)",
        )
    if forged.status_code in REDIRECTS:
        return ok(f"{secure} antwortet, der Proxy überschreibt X-Forwarded-Proto.")
    return ok(f"{secure} antwortet; ohne TLS gibt es nichts ({forged.status_code}).")


def _asked(address: str, headers: dict[str, str] | None = None) -> requests.Response:
    return requests.get(address, headers=headers, timeout=PATIENCE, allow_redirects=False, verify=_trusted())


def leads_back(answer: requests.Response) -> bool:
    """Whether a redirect leads to the address that was asked for, with TLS or without."""
    if answer.status_code not in REDIRECTS:
        return False
    asked, goal = (
        urlsplit(each) for each in (answer.url, urljoin(answer.url, answer.headers.get("Location", "")))
    )
    return (goal.hostname, goal.path) == (asked.hostname, asked.path)


def unreachable(secure: SplitResult, reason: str) -> Finding:
    """A name that leads elsewhere from inside says little, as long as a proxy stands here."""
    host, port = secure.hostname or "", secure.port or HTTPS
    text = f"{secure.geturl()} ist von diesem Rechner aus nicht zu erreichen ({reason})."
    if any(map(is_of_this_machine, addresses_of(host))):
        return fail(
            f"{text} Der Name führt hierher, aber niemand antwortet.",
            "systemctl start nginx; bleibt es dabei: nginx -t",
        )
    if answers("localhost", port):
        return warn(
            f"{text} Hier antwortet zwar ein Proxy, der Name führt aber woandershin.",
            f"Sehen Sie von außen nach, oder nennen Sie den Namen in /etc/hosts: 127.0.0.1 {host}",
        )
    return fail(
        f"{text} Auch hier antwortet unter {port} niemand.",
        "Gehört der Proxy hierher: systemctl start nginx. Steht er anderswo: zeigt der Name auf ihn, und "
        "darf dieser Rechner zu ihm?",
    )


def addresses_of(host: str) -> set[str]:
    try:
        return {str(place[0]) for *_kind, place in socket.getaddrinfo(host, None)}
    except OSError:
        return set()


def is_of_this_machine(address: str) -> bool:
    """Only its own addresses can be bound to."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except OSError:
        return False
    return True


@check("Zertifikat")
def certificate() -> Iterator[Finding]:
    address = urlsplit(settings.PORTAL_URL)
    if address.scheme != "https":
        yield ok("keines: dieses Portal spricht ohne TLS")
        return
    host, port = address.hostname or "", address.port or HTTPS
    yield served_certificate(host, port, _trusted())


def served_certificate(host: str, port: int, authorities: str) -> Finding:
    """As the proxy serves it for this name, also where the name leads elsewhere from inside."""
    place = host if answers(host, port) else "localhost"
    strict = ssl.create_default_context(cafile=authorities)
    lax = ssl.create_default_context()
    lax.check_hostname, lax.verify_mode = False, ssl.CERT_NONE
    try:
        served = x509.load_der_x509_certificate(_shown((place, port), host, lax))
    except OSError as error:
        return warn(f"Unter {host}:{port} zeigt niemand eines ({type(error).__name__}).", "Siehe Proxy.")
    try:
        _shown((place, port), host, strict)
    except ssl.SSLCertVerificationError as error:
        objection = str(error.verify_message)
    else:
        objection = ""
    return judged(host, served.not_valid_after_utc, objection)


def _shown(place: tuple[str, int], host: str, context: ssl.SSLContext) -> bytes:
    with (
        socket.create_connection(place, PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""


def judged(host: str, ends_at: datetime, objection: str) -> Finding:
    left = ends_at - now()
    ends = "endet" if left > timedelta() else "endete"
    text = f"Das von {host} {ends} am {localtime(ends_at):%d.%m.%Y %H:%M}."
    renew = "certbot renew, dann systemctl reload nginx; sehen Sie nach, warum es nicht von selbst geschah."
    if left < TOO_LATE_WITHIN:
        return fail(text, renew)
    if objection:
        return fail(
            f"Das von {host} gilt auf diesem Rechner nicht: {objection}.",
            "Nennt es den Namen, und liegt die ganze Kette in ssl_certificate? Das Zertifikat einer eigenen "
            "Stelle gehört nach /usr/local/share/ca-certificates (update-ca-certificates).",
        )
    if left < RENEW_WITHIN:
        return warn(text, renew)
    return ok(text)


@check("Web hinter dem Proxy")
def listening() -> Iterator[Finding]:
    yield reached_beside_proxy(web_ports(), HTTPS)


def reached_beside_proxy(ports: set[int], proxy: int) -> Finding:
    """Where the proxy stands on another machine, web has to listen to it."""
    taken = listening_sockets()
    open_ones = sorted({port for address, port in taken if port in ports and not _is_loopback(address)})
    if not open_ones:
        return ok("am Proxy vorbei von keinem anderen Rechner aus")
    if proxy not in {port for _address, port in taken}:
        return ok("der Proxy steht anderswo")
    return warn(
        f"Web ist auch am Proxy vorbei zu erreichen: Port {', '.join(map(str, open_ones))}.",
        "Das steht in der Unit, nicht in portal.env: systemctl edit smartregion-web@ mit den Zeilen "
        "[Service] und Environment=SMARTREGION_LISTEN=127.0.0.1:%i, dann systemctl restart "
        f"{' '.join(f'smartregion-web@{port}' for port in open_ones)}",
    )


def listening_sockets() -> set[tuple[str, int]]:
    """Addresses, as the kernel writes them, and ports at which this machine takes connections."""
    found = set()
    for table in filter(Path.exists, LISTENING):
        for line in table.read_text().splitlines()[1:]:
            _number, local, _remote, state, *_rest = line.split()
            address, port = local.split(":")
            if state == LISTENS:
                found.add((address, int(port, 16)))
    return found


def _is_loopback(written: str) -> bool:
    """An address as the kernel writes it: four bytes at a time, the last first."""
    raw = bytes.fromhex(written)
    address = ip_address(b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4)))
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


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
