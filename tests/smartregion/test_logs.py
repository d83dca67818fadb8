"""The log: one JSON object a line, the request's number, and nobody to be told from it."""

import json
import logging
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as live
from django.db import IntegrityError
from django.test import Client

from network.models import Role, User
from smartregion.logs import JsonLines, Text, WithoutAddresses, without_people
from tests.factories import make_region, make_user
from tests.smartregion.test_settings import PRODUCTION, refusal


class Lines(logging.Handler):
    """All that the portal logs meanwhile, as the given formatter writes it."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(formatter)
        self.addFilter(WithoutAddresses())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __enter__(self) -> "Lines":
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: Any) -> None:
        logging.getLogger().removeHandler(self)


def asked(client: Client, address: str, **headers: str) -> list[dict[str, Any]]:
    with Lines(JsonLines()) as log:
        client.get(address, headers=headers)
    return [json.loads(line) for line in log.lines]


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_its_route_and_its_number(client: Client) -> None:
    make_region()
    lines = asked(client, "/gesundheit/?q=geheim")

    (line,) = [line for line in lines if line["logger"] == "smartregion.requests_seen"]
    assert {name: line[name] for name in ("method", "route", "status", "level")} == {
        "method": "GET",
        "route": "/gesundheit/",
        "status": 200,
        "level": "INFO",
    }
    assert re.fullmatch(r"[0-9a-f]{32}", line["request_id"])
    assert "geheim" not in json.dumps(lines)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "is_kept"), [("0f3c" * 8, True), ("x", False), ("a b" * 9, False), ("ü" * 20, False)]
)
def test_a_number_that_the_proxy_gave_is_kept_if_it_looks_like_one(
    client: Client, given: str, is_kept: bool
) -> None:
    answer = client.get("/gesundheit/", headers={"X-Request-ID": given})

    assert (answer["X-Request-ID"] == given) is is_kept


@pytest.mark.django_db
def test_a_secret_in_an_address_never_gets_into_the_log(client: Client) -> None:
    make_region()
    secret = "Zw8geheimesWort"

    lines = asked(client, f"/abfrage/{secret}/") + asked(client, f"/gibt-es-nicht/{secret}/")

    assert [line for line in lines if secret in json.dumps(line)] == []
    messages = {line["message"] for line in lines if line["logger"] == "django.request"}
    assert "Not Found: ?" in messages


def test_addresses_of_mails_and_networks_are_taken_out_of_message_and_traceback() -> None:
    log = logging.getLogger("tests.people")
    with Lines(JsonLines()) as as_json, Lines(Text("%(request_id)s %(message)s")) as as_text:
        try:
            int("Key (email)=(erika@example.org) gibt es")
        except ValueError:
            log.exception("von %s, %s", "192.0.2.77", "2001:db8:0:1::7")

    for (line,) in (as_json.lines, as_text.lines):
        assert [word for word in ("erika", "192.0.2", "2001:db8") if word in line] == []
        assert "[entfernt]" in line and "ValueError" in line
    assert json.loads(as_json.lines[0])["error"].count("[entfernt]") == 2


@pytest.mark.parametrize(
    "text",
    ["von 2001:db8::1", "fe80::1", "[2001:db8:0:1::7]:443", "::ffff:192.0.2.7", "password: korrekt pferd"],
)
def test_no_address_and_no_word_of_a_password_stays(text: str) -> None:
    told = without_people(text)

    assert "[entfernt]" in told
    assert [word for word in ("db8", "fe80", "192.0", "korrekt", "pferd") if word in told] == []


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:8001",
        "um 12:30:45",
        "Version 5.2.19",
        "2026-11-26 13:00:00,123",
        "12:00:01.5 bis 3:4",
        "x::b",
        "[::1]:8001",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert without_people(text) == text


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_is_not_told() -> None:
    other = make_user(Role.TEAM)
    with Lines(JsonLines()) as log:
        try:
            User.objects.create(email=other.email, name="Erika Beispielfrau", role=Role.TEAM)
        except IntegrityError:
            logging.getLogger("smartregion").exception("refused")
        (line,) = log.lines

    assert "IntegrityError" in line
    assert "DETAIL: [entfernt]" in line
    assert "example.org" not in line


REFUSED = [
    "Failing row contains (7, pbkdf2_sha256$1$a$b, Erika\nBeispielfrau, t).",
    "Key (name)=(Erika) exists.",
]


@pytest.mark.parametrize("what", REFUSED)
def test_what_follows_a_refused_row_stays(what: str) -> None:
    told = without_people(f"null value\nDETAIL:  {what}\n\nDuring handling another one occurred: 7")

    assert told == "null value\nDETAIL: [entfernt]\n\nDuring handling another one occurred: 7"


def test_the_form_of_the_log_is_chosen_by_a_variable() -> None:
    ask = "import logging, logging.config; from smartregion.settings import LOGGING; "
    ask += "logging.config.dictConfig(LOGGING); logging.getLogger('x').warning('Hallo')"

    def said(form: str) -> str:
        variables = {**PRODUCTION, "SMARTREGION_LOG_FORMAT": form, "PATH": "/usr/bin"}
        words = [sys.executable, "-c", ask]
        return subprocess.run(
            words, cwd=live.BASE_DIR, env=variables, capture_output=True, text=True, check=True
        ).stderr

    assert json.loads(said("json"))["message"] == "Hallo"
    assert said("text").rstrip().endswith("WARNING x - Hallo")
    assert refusal({**PRODUCTION, "SMARTREGION_LOG_FORMAT": "xml"}) == (
        True,
        "Smart Region startet nicht: SMARTREGION_LOG_FORMAT muss text oder json sein, nicht „xml“.",
    )
