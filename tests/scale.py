"""The size of tests that count in thousands: a tenth, so that all tests fit into minutes, or the full size.

`SMARTREGION_TEST_SIZE=full make test ARGS=…` runs them in full; the head of the run says which size it has.
"""

import os

IS_FULL = os.environ.get("SMARTREGION_TEST_SIZE") == "full"


def scaled(number: int) -> int:
    return number if IS_FULL else number // 10
