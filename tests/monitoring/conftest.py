"""A small region whose history begins before the tests' Stichtage."""

from collections.abc import Callable

import pytest

from network.models import Municipality
from tests.factories import make_field, make_municipality, make_region
from tests.monitoring import backdating

AsOf = Callable[..., None]


@pytest.fixture
def date_events() -> AsOf:
    return backdating.date_events


@pytest.fixture
def municipalities(db: None) -> list[Municipality]:
    """A region with a concept, one field and two municipalities, all recorded today."""
    make_region()
    make_field()
    return [make_municipality("Aadorf", 10_000), make_municipality("Bdorf", 30_000)]
