"""What tests of several subjects of committees stand on."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.governance.oparl_server import Endpoint, endpoint


@pytest.fixture
def without_pause(settings: Any) -> None:
    """A source is asked as fast as it answers."""
    settings.OPARL_PAUSE_SECONDS = 0


@pytest.fixture
def source() -> Iterator[Endpoint]:
    """An OParl endpoint on this machine."""
    with endpoint() as there:
        yield there
