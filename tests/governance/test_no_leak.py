"""Nobody reads what is not for them: every address, each kind of reader, a word planted in every text."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from measures.models import Measure
from tests.governance.leak_rows import (
    READERS,
    Garden,
    plant,
)
from tests.governance.leak_walk import found_by
from tests.test_forged_input import keys_of_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Garden, dict[str, Any]]]:
    """Once for all readers: nobody writes."""
    with django_db_blocker.unblock(), transaction.atomic():
        keys = keys_of_rows()
        yield plant(Measure.objects.get(slug=keys["massnahmen"])), keys
        transaction.set_rollback(True)


def leaks(reader: str, planted: tuple[Garden, dict[str, Any]], below: str = "/") -> list[str]:
    garden, keys = planted
    return sorted(
        f"{garden.words[word].label} at {places[0]}"
        for word, places in found_by(reader, garden, keys, below).items()
        if reader not in garden.words[word].readers
    )


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_finds_only_what_is_for_them(reader: str, planted: Any) -> None:
    assert leaks(reader, planted) == []
