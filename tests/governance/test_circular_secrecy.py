"""How somebody voted is secret until the end: no page tells it, whoever asks, nor what depends on it."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.utils.timezone import localdate, now

from governance.models import Ballot, Circular, Committee, Seat
from governance.models.circular import BallotQuerySet
from governance.services.circulars import close_circular, withdraw_circular
from governance.views import documents
from network.digest_mails import request_digests
from network.models import Digest, Role, User
from smartregion.base.jobs import run
from smartregion.base.models import Job
from tests.addresses import address_of, answers_to_get, keys_of_rows, routes
from tests.factories import make_user
from tests.governance.circular_rows import make_seat, make_seats, opened, vote
from tests.scale import has_turn

pytestmark = pytest.mark.django_db
CANARIES = {"yes": "Amselgrund", "no": "Bibergrund", "abstain": "Dachsgrund", "object": "Elchgrund"}
NOISE = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": ?"[^"]*"')
READERS = ["visitor", "coordination", "municipality", "member", "team", "administration"]


@pytest.fixture(scope="module")
def rows(rows_of_module: None) -> dict[str, Any]:
    return keys_of_rows()


@pytest.fixture
def keys(rows: dict[str, Any]) -> dict[str, Any]:
    """What a test changes of the rows is taken back after it."""
    return dict(rows)


@pytest.fixture
def circular(keys: dict[str, Any]) -> Circular:
    """Public and running; a vote of each kind, with its canary; two who may vote have not."""
    committee = Committee.objects.get()
    Seat.objects.all().delete()
    voters = make_seats(committee, len(CANARIES))
    make_seat(committee, "Still")
    make_seat(committee, "Lesend")
    circular = opened(committee, visibility="public")
    for user, (choice, word) in zip(voters, CANARIES.items(), strict=True):
        vote(circular, user, choice, word)
    keys["umlauf"] = circular.pk
    return circular


def client_of(reader: str, circular: Circular) -> Client:
    client = Client(raise_request_exception=False)
    if reader == "member":
        client.force_login(circular.entitlements.get(function="Lesend").user)
    elif reader == "municipality":
        client.force_login(User.objects.filter(role=reader).first() or _editor())
    elif reader != "visitor":
        client.force_login(make_user(Role(reader)))
    return client


def _editor() -> User:
    from network.models import Municipality

    return make_user(Role.MUNICIPALITY, Municipality.objects.first())


NEAR = ("/gremien/", "/arbeitsplatz/", "/konto/")
"""Where votes could stand."""
OWN = "/umlauf/"
"""Where they are cast and told."""


def asked(reader: str, keys: dict[str, Any], below: str, near: int = len(READERS)) -> list[str]:
    """In small size the readers share out by turns what is not the circular's own.

    Args:
        near: of how many addresses where votes could stand a reader has one.
    """
    all_addresses = [address_of(route, keys) for route in routes(get_resolver())]
    found = [address for address in all_addresses if address.startswith(below) and answers_to_get(address)]
    turn = READERS.index(reader)
    return [
        address
        for number, address in enumerate(found)
        if OWN in address or has_turn(number + turn, of=near if address.startswith(NEAR) else len(READERS))
    ]


def pages(client: Client, addresses: list[str]) -> Iterator[tuple[str, str]]:
    """Address and words of every page that the client reads; of a spreadsheet the words of all its parts."""
    for address in addresses:
        with transaction.atomic():
            response = client.get(address)
            content = b"".join(response)
        if response.status_code == 200:
            yield address, _words(content)


def _words(content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    return content.decode(errors="replace")


def told(
    reader: str, circular: Circular, keys: dict[str, Any], below: str, near: int = len(READERS)
) -> set[str]:
    addresses = asked(reader, keys, below, near)
    text = "".join(words for _, words in pages(client_of(reader, circular), addresses))
    return {word for word in CANARIES.values() if word in text}


@pytest.mark.parametrize("reader", READERS)
def test_no_page_of_the_portal_tells_a_vote_before_the_end(
    reader: str, circular: Circular, keys: dict[str, Any]
) -> None:
    assert told(reader, circular, keys, below="/", near=3) == set()


def test_without_the_guard_the_walk_finds_the_votes_once_their_page_shows_them(
    circular: Circular, keys: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: all may read ballots, and a circular that runs shows what a closed one does."""
    monkeypatch.setattr(BallotQuerySet, "visible_to", lambda rows, user: rows.all())
    monkeypatch.setattr(Circular, "is_closed", True)

    assert told("member", circular, keys, below="/gremien/") == set(CANARIES.values())


@pytest.mark.parametrize("reader", READERS)
def test_after_the_end_votes_are_for_those_within(
    reader: str, circular: Circular, keys: dict[str, Any]
) -> None:
    for function in ("Still", "Lesend"):
        vote(circular, circular.entitlements.get(function=function).user, "yes")
    close_circular(circular=circular, by=None)

    within = set(CANARIES.values()) if reader in {"coordination", "member"} else set()
    assert told(reader, circular, keys, below="/gremien/") == within


def test_what_was_withdrawn_stays_secret(circular: Circular, keys: dict[str, Any]) -> None:
    withdraw_circular(circular=circular, version=circular.version, reason="Überholt", by=None)

    for reader in READERS:
        assert told(reader, circular, keys, below="/gremien/") == set()


def test_no_page_depends_on_how_others_voted(
    circular: Circular, keys: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by a count, nor by an order, a colour or a word: with other votes each page is the same."""
    moment = now()
    monkeypatch.setattr(documents, "now", lambda: moment)  # a pack tells the minute in which it is made
    clients = {reader: client_of(reader, circular) for reader in ("visitor", "coordination", "member")}

    def shown() -> dict[tuple[str, str], str]:
        return {
            (reader, address): NOISE.sub("", words)
            for reader, client in clients.items()
            for below in ("/gremien/", "/arbeitsplatz/", "/konto/benachrichtigungen/")
            for address, words in pages(client, asked(reader, keys, below, near=len(clients)))
        }

    before = shown()
    for right in circular.entitlements.filter(ballot__isnull=False):
        vote(circular, right.user, "no", "Anders")  # type: ignore[arg-type]
    after = shown()

    address = circular.get_absolute_url()
    assert {("coordination", address), ("member", address)} <= set(before)
    assert [key for key in before if before[key] != after[key]] == []


def test_who_voted_reads_the_own_vote_and_no_other(circular: Circular) -> None:
    right = circular.entitlements.get(ballot__choice="no")
    client = Client()
    client.force_login(right.user)  # type: ignore[arg-type]
    addresses = [circular.get_absolute_url(), f"{circular.get_absolute_url()}stimme/"]

    text = "".join(client.get(address).content.decode() for address in addresses)

    assert {word for word in CANARIES.values() if word in text} == {CANARIES["no"]}


def test_no_mail_tells_a_vote(circular: Circular) -> None:
    day = localdate() + timedelta(days=(7 - localdate().weekday()))
    request_digests(day)
    run(Job.objects.filter(kind="site.send_digests").get().pk)

    sent = "".join(f"{message.subject}{message.body}" for message in mail.outbox)
    assert circular.title in sent
    assert {word for word in CANARIES.values() if word in sent + str(Digest.objects.values())} == set()


def test_no_history_keeps_a_vote(circular: Circular) -> None:
    """Neither the tables of events nor what they say about a request."""
    from django.apps import apps
    from pghistory.models import Context

    assert not hasattr(Ballot, "pgh_event_model")
    kept = str(list(Context.objects.values_list("metadata", flat=True)))
    for model in apps.get_models():
        if model.__name__.endswith("Event"):
            kept += str(list(model._base_manager.values()))
    assert circular.title in kept
    assert {word for word in CANARIES.values() if word in kept} == set()


@pytest.mark.parametrize("reader", READERS)
def test_who_reads_a_running_circular(reader: str, circular: Circular) -> None:
    answer = client_of(reader, circular).get(circular.get_absolute_url())

    assert answer.status_code == (200 if reader in {"coordination", "member"} else 404)
    if answer.status_code == 200:
        assert "4 von 6 Stimmberechtigten haben abgestimmt." in " ".join(answer.content.decode().split())


def test_between_the_deadline_and_the_end_it_is_over_and_still_secret(
    circular: Circular, keys: dict[str, Any]
) -> None:
    committee = circular.committee
    over = opened(committee, closes_in=-0.01)
    voter = over.entitlements.get(function="Sitz 0").user
    vote(over, voter, "yes", CANARIES["yes"])  # type: ignore[arg-type]
    keys["umlauf"] = over.pk

    page = client_of("member", over).get(over.get_absolute_url()).content.decode()

    assert over.closes_at < now()
    assert "Stimmen werden nicht mehr angenommen" in page
    for reader in READERS:
        assert told(reader, over, keys, below="/gremien/") == set()
