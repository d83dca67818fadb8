"""What is not public stands in no file, catalogue, interface or embedded page, whoever asks."""

import io
from collections.abc import Callable
from typing import Any
from zipfile import BadZipFile, ZipFile

import pytest
from django.db import connection
from django.test import Client

from measures.models import Measure
from network.models import Role
from tests.factories import make_user
from tests.opendata.rows import CANARY, Rows, all_addresses, make_canaries, make_everything
from tests.scale import IS_FULL
from tests.test_query_counts import grow_to

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


def clients() -> list[Client]:
    editor = Client()
    editor.force_login(make_user(Role.COORDINATION))
    return [Client(), editor]


def test_nothing_that_is_not_public_is_found_anywhere() -> None:
    make_canaries(make_everything())
    addresses = all_addresses()

    assert [leaking(client, addresses) for client in clients()] == [set(), set()]


def test_hidden_rows_do_not_count_either() -> None:
    rows = make_everything()
    addresses = all_addresses()
    before = {address: text_of(Client().get(address)) for address in addresses if "xlsx" not in address}
    make_canaries(rows)

    assert {
        address for address, text in before.items() if text_of(Client().get(address)) != text
    } == set()


def test_the_search_finds_what_is_public() -> None:
    """The negative control: the same words in public rows are found at each of these addresses."""
    make_everything()
    Measure.objects.filter(slug="netz").update(title=f"{CANARY} Netz")

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
        "/ogc/v1/collections/rollout/items",
        "/ogc/v1/collections/rollout/items?f=html",
        "/einbetten/rollout/netz/",
        "/einbetten/feld/mobilitaet/",
    } <= found


def test_no_address_asks_the_database_more_often_for_more_rows(count_queries: Callable[[], Any]) -> None:
    rows: Rows = make_everything()
    assert rows.region
    addresses = all_addresses()
    few, many = (20, 60) if not IS_FULL else (20, 200)

    def costs(number: int) -> dict[str, int]:
        grow_to(number)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        found = {}
        for address in addresses:
            with count_queries() as queries:
                response = Client().get(address)
                b"".join(response)
            assert response.status_code == 200, address
            found[address] = len(queries)
        return found

    assert costs(few) == costs(many)
