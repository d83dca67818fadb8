"""`manage.py doctor`: the way to the portal, its certificate, and what the proxy tells of visitors."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core import signing
from django.test import Client
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from smartregion.doctor import Finding, Level, proxy
from smartregion.doctor.proxy import (
    CLAIMED,
    address_through_proxy,
    asked_through_proxy,
    reached_beside_proxy,
    served_certificate,
    unreachable,
    written_by_proxies,
)
from tests.network.test_accounts import closed_port
from tests.smartregion.doctor import FAIL, OK, WARN, levels, text

pytestmark = pytest.mark.django_db


class Proxy(BaseHTTPRequestHandler):
    """Answers as the portal behind a proxy that believes, or does not believe, what a client claims."""

    believes = False
    ends_tls = False
    health: ClassVar = {"web": "ok", "database": "ok", "queue": "ok"}

    def do_GET(self) -> None:
        claims = self.headers.get("X-Forwarded-Proto") == "https"
        health = self.path == "/gesundheit/"
        self.send_response(200 if health or self.ends_tls or (claims and self.believes) else 301)
        self.send_header("Location", f"https://{self.headers['Host']}{self.path}")
        self.end_headers()
        self.wfile.write(json.dumps(self.health).encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(handler: Any, context: ssl.SSLContext | None = None) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class EndsTls(Proxy):
    ends_tls = True


class Credulous(Proxy):
    believes = True


def test_a_proxy_that_passes_on_what_a_client_claims_is_caught() -> None:
    def seen(secure: str, plain: str) -> list[Level]:
        return [each.level for each in asked_through_proxy(secure, plain)]

    away = f"http://127.0.0.1:{closed_port()}"
    with serving(EndsTls) as secure, serving(Proxy) as good, serving(Credulous) as bad:
        assert (seen(secure, good), seen(secure, away), seen(secure, bad)) == ([OK], [OK], [FAIL])


class Another(EndsTls):
    """What stands there by itself where no portal does; it knows no paths."""

    health: ClassVar = {}


class Refusing(Proxy):
    def do_GET(self) -> None:
        self.send_response(403)
        self.end_headers()


class WithoutPages(EndsTls):
    def do_GET(self) -> None:
        if self.path == "/gesundheit/":
            super().do_GET()
        else:
            self.send_error(502)


class WithoutQueue(EndsTls):
    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(503 if self.path == "/gesundheit/" else code, message)


def test_what_answers_in_place_of_the_portal_is_not_taken_for_it() -> None:
    """One line each: no ok beside the fail."""
    told = {}
    for handler in (Another, Refusing, WithoutPages, WithoutQueue):
        with serving(handler) as secure, serving(Proxy) as plain:
            (finding,) = asked_through_proxy(secure, plain)
        told[handler] = finding.level, finding.text.removeprefix(secure).removeprefix(f"Unter {secure}")

    assert {level for level, _text in told.values()} == {FAIL}
    assert all("antwortet nicht das Portal" in told[handler][1] for handler in (Another, Refusing))
    assert "/impressum/ antwortet mit 502" in told[WithoutPages][1]
    assert "/gesundheit/ antwortet mit 503" in told[WithoutQueue][1]


def test_a_proxy_that_refuses_whoever_comes_without_tls_passes_nothing_on() -> None:
    with serving(EndsTls) as secure, serving(Refusing) as plain:
        (finding,) = asked_through_proxy(secure, plain)

    assert (finding.level, "ohne TLS gibt es nichts (403)" in finding.text) == (OK, True)


def test_the_portals_own_address_is_asked(settings: Any) -> None:
    settings.PORTAL_URL = f"https://localhost:{closed_port()}"

    assert (levels("Proxy"), "systemctl start nginx" in text("Proxy")) == ([FAIL], True)


def test_a_proxy_that_does_not_say_that_tls_was_on_is_caught_by_the_redirect_without_end() -> None:
    with serving(Proxy) as portal:
        (finding,) = asked_through_proxy(portal, portal)

    assert finding.level is FAIL and "leitet ohne Ende auf sich selbst um" in finding.text
    assert "proxy_set_header X-Forwarded-Proto $scheme" in finding.text


def test_a_portal_that_nobody_reaches_is_a_fail_but_where_its_name_only_leads_elsewhere_from_inside() -> None:
    """192.0.2.1 is no address of this machine, nor of any other."""
    port = closed_port()

    def seen(host: str, port: int) -> tuple[Level, bool]:
        finding = unreachable(urlsplit(f"https://{host}:{port}"), "ConnectTimeout")
        return finding.level, "Der Name führt hierher" in finding.text

    with serving(Proxy) as here:
        answering = urlsplit(here).port or 0
        assert seen(CLAIMED, answering) == (WARN, False)
        assert seen("portal.invalid", answering) == (WARN, False)
    assert seen("127.0.0.1", port) == seen("localhost", port) == (FAIL, True)
    assert seen(CLAIMED, port) == seen("portal.invalid", port) == (FAIL, False)
    away = f"http://127.0.0.1:{port}"
    assert [each.level for each in asked_through_proxy(away, away)] == [FAIL]


def made_certificate(folder: Path, *, name: str, **left: float) -> Path:
    """Self-signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=90))
        .not_valid_after(now() + timedelta(**left))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(*form))
    return file


def served(file: Path, *, trusted: Path | None = None) -> Finding:
    """What doctor says where a proxy serves this certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with serving(Proxy, context) as portal:
        return served_certificate("localhost", urlsplit(portal).port or 0, str(trusted or file))


def test_a_certificate_that_ends_soon_is_over_or_not_for_this_name_is_caught(tmp_path: Path) -> None:
    def level(**left: float) -> Level:
        return served(made_certificate(tmp_path, name="localhost", **left)).level

    assert [level(days=days) for days in (30, 13, 2, -1)] == [OK, WARN, FAIL, FAIL]
    other = served(made_certificate(tmp_path, name="anderswo.kreis.de", days=30))
    assert other.level is FAIL and "gilt auf diesem Rechner nicht" in other.text
    mine, foreign = (made_certificate(tmp_path, name=name, days=30) for name in ("localhost", "fremd"))
    assert served(mine, trusted=foreign).level is FAIL
    assert served_certificate("localhost", closed_port(), str(mine)).level is WARN


def test_the_certificate_of_the_portals_own_address_is_looked_at(settings: Any, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made_certificate(tmp_path, name="localhost", days=-1))
    with serving(Proxy, context) as portal:
        settings.PORTAL_URL = portal.replace("http://127.0.0.1", "https://localhost")

        assert (levels("Zertifikat"), "endete am" in text("Zertifikat")) == ([FAIL], True)


def test_web_that_listens_to_other_machines_is_seen() -> None:
    def seen(family: socket.AddressFamily, address: str) -> bool:
        with socket.create_server((address, 0), family=family) as server:
            port = server.getsockname()[1]
            return reached_beside_proxy({port}, port).level is WARN

    assert [seen(socket.AF_INET, address) for address in ("0.0.0.0", "127.0.0.1", "127.0.0.2")] == [
        True,
        False,
        False,
    ]
    if socket.has_ipv6:
        assert [seen(socket.AF_INET6, address) for address in ("::", "::1")] == [True, False]


def test_web_that_is_reached_beside_a_proxy_on_this_machine_is_caught() -> None:
    """Wherever the proxy listens: it may serve one address of several, and not this one."""

    def level(address: str, proxy: int) -> Level:
        with socket.create_server((address, 0)) as web:
            return reached_beside_proxy({web.getsockname()[1]}, proxy).level

    with socket.create_server(("127.0.0.2", 0)) as here:
        port = here.getsockname()[1]
        assert (level("0.0.0.0", port), level("127.0.0.1", port)) == (WARN, OK)
    assert level("0.0.0.0", closed_port()) == OK


def test_the_ports_of_web_and_proxy_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel tells it: port 8001 (1F41) at every address, port 443 (01BB) at one."""
    table = tmp_path / "tcp"
    table.write_text(
        "  sl  local_address rem_address   st\n"
        "   0: 00000000:1F41 00000000:0000 0A\n"
        "   1: 0A00000A:01BB 00000000:0000 0A\n"
    )
    monkeypatch.setattr(proxy, "LISTENING", (table,))

    assert levels("Web hinter dem Proxy") == [WARN]
    for word in ("nicht in portal.env", "systemctl edit smartregion-web@", "restart smartregion-web@8001"):
        assert word in text("Web hinter dem Proxy")


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
