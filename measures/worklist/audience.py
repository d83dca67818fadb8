"""Whom reminders of several kinds can concern."""

from typing import Any

from measures.models import TeamMember


def reports(user: Any) -> bool:
    """The coordinator, and whoever has a seat in a development team."""
    return bool(user.has_perm("measures.change_measure")) or TeamMember.objects.filter(user=user).exists()


def rolls_out(user: Any) -> bool:
    """The coordinator, and municipalities."""
    return bool(user.has_perm("measures.change_every_cell") or user.municipality_id)
