"""No address of the house breaks on input that nobody would type: an answer of 500 is always our fault."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.forms import BoundField, DateField, DateTimeField
from django.test import Client
from django.urls import get_resolver

from network.models import Role
from tests.addresses import address_of, routes
from tests.factories import make_user

pytestmark = pytest.mark.django_db
WORST, WORST_DAYS = ["\0", "9" * 30], ["9999-12-31T23:59", "0001-01-01"]
ODD = [*WORST, *WORST_DAYS, "", "-1", "9" * 5000, "²", "x" * 100_000, "🌍"]
ADMINISTRATION = "/verwaltung/"
QUERY = [
    "version",
    "page",
    "q",
    "field",
    "phase",
    "status",
    "light",
    "municipality",
    "starter",
    "visibility",
    "maturity",
    "licence",
    "interface",
    "changed",
    "blocked",
    "live",
    "columns",
    "zelle",
    "stage",
    "stale",
    "massnahme",
    "ansicht",
    "state",
    "next",
    "zoom",
    "von",
    "bis",
    "o",
    "p",
    "role__exact",
    "is_active__exact",
    "_to_field",
    "_popup",
    "_changelist_filters",
    "term",
    "grant",
    "tag",
    "art",
    "kind",
    "audience",
    "period",
    "start",
    "end",
    "monat",
    "jahr",
    "gremium",
    "committee",
    "year",
    "outcome",
    "procedure",
    "open",
    "created_since",
    "created_until",
    "modified_since",
    "modified_until",
    "limit",
    "omit_internal",
    "after",
    "sicht",
    "entwurf",
    "archive",
    "archiv",
    "measure",
    "action",
    "all",
    "target",
    "alle",
    "top",
    "teil",
    "fassung",
]
BODY = [
    "version",
    "cell",
    "account",
    "login",
    "password",
    "email",
    "meeting",
    "direction",
    "order",
    "read",
    "answer",
    "answer_reason",
    "step",
    "back",
    "next",
    "selected",
    "action",
    "target",
    "source_version",
    "target_version",
    "preview",
    "query",
    "confirm_visibility",
    "file",
    "name",
    "again",
    "message",
    "asked",
    "with_stage",
    "cell_version",
    "documents",
    "links",
    "place",
    "rest",
    "previewed",
    "biased",
    "approves",
    "cells",
    "lines",
    "choice",
    "comment",
    "offered",
]
TYPED = {
    "no": "M-77",
    "title": "Titel",
    "summary": "Text",
    "planned_date": "2024-05-01",
    "weight": 1,
    "sector": "science",
    "function": "Leitung",
    "on": "2024-05-01",
    "text": "Text",
    "group": "county",
    "starts_at": "2024-05-01T10:00",
    "kind": "motion",
    "wording": "Wortlaut",
    "outcome": "adopted",
    "reason": "Grund",
    "period": "eigener",
    "start": "2024-01-01",
    "end": "2024-12-31",
    "reason_for_change": "Grund",
    "reference": "DR-1",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "due_on": "2024-05-01",
    "amount": "1.573,45",
    "note": "Auftrag",
    "name": "Programm",
    "funding_body": "Land",
    "endpoint": "https://ris.example.org/system",
    "url": "https://example.org/",
    "owner": "Leitung",
    "present": "Leitung",
    "again": "ein langes Passwort 15",
    "review_comment": "Bitte ergänzen",
    "likelihood": 3,
    "impact": 3,
    "at": "09:00",
    "count": 3,
    "what": "Bericht",
    "evidence": "Bericht liegt vor",
    "reported_on": "2024-05-01",
}
"""What somebody could type into a form that is empty."""


def answer(client: Client, method: str, address: str, data: dict[str, Any]) -> int:
    """The status code after the whole body was sent; what the request wrote is taken back."""
    with transaction.atomic():
        response = getattr(client, method)(address, data)
        b"".join(response)
        transaction.set_rollback(True)
    return int(response.status_code)


def form_of(client: Client, address: str) -> Any:
    """The page's form; None where there is none."""
    context = client.get(address).context or {}
    return context["adminform"].form if "adminform" in context else context.get("form")


def _value(field: BoundField) -> Any:
    if (value := field.value()) not in (None, "", []):
        return value
    choices = [key for key, _label in getattr(field.field, "choices", ()) if key]
    return TYPED.get(field.name) or next(iter(choices), "")


def attempts(client: Client, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every odd value in all places at once, and the worst ones in each field of a form."""
    for odd in ODD:
        yield "get", dict.fromkeys(QUERY, odd)
        yield "post", dict.fromkeys(BODY, odd)
    form = form_of(client, address)
    typed = {name: _value(form[name]) for name in form.fields} if form else {}
    yield "post", typed
    for name in typed:
        holds_a_day = isinstance(form.fields[name], DateField | DateTimeField)
        for odd in WORST_DAYS if holds_a_day else WORST:
            yield "post", {**typed, name: odd}


@pytest.mark.parametrize("route", list(routes(get_resolver())))
def test_odd_input_never_breaks_a_page(route: str, keys: dict[str, Any]) -> None:
    address = address_of(route, keys)
    visitor, editor = (Client(raise_request_exception=False) for _ in range(2))
    editor.force_login(
        make_user(Role.ADMINISTRATION if address.startswith(ADMINISTRATION) else Role.COORDINATION)
    )
    clients = [editor] if visitor.get(address).status_code == 302 else [visitor, editor]

    broken = [
        (method, {name: str(value)[:40] for name, value in data.items()})
        for client in clients
        for method, data in attempts(client, address)
        if answer(client, method, address, data) >= 500
    ]

    assert broken == []


@pytest.mark.parametrize("route", [route for route in routes(get_resolver()) if "<int" in route])
def test_a_key_that_cannot_be_is_missing(route: str, keys: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user(Role.COORDINATION))
    numbers = {name: "9" * 30 if isinstance(key, int) else key for name, key in keys.items()}

    assert {answer(client, method, address_of(route, numbers), {}) for method in ("get", "post")} <= {
        404,
        405,
    }
