"""Occasions since which a page tells what has changed: the last report, the last meeting.

An app that knows such an occasion registers it in its `occasions.py`; the page asks by its key and need not
know the app.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Occasion:
    """What it was, with its day, and the moment since which things count as changed."""

    words: str
    moment: datetime


Find = Callable[[Any], Occasion | None]

_occasions: dict[str, Find] = {}


def occasion(key: str) -> Callable[[Find], Find]:
    """Decorator: this function tells an account's last occasion of that key, None without one."""

    def add(find: Find) -> Find:
        _occasions[key] = find
        return find

    return add


def last_occasion(key: str, user: Any) -> Occasion | None:
    """The last one that the user may know of."""
    find = _occasions.get(key)
    return find(user) if find else None
