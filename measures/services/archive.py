"""Archiving a measure, taking it back, and letting it go up in another."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from measures.models import Measure, Milestone, RolloutCell, StatusUpdate, TeamMember, ladder
from smartregion.base.history import recorded
from smartregion.base.together import recorded_together, undo_together

CELL_VALUES = [
    *["stage", "since", "evidence", "reason", "contact", "note"],
    *["confirmed_at", "confirmed_by_id", "confirmed_in_id"],
]


def archive_measure(*, measure: Measure, version: int | None, by: Any, reason: str = "") -> UUID:
    """Put the measure away over the version that was read; gives the sign to undo it by.

    Raises:
        EditConflict: someone changed it meanwhile.
    """
    with recorded_together(by=by, reason=reason or _("Archiviert")) as sign:
        measure.archived_at = now()
        measure.save_over(version)
    return sign


def unarchive_measure(*, measure: Measure, version: int | None, by: Any) -> None:
    """Bring the measure back; what another has taken over from it stays there.

    Raises:
        EditConflict: someone changed it meanwhile.
    """
    with recorded(by=by, reason=_("Aus dem Archiv zurückgeholt")):
        measure.archived_at, measure.merged_into = None, None
        measure.save_over(version)


class Takeover:
    """What goes over when `source` is merged into `target`, and what stays with the source."""

    def __init__(self, source: Measure, target: Measure) -> None:
        self.source, self.target = source, target
        self.milestones = source.milestones.all()
        self.updates = source.status_updates.all()

    @property
    def seats(self) -> QuerySet[TeamMember]:
        """But those that the target has already."""
        own = set(self.target.team.values_list("organisation", "function"))
        seats = self.source.team.select_related("organisation")
        doubles = [seat.pk for seat in seats if (seat.organisation_id, seat.function) in own]
        return seats.exclude(pk__in=doubles)

    @property
    def cells(self) -> list[tuple[RolloutCell, RolloutCell]]:
        """Cells of the target that are unknown, each with the source's known one. A known cell stays."""
        unknown = self.target.cells.filter(stage=RolloutCell.Stage.UNKNOWN)
        known = self.source.cells.exclude(stage=RolloutCell.Stage.UNKNOWN)
        by_place = {cell.municipality_id: cell for cell in known.select_related("municipality")}
        return [
            (cell, by_place[cell.municipality_id]) for cell in unknown if cell.municipality_id in by_place
        ]

    @property
    def kept_cells(self) -> int:
        """How many known cells of the source are not taken over, as the target's are known too."""
        known = self.source.cells.exclude(stage=RolloutCell.Stage.UNKNOWN).count()
        return known - len(self.cells)


def merge_measure(
    *, source: Measure, target: Measure, source_version: int | None, target_version: int | None, by: Any
) -> UUID:
    """Move the source's parts to the target and archive the source; gives the sign to undo it by.

    Raises:
        EditConflict: someone changed one of the two meanwhile; then nothing is moved.
        IntegrityError, ValidationError: the rules forbid what the target would be.
    """
    with recorded_together(by=by, reason=_("Zusammengeführt")) as sign:
        _lock(source, target)
        source.archived_at, source.merged_into = now(), target
        source.save_over(source_version)
        target.save_over(target_version)
        takeover = Takeover(source, target)
        for rows in (takeover.milestones, takeover.updates, takeover.seats):
            rows.update(measure=target, version=F("version") + 1)
        with ladder.moving():
            for own, theirs in takeover.cells:
                for name in CELL_VALUES:
                    setattr(own, name, getattr(theirs, name))
                own.since = own.since or localdate(theirs.stage_changed_at)
                own.save_over(own.version)
    return sign


def _lock(*measures: Measure) -> None:
    """In one order, so that two merges of the same pair do not wait for each other."""
    keys = [measure.pk for measure in measures]
    list(Measure.objects.filter(pk__in=keys).order_by("pk").select_for_update().values_list("pk"))


CHANGED_TOGETHER: list[type[Model]] = [Measure, Milestone, StatusUpdate, TeamMember, RolloutCell]
"""The models whose rows `bulk_edit`, `archive_measure` and `merge_measure` change."""


def undo_changes(sign: UUID, *, by: Any) -> None:
    """Take back what was changed under the sign, cells against the ladder too; see `undo_together`."""
    with transaction.atomic(), ladder.undoing():
        undo_together(sign, of=CHANGED_TOGETHER, by=by)
