"""What the log says, as text or as one JSON object a line. Nobody can be told from it.

Each line bears the number of the request in which it was written. Addresses of pages may be secrets (links of
status rounds, of invitations), so a request is named by its route; addresses of mails and networks are taken
out of every line, tracebacks included.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final

from django.http import HttpRequest
from django.urls import Resolver404, resolve

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="-")
PERSONAL: Final = re.compile(
    r"[\w.+%-]+(?:@|%40)[\w.-]*\w"  # of a mail
    r"|(?<![\d.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"  # of a network, but for our own
)
NETWORK: Final = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:]*:[0-9a-f:.]*(?![\w:])", re.I)
"""What could be an address of version 6; a time of day looks like one."""
DETAIL: Final = re.compile(
    r"(DETAIL:).*?(?=\n(?:CONTEXT|HINT|QUERY):|\n\n|\nTraceback|\nThe above|\nDuring handling|\Z)", re.S
)
"""PostgreSQL tells there the row or the key that it refuses."""
SECRET: Final = re.compile(
    r"(?<![\w:-])(?=[\w:=-]*[A-Z])(?=[\w:=-]*[a-z])(?=[\w:=-]*\d)[\w:=-]{24,}(?![\w:-])"  # as links are made
    r"|(?<=/konto/passwort/neu/)[^\s/]+"
)
"""Small and capital letters and digits at random. A hash has no capitals."""
NAMES: Final = "password|passwort|secret|token|sessionid|csrftoken|authorization"
NAMED: Final = re.compile(rf"""(?i)\b((?:{NAMES})["']?\s*[=:]\s*[\[("']*(?:bearer\s+)?)[^"'&,}}\])\n]+""")
TAKEN_OUT: Final = "[entfernt]"


def without_people(text: str) -> str:
    """Without addresses, and without what opens a door."""
    text = NAMED.sub(rf"\1{TAKEN_OUT}", DETAIL.sub(rf"\1 {TAKEN_OUT}", text))
    text = NETWORK.sub(lambda found: TAKEN_OUT if is_foreign(found[0]) else found[0], text)
    return PERSONAL.sub(TAKEN_OUT, SECRET.sub(TAKEN_OUT, text))


def is_foreign(candidate: str) -> bool:
    try:
        return not ip_address(candidate.rstrip(".")).is_loopback
    except ValueError:
        return False


def route_of(request: HttpRequest) -> str:
    """The address with names in the places of its keys."""
    match = request.resolver_match
    try:
        match = match or resolve(request.path_info)
    except Resolver404:
        return "?"
    return f"/{match.route}"


class WithoutAddresses(logging.Filter):
    """Django's own lines about an answer say the page's address; they get its route instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = REQUEST_ID.get()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and hasattr(record, "status_code"):
            record.msg, record.args = "%s: %s", (_phrase(record.status_code), route_of(request))
        return True


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


class Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_people(super().format(record))


class JsonLines(logging.Formatter):
    """The fields of `extra={"fields": {…}}` stand beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": without_people(record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = without_people(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
