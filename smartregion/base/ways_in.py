"""What works in an account's name without signing in: a token, a calendar's address, a pending address.

Whoever was in an account for an hour may have left one of these open. Each app tells in its `ways_in.py` how
its own ones end; a new password, signing out everywhere, a reset second factor, another role or
municipality and shutting off end them all.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from smartregion.base.acting import SYSTEM, acting

End = Callable[[Any, Any], None]

_ends: list[End] = []


def way_in(end: End) -> End:
    """Decorator: this function of an account, and of who acts, ends one kind of them."""
    _ends.append(end)
    return end


def end_ways_in(*, user: Any, by: Any) -> None:
    """Whoever acts: also a visitor who sets a new password by a link ends the tokens of a municipality."""
    with transaction.atomic(), acting(SYSTEM):
        for end in _ends:
            end(user, by)
