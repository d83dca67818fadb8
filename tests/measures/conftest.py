"""What several tests of measures and roll-out begin with."""

import pytest

from measures.models import (
    RoundContact,
)
from network.models import Municipality
from tests.factories import make_measure, make_municipality, make_region


@pytest.fixture
def places() -> list[Municipality]:
    """Aadorf and Bedorf have an address, Cedorf has none; two measures run, one is a draft."""
    make_region()
    places = [make_municipality(name) for name in ("Aadorf", "Bedorf", "Cedorf")]
    for place in places[:2]:
        RoundContact.objects.create(municipality=place, email=f"{place.slug}@example.org")
    make_measure("Netz")
    make_measure("Radweg", visibility="internal")
    make_measure("Geheim", visibility="draft")
    return places
