"""The size of costly tests: small, so that all tests fit into minutes, or full.

`SMARTREGION_TEST_SIZE=full make test ARGS=…` runs them in full; the head of the run says which size it has.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

Item = TypeVar("Item")
IS_FULL = os.environ.get("SMARTREGION_TEST_SIZE") == "full"
TURN = int(os.environ.setdefault("SMARTREGION_TEST_TURN", str(datetime.now(UTC).toordinal())))
"""Says which part the small size takes of what it shares out: of each day another one. The processes of a run
get it from the one that starts them; whoever sets it repeats the run of another day."""
SMALL = (
    "what counts in thousands a fiftieth, 30 measures instead of 200 for queries; readers, odd values, looks "
    "at pages, formats of files, hostile texts, faults of processes and whole modules with a portal of their "
    "own take turns from day to day, in this "
    f"run those of SMARTREGION_TEST_TURN={TURN}"
)
SIZE = "full" if IS_FULL else SMALL
WITH_PROCESSES = ("tests/e2e/", "tests/stack/")
"""Modules with a portal of their own, in a browser or to do it harm: a quarter of them has its turn."""


ANOTHER_DAY = "has its turn on another day, or in full size"


def scaled(number: int) -> int:
    return number if IS_FULL else number // 50


def has_turn(number: int, of: int) -> bool:
    """Whether the small size takes the thing of this number, one of so many in a row; the full one does."""
    return IS_FULL or (number + TURN) % of == 0


def on_its_turn(number: int, of: int) -> pytest.MarkDecorator:
    """For a test that is one of so many of a kind; the end of the run counts it among the skipped ones."""
    return pytest.mark.skipif(not has_turn(number, of), reason=ANOTHER_DAY)


def by_turns(things: Iterable[Item], of: int, first: int = 0) -> list[Item]:
    """All in full size, else one of so many in a row."""
    return [thing for number, thing in enumerate(things, start=first) if has_turn(number, of)]
