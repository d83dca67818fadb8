"""The size of costly tests: small, so that all tests fit into minutes, or full.

`SMARTREGION_TEST_SIZE=full make test ARGS=…` runs them in full; the head of the run says which size it has.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final, TypeVar

import pytest

Item = TypeVar("Item")
IS_FULL = os.environ.get("SMARTREGION_TEST_SIZE") == "full"
TURN = int(os.environ.setdefault("SMARTREGION_TEST_TURN", str(datetime.now(UTC).toordinal())))
"""Says which part the small size takes of what it shares out: of each day another one. The processes of a run
get it from the one that starts them; whoever sets it repeats the run of another day."""
SMALL = (
    "what counts in thousands a fiftieth, 30 measures instead of 200 for queries; readers, odd values, looks "
    "at pages, formats of files, hostile texts, faults of processes and, unless a run names what it wants, "
    "whole modules that take long or have a portal of their own take turns from day to day, in this "
    f"run those of SMARTREGION_TEST_TURN={TURN}"
)
SIZE = "full" if IS_FULL else SMALL
WITH_PROCESSES: Final = ("tests/e2e/", "tests/stack/")
"""Modules with a portal of their own, in a browser or to do it harm, take turns."""
COSTLY: Final = tuple((Path(__file__).parent / "costly.txt").read_text().split())
"""Modules that take turns because they take long, the longest first, so that each day has as much to do."""
DAYS: Final = 6
"""In so many days each module has its turn once."""
ANOTHER_DAY = "has its turn on another day, or in full size"


def scaled(number: int) -> int:
    return number if IS_FULL else number // 50


def has_turn(number: int, of: int) -> bool:
    """Whether the small size takes the thing of this number, one of so many in a row; the full one does."""
    return IS_FULL or (number + TURN) % of == 0


def has_day(place: int) -> bool:
    """Whether the module at this place of a list is asked today. The order of the days changes, so that what
    takes turns within a module does not meet the same day for ever."""
    days = Random(TURN // DAYS).sample(range(DAYS), DAYS)
    return IS_FULL or place % DAYS == days[TURN % DAYS]


def on_its_turn(number: int, of: int) -> pytest.MarkDecorator:
    """For a test that is one of so many of a kind; the end of the run counts it among the skipped ones."""
    return pytest.mark.skipif(not has_turn(number, of), reason=ANOTHER_DAY)


def by_turns(things: Iterable[Item], of: int, first: int = 0) -> list[Item]:
    """All in full size, else one of so many in a row."""
    return [thing for number, thing in enumerate(things, start=first) if has_turn(number, of)]
