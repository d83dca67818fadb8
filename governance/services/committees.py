"""The verbs of committees and their seats."""

from typing import Any

from governance.models import Seat
from smartregion.base.history import recorded


def remove_seat(*, seat: Seat, version: int | None, by: Any, reason: str = "") -> None:
    """Take a seat away; the history keeps who held which function until when.

    Raises:
        EditConflict: someone changed the seat meanwhile.
    """
    with recorded(by=by, reason=reason):
        seat.delete_over(version)
