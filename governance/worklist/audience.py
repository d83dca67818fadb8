"""Whom the reminders of committees can concern."""

from typing import Any

from governance.models import Seat


def sits(user: Any) -> bool:
    """Whoever has a seat in a committee."""
    return Seat.objects.current().filter(user=user).exists()


def keeps_or_sits(user: Any) -> bool:
    """The coordinator too."""
    return bool(user.has_perm("governance.change_committee")) or sits(user)
