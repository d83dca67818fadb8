"""What the tests of accounts share."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def codes_that_last(settings: Any) -> None:
    """No half minute ends between reading a code and typing it."""
    settings.MFA_TOTP_PERIOD = 10**9
