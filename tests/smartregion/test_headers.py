"""What every answer says to a browser, and what the logs do not say to anybody."""

import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client

from network.models import Role
from smartregion.base.uploads import KINDS, Refused, checked
from smartregion.base.virus_check import NotClean, check_for_malware
from smartregion.logs import JsonLines, Text
from tests.base.uploads import png
from tests.factories import make_region, make_user
from tests.smartregion.test_settings import PRODUCTION, start

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
ROOT = Path(live.BASE_DIR)
PASSWORD = "Streng-geheimes-Wort-15"


def policy_in(header: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in header.split(";"))
    return {name: value for name, _space, value in parts}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/anmelden/", "/gibt-es-nicht/", "/open-data/"])
def test_every_answer_has_the_strict_headers(client: Client, address: str) -> None:
    make_region()

    headers = client.get(address).headers

    assert policy_in(headers["Content-Security-Policy"]) == POLICY
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_a_static_file_has_them_too(client: Client) -> None:
    headers = client.get("/static/js/theme.js").headers

    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_no_template_has_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|<[^>]*\b(style|on[a-z]+)=\"")
    found = {
        str(path.relative_to(ROOT)): match[0]
        for path in (ROOT / "templates").rglob("*.html")
        if (match := inline.search(path.read_text(encoding="utf-8")))
    }

    assert found == {}


def test_production_has_host_cookies_and_tells_browsers_to_stay_with_https() -> None:
    told = (
        "from smartregion import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, "
        "s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS)"
    )

    assert start(["-c", told], PRODUCTION).stdout.split() == [
        "__Host-sessionid",
        "__Host-csrftoken",
        *["True"] * 4,
        *["Lax"] * 2,
        "31536000",
    ]


def test_all_tables_go_through_the_writers_that_keep_a_text_a_text() -> None:
    """`smartregion/base/spreadsheet.py`; a writer of its own could let a formula out."""
    folders = ("smartregion", "fields", "network", "measures", "governance", "participation", "monitoring")
    sources = {path: path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")}
    own = {str(path.relative_to(ROOT)) for path, text in sources.items() if "csv.writer" in text}
    unsafe = {
        str(path.relative_to(ROOT))
        for path, text in sources.items()
        for call in re.findall(r"\bWorkbook\(([^)]*)\)", text)
        if "SAFE" not in call and call != "target, OPTIONS"
    }

    assert own == {"smartregion/base/spreadsheet.py"}
    assert unsafe == set()
    assert "**SAFE" in sources[ROOT / "monitoring/compile/xlsx.py"]


def test_no_picture_with_script_is_taken() -> None:
    assert "svg" not in KINDS


class Daemon:
    """Speaks clamd's INSTREAM; finds EICAR's test text."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self.server.accept()
            except OSError:
                return
            with client, client.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                content = b""
                while size := int.from_bytes(said.read(4)):
                    content += said.read(size)
                found = b"Eicar-Test-Signature FOUND" if b"EICAR" in content else b"OK"
                client.sendall(b"stream: " + found + b"\0")


@contextmanager
def daemon() -> Iterator[Daemon]:
    running = Daemon()
    yield running
    running.server.close()


class Sent:
    def __init__(self, content: bytes) -> None:
        self.name, self.size, self.read = "bild.png", len(content), lambda: content


def test_an_upload_is_looked_at_by_clamav_where_it_is_set(settings: Any) -> None:
    with daemon() as running:
        settings.CLAMD = running.place
        assert checked(Sent(png())).kind == "png"
        with pytest.raises(NotClean, match="Schadsoftware gefunden"):
            check_for_malware(b"x" * 100_000 + b"EICAR")


@pytest.mark.parametrize("place", ["127.0.0.1:1", "/gibt/es/nicht.sock"])
def test_an_upload_is_refused_in_words_while_clamav_is_away(settings: Any, place: str) -> None:
    settings.CLAMD = place

    with pytest.raises(Refused, match="in einigen Minuten noch einmal"):
        checked(Sent(png()))


def test_without_a_daemon_nothing_is_asked(settings: Any) -> None:
    settings.CLAMD = ""

    assert checked(Sent(png())).kind == "png"


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def logs(formatter: logging.Formatter) -> Iterator[Kept]:
    """All that a handler of the root would write, as detailed as can be."""
    handler, root = Kept(), logging.getLogger()
    handler.setFormatter(formatter)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


def do_what_has_secrets(client: Client) -> list[str]:
    """Sign in, fail, reset a password, open secret links, make a page fail; what must stand in no log."""
    user = make_user(Role.TEAM)
    client.raise_request_exception = False
    client.post("/anmelden/", {"login": user.email, "password": PASSWORD})
    client.post("/konto/passwort/vergessen/", {"email": user.email})
    client.get("/konto/passwort/neu/1k-cx3f0a-0123456789abcdef0123456789abcdef/")
    token = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9-_aB3dE5gH7jK9mN1"
    for place in ("abfrage", "einladung", "anmeldung", "gibt-es-nicht"):
        client.get(f"/{place}/{token}/", {"von": user.email})
    client.post("/preview/", {"token": token, "password": PASSWORD})
    logging.getLogger("smartregion.test").error("Mail to %s failed: password=%s", user.email, PASSWORD)
    try:
        int(f"{user.email} {token}")
    except ValueError:
        logging.getLogger("smartregion.test").exception("It failed")
    return [user.email, PASSWORD, token, "cx3f0a-0123456789abcdef0123456789abcdef"]


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [Text(), JsonLines()], ids=["text", "json"])
def test_the_logs_hold_no_address_no_secret_and_no_password(
    client: Client, formatter: logging.Formatter
) -> None:
    with logs(formatter) as kept, logs(logging.Formatter()) as unfiltered:
        secrets = do_what_has_secrets(client)

    text, clear = "\n".join(kept.lines), "\n".join(unfiltered.lines)
    assert len(kept.lines) > 5
    assert [secret for secret in secrets if secret in text] == []
    assert [secret for secret in secrets if secret in clear] != []


def test_a_hash_stays_as_it_is() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "ends with %s", (f"12:{'0a' * 32}",), None)

    assert Text().format(record) == f"ends with 12:{'0a' * 32}"
