"""The size of costly tests: small, so that all tests fit into minutes, or full.

`SMARTREGION_TEST_SIZE=full make test ARGS=…` runs them in full; the head of the run says which size it has.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

Item = TypeVar("Item")
IS_FULL = os.environ.get("SMARTREGION_TEST_SIZE") == "full"
TURN = int(os.environ.setdefault("SMARTREGION_TEST_TURN", str(datetime.now(UTC).toordinal())))
"""Says which part the small size takes of what it shares out: of each day another one. The processes of a run
get it from the one that starts them; whoever sets it repeats the run of another day."""
SMALL = (
    f"what counts in thousands a twentieth, 30 measures instead of 200 for queries; readers, odd values, looks "
    f"at pages and formats of files shared out among the addresses by turns, today by SMARTREGION_TEST_TURN={TURN}"
)
SIZE = "full" if IS_FULL else SMALL


def scaled(number: int) -> int:
    return number if IS_FULL else number // 20


def has_turn(number: int, of: int) -> bool:
    """Whether the small size takes the thing of this number, one of so many in a row; the full one does."""
    return IS_FULL or (number + TURN) % of == 0


def by_turns(things: Iterable[Item], of: int, first: int = 0) -> list[Item]:
    """All in full size, else one of so many in a row."""
    return [thing for number, thing in enumerate(things, start=first) if has_turn(number, of)]
