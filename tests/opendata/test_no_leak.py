"""What is not public stands in no file, catalogue, interface or embedded page, whoever asks."""

import io
from typing import Any
from zipfile import BadZipFile, ZipFile

import pytest
from django.test import Client

from measures.models import Measure
from network.models import Role
from participation.models import Event
from tests.factories import make_user
from tests.opendata.rows import CANARY, all_addresses, make_canaries, make_everything

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    """With all that is packed in a workbook; links and words may be escaped or not."""
    content = b"".join(response) if response.streaming else response.content
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            content += b"".join(packed.read(name) for name in packed.namelist())
    except BadZipFile:
        pass
    return content.decode(errors="replace").lower()


def leaking(client: Client, addresses: list[str]) -> set[str]:
    found = set()
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, (address, response.content)
        if CANARY.lower() in text_of(response):
            found.add(address)
    return found


def test_nothing_that_is_not_public_is_found_or_counted_anywhere() -> None:
    """Workbooks bear the moment of their making, so only words are looked for in them."""
    rows = make_everything()
    addresses = all_addresses()
    before = {address: text_of(Client().get(address)) for address in addresses}
    make_canaries(rows)
    after = {address: text_of(Client().get(address)) for address in addresses}

    assert [address for address, text in after.items() if CANARY.lower() in text] == []
    plain = [address for address in addresses if not address.endswith(".xlsx")]
    assert [address for address in plain if before[address] != after[address]] == []


def test_who_may_see_more_in_the_portal_finds_no_more_here() -> None:
    make_canaries(make_everything())
    editor = Client()
    editor.force_login(make_user(Role.COORDINATION))

    assert leaking(editor, [address for address in all_addresses() if "catalog" not in address]) == set()


def test_the_search_finds_what_is_public() -> None:
    """The negative control: the same words in public rows are found at each of these addresses."""
    make_everything()
    Measure.objects.filter(slug="netz").update(title=f"{CANARY} Netz")
    event = Event.objects.get()
    Event.objects.update(title=f"{CANARY} Werkstatt")

    found = leaking(Client(), all_addresses())

    assert {
        "/open-data/",
        "/open-data/massnahmen/",
        "/open-data/massnahmen.csv",
        "/open-data/massnahmen.json",
        "/open-data/massnahmen.xlsx",
        "/open-data/roll-out.geojson",
        "/api/v1/measures",
        "/api/v1/rollout",
        *(f"/open-data/veranstaltungen{ending}" for ending in ("/", ".csv", ".json", ".xlsx")),
        "/api/v1/events",
        f"/api/v1/events/{event.pk}",
        "/ogc/v1/collections/rollout/items",
        "/ogc/v1/collections/rollout/items?f=html",
        "/einbetten/rollout/netz/",
        "/einbetten/feld/mobilitaet/",
    } <= found
