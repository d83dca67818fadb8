"""No address of the house breaks on input that nobody would type: an answer of 500 is always our fault."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.forms import BoundField, CharField, DateField, DateTimeField, EmailField, Field, URLField
from django.test import Client
from django.urls import get_resolver, resolve

from governance.models import Seat
from network.models import Role
from smartregion.base.access import PUBLIC, policy_of
from smartregion.base.fields import UnclippedField
from tests.addresses import address_of, keys_of_rows, routes
from tests.factories import make_user
from tests.scale import IS_FULL, TURN, by_turns, has_turn
from tests.shown_forms import TYPED

pytestmark = pytest.mark.django_db
WORST, WORST_DAYS = ["\0", "9" * 30], ["9999-12-31T23:59", "0001-01-01"]
MILD = ["", "-1", "9" * 5000, "²", "x" * 100_000, "🌍"]
ODD = [*WORST, *WORST_DAYS, *MILD]
LONGEST_IN_ADDRESS = 10_000
TEXTS = {CharField, UnclippedField, EmailField, URLField}
ADMINISTRATION = ("/verwaltung/", "/konten/")
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
    "feld",
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
    "aus",
    "seite",
    "measure",
    "action",
    "all",
    "target",
    "alle",
    "top",
    "teil",
    "fassung",
    "level",
    "on_target",
    "due",
    "indikator",
    "scope",
    "template",
    "a",
    "b",
    "zeit",
    "thema",
    "offset",
    "bbox",
    "datetime",
    "f",
    "ags",
    "zeigen",
    "darstellung",
    "show",
    "role",
    "code",
    "error",
    "iss",
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
    "line",
    "sha256",
    "sections",
    "fields_chosen",
    "present",
    "homepage",
    "longitude",
    "latitude",
    "title",
    "text",
    "stamp",
    "credential",
    "code",
    "way",
    "password1",
    "password2",
    "role",
    "reason",
]


@pytest.fixture(scope="module")
def keys(rows_of_module: None) -> Iterator[dict[str, Any]]:
    """Once for all addresses: what a request writes is taken back."""
    logging.disable(logging.WARNING)  # every refusal would be written down with its traceback
    yield keys_of_rows()
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def sessions(keys: dict[str, Any]) -> dict[Role, str]:
    """What the cookie of an account holds; the committee's chair is the coordinator's."""
    found = {}
    for role in (Role.COORDINATION, Role.ADMINISTRATION):
        client, user = Client(), make_user(role)
        if role == Role.COORDINATION:
            Seat.objects.filter(pk=keys["sitze"]).update(is_chair=True, user=user)
        client.force_login(user)
        found[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def signed_in(session: str) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


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


def attempts(client: Client, address: str, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Odd values in all places at once, and the worst ones in each field of a form."""
    for odd in ODD if IS_FULL else [None]:
        yield "get", {name: value[:LONGEST_IN_ADDRESS] for name, value in filled(QUERY, odd, number).items()}
        yield "post", filled(BODY, odd, number)
    form = form_of(client, address)
    typed = {name: _value(form[name]) for name in form.fields} if form else {}
    yield "post", typed
    for name in by_turns(typed, of=4, first=number):
        for odd in worst_for(form.fields[name]):
            yield "post", {**typed, name: odd}


def filled(places: list[str], odd: str | None, number: int) -> dict[str, str]:
    """The odd value everywhere; without one each place gets its own, another one per address and day."""
    if odd is not None:
        return dict.fromkeys(places, odd)
    return {name: ODD[(place + number + TURN) % len(ODD)] for place, name in enumerate(places)}


def worst_for(field: Field) -> list[str]:
    if isinstance(field, DateField | DateTimeField):
        return WORST_DAYS
    # Nothing reads a number in a text.
    return WORST[:1] if type(field) in TEXTS and not IS_FULL else WORST


def broken(client: Client, address: str, number: int) -> Iterator[tuple[str, dict[str, str]]]:
    """What the address fails at. A method that it refuses reads nothing, whatever is sent."""
    refused = set()
    for method, data in attempts(client, address, number):
        if method not in refused:
            status = answer(client, method, address, data)
            if status == 405:
                refused.add(method)
            if status >= 500:
                yield method, {name: str(value)[:40] for name, value in data.items()}


def readers(address: str, number: int, sessions: dict[Role, str]) -> Iterator[Client]:
    """An account that may do everything, and a visitor where something is public.

    In small size, such an address has one of both by turns.
    """
    is_for_visitors = has_turn(number, of=2) and policy_of(resolve(address).func) in {PUBLIC, None}
    if is_for_visitors:
        yield Client(raise_request_exception=False)
    if IS_FULL or not is_for_visitors:
        yield signed_in(sessions[role_for(address)])


def role_for(address: str) -> Role:
    """Which role may open the most there."""
    return Role.ADMINISTRATION if address.startswith(ADMINISTRATION) else Role.COORDINATION


ROUTES = list(routes(get_resolver()))


@pytest.mark.parametrize(("number", "route"), list(enumerate(ROUTES)), ids=ROUTES)
def test_odd_input_never_breaks_a_page(
    number: int, route: str, keys: dict[str, Any], sessions: dict[Role, str]
) -> None:
    address = address_of(route, keys)
    clients = readers(address, number, sessions)

    assert [failure for client in clients for failure in broken(client, address, number)] == []


@pytest.mark.parametrize("route", [route for route in routes(get_resolver()) if "<int" in route])
def test_a_key_that_cannot_be_is_missing(route: str, keys: dict[str, Any], sessions: dict[Role, str]) -> None:
    """Asked by an account that may do everything, so that no refusal hides what is not there."""
    client = signed_in(sessions[role_for(f"/{route}")])
    numbers = {name: "9" * 30 if isinstance(key, int) else key for name, key in keys.items()}

    assert {answer(client, method, address_of(route, numbers), {}) for method in ("get", "post")} <= {
        404,
        405,
    }
