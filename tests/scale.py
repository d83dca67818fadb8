"""The size of costly tests: small, so that all tests fit into minutes, or full.

`SMARTREGION_TEST_SIZE=full make test ARGS=…` runs them in full; the head of the run says which size it has.
"""

import os

IS_FULL = os.environ.get("SMARTREGION_TEST_SIZE") == "full"
SMALL = (
    "what counts in thousands a twentieth, 30 measures instead of 200 for queries, one look at a page by "
    "turns wide or small, readers, odd values and formats of files shared out among the addresses"
)
SIZE = "full" if IS_FULL else SMALL


def scaled(number: int) -> int:
    return number if IS_FULL else number // 20
