"""The way of a cell: every step from stage to stage that its history knows."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from measures.models import RolloutCell
from measures.models.ladder import Stage
from smartregion.base.history import events_of
from smartregion.base.undo import UNDO_REASON


@dataclass(frozen=True)
class Taken:
    """One step; `reason` and `remark` are the cell's public reason and the one that stands in the history."""

    before: Stage
    after: Stage
    since: date | None
    evidence: str
    reason: str
    remark: str
    at: datetime
    by: str

    @property
    def undone(self) -> bool:
        """Whether this step took back another one."""
        return self.remark == UNDO_REASON


def steps_of(cell: RolloutCell) -> list[Taken]:
    """The steps of the cell, newest first. Two queries, whatever their number."""
    events: list[Any] = list(events_of(RolloutCell, pgh_obj_id=cell.pk))
    moves = [(after, before) for after, before in pairwise(events) if after.stage != before.stage]
    metadata = [after.pgh_context.metadata if after.pgh_context else {} for after, _before in moves]
    people = get_user_model()._base_manager.in_bulk({each["user"] for each in metadata if each.get("user")})
    return [
        Taken(
            before=Stage(before.stage),
            after=Stage(after.stage),
            since=after.since,
            evidence=after.evidence if after.evidence != before.evidence else "",
            reason=after.reason if after.reason != before.reason else "",
            remark=told.get("reason", ""),
            at=after.pgh_created_at,
            by=_who(told, people),
        )
        for (after, before), told in zip(moves, metadata, strict=True)
    ]


def _who(told: dict[str, Any], people: dict[Any, Any]) -> str:
    person = people.get(told.get("user"))
    return str(person) if person else told.get("office") or _("Systemdienst")
