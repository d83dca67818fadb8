"""A source that cannot be trusted is refused in words, and nothing else is asked in its place."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from governance.oparl import source as source_module
from governance.oparl.source import Source, SourceError, is_public
from tests.governance.mirror_rows import compare, make_mirror
from tests.governance.oparl_server import Endpoint

pytestmark = pytest.mark.usefixtures("without_pause")
HOSTILE: list[tuple[str, Callable[[Endpoint], Any], str]] = [
    (
        "redirect elsewhere",
        lambda there: there.answers.update({"/meeting": (302, {"Location": "http://example.org/x"}, b"")}),
        "Die Quelle verweist auf einen fremden Rechner (http://example.org/x); dem folgt der Abgleich nicht.",
    ),
    (
        "redirects in a circle",
        lambda there: there.answers.update({"/meeting": (302, {"Location": "/meeting"}, b"")}),
        "{url}/meeting leitet immer wieder weiter.",
    ),
    (
        "a list elsewhere",
        lambda there: there.body.update(paper="http://169.254.169.254/latest"),
        "Die Quelle verweist auf einen fremden Rechner (http://169.254.169.254/latest); dem folgt der "
        "Abgleich nicht.",
    ),
    (
        "a file",
        lambda there: there.body.update(paper="file:///etc/passwd"),
        "„file:///etc/passwd“ ist keine Adresse mit http:// oder https://.",
    ),
    (
        "a password",
        lambda there: there.body.update(paper="http://a:b@127.0.0.1/"),
        "„http://a:b@127.0.0.1/“ ist keine Adresse mit http:// oder https://.",
    ),
    (
        "pages in a circle",
        lambda there: there.answers.update(
            {"/meeting": there.page([], "/meeting?2"), "/meeting?2": there.page([], "/meeting")}
        ),
        "Die Liste „meeting“ führt im Kreis.",
    ),
    (
        "pages without end",
        lambda there: setattr(there, "otherwise", there_is_always_more(there)),
        "Die Liste „meeting“ nimmt kein Ende.",
    ),
    (
        "a huge answer",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": "' + b"x" * 11_000_000)}),
        "Eine Antwort ist größer als 10 MB.",
    ),
    (
        "no JSON",
        lambda there: there.answers.update({"/meeting": (200, {}, b"<html>")}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "deep JSON",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"a":' * 100_000)}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "what no database keeps",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": [{"name": "\\u0000"}]}')}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "half a character",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": [{"name": "\\ud800"}]}')}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "a number without end",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": [{"name": 1e400}]}')}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "another type",
        lambda there: there.answers.update({"/meeting": there.page([there.object("Person", "/person/1")])}),
        "Die Quelle hält sich nicht an OParl: statt „Meeting“ kam „https://schema.oparl.org/1.1/Person“.",
    ),
    (
        "no list",
        lambda there: there.answers.update({"/meeting": {"data": {"a": 1}, "links": {}}}),
        "Die Quelle hält sich nicht an OParl: Eine Liste hat keine Objekte.",
    ),
    (
        "no address",
        lambda there: there.answers.update(
            {"/meeting": there.page([{**there.object("Meeting", ""), "id": 7}])}
        ),
        "Die Quelle hält sich nicht an OParl: „id“ fehlt oder ist keine Adresse.",
    ),
    (
        "a failure",
        lambda there: there.answers.update({"/meeting": (500, {}, b"")}),
        "{url}/meeting antwortet mit dem Fehler 500.",
    ),
]


def there_is_always_more(there: Endpoint) -> Callable[[str], Any]:
    there.answers["/meeting"] = there.page([], "/meeting?page=2")

    def more(path: str) -> Any:
        number = int(path.rpartition("=")[2])
        entry = there.object("Meeting", f"/meeting/{number}")
        return there.page([entry], f"/meeting?page={number + 1}")

    return more


@pytest.mark.parametrize(
    ("act", "message"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_an_endpoint_that_leads_astray_is_refused_in_words(
    transactional_db: None, source: Endpoint, settings: Any, act: Callable[[Endpoint], Any], message: str
) -> None:
    settings.OPARL_MOST_PAGES = 20
    act(source)
    mirror = make_mirror(source.system)

    with pytest.raises(SourceError) as refusal:
        compare(mirror)

    assert str(refusal.value) == message.replace("{url}", source.url)
    assert mirror.runs.get().error == str(refusal.value)
    assert mirror.runs.get().finished_at is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
def test_a_source_in_the_own_network_is_not_asked_unless_that_was_allowed(
    transactional_db: None, source: Endpoint, host: str
) -> None:
    there = source.system.replace("127.0.0.1", host)

    with pytest.raises(SourceError) as refusal:
        compare(make_mirror(there, is_internal=False))

    assert (
        str(refusal.value) == f"„{host}“ liegt nicht im öffentlichen Internet und wird deshalb nicht gefragt."
    )
    assert source.asked == []


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize(
    "sent_at_once", [HEAD, HEAD[:-2], b"HTTP/1.1 200 OK\r\nX-Long: ", b""], ids=["body", "end", "head", "all"]
)
def test_an_answer_that_drips_is_broken_off(monkeypatch: pytest.MonkeyPatch, sent_at_once: bytes) -> None:
    monkeypatch.setattr(source_module, "SLOWEST_SECONDS", 1)
    begin = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=[server, sent_at_once], daemon=True).start()
        there = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(SourceError, match=r"^Eine Antwort dauert länger als 1 Sekunden\.$"):
            Source(there, is_internal=True).get(there)

    assert time.monotonic() - begin < 5


def test_a_greeting_that_drips_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The head of a record of TLS, and then its bytes one by one."""
    monkeypatch.setattr(source_module, "SLOWEST_SECONDS", 1)
    begin = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=[server, b"\x16\x03\x03\x40\x00"], daemon=True).start()
        there = f"https://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(SourceError, match=r"^Eine Antwort dauert länger als 1 Sekunden\.$"):
            Source(there, is_internal=True).get(there)

    assert time.monotonic() - begin < 5


def drip(server: socket.socket, sent_at_once: bytes) -> None:
    with suppress(OSError), server.accept()[0] as caller:
        caller.sendall(sent_at_once)
        for _byte in range(100):
            caller.sendall(b" ")
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *(("9.9.9.9", True), ("2620:fe::9", True), ("10.0.0.1", False), ("fe80::1%eth0", False)),
        *(("::ffff:9.9.9.9", True), ("::ffff:10.0.0.1", False)),
        *(("2002:909:909::", True), ("2002:7f00:1::", False)),
        *(("64:ff9b::909:909", True), ("64:ff9b::7f00:1", False)),
    ],
)
def test_an_address_is_as_public_as_the_one_that_it_wraps(address: str, expected: bool) -> None:
    assert is_public(address) is expected
