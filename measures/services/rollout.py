"""The verbs of roll-out: confirming cells as they stand, taking back a cell's last change, dating stages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.models import RolloutCell, ladder
from measures.models.rollout import RolloutCellQuerySet
from network.models import Municipality
from smartregion.base.history import recorded
from smartregion.base.undo import undo_last_change
from smartregion.base.versioned import Versioned

DATE_STAGE_CHANGES = """
UPDATE measures_rolloutcell cell SET stage_changed_at = turn.at FROM (
    SELECT pgh_obj_id, MAX(pgh_created_at) AS at FROM (
        SELECT pgh_obj_id, pgh_created_at, stage,
            LAG(stage, 1, 'unknown') OVER (PARTITION BY pgh_obj_id ORDER BY pgh_created_at, pgh_id) AS before
        FROM measures_rolloutcellevent
    ) event WHERE stage <> before GROUP BY pgh_obj_id
) turn WHERE turn.pgh_obj_id = cell.id
"""


@dataclass(frozen=True)
class Confirmation:
    """What was confirmed, and what had been changed since the confirming person read it."""

    confirmed: list[RolloutCell]
    changed: list[RolloutCell]


def confirm_cells(*, municipality: Municipality, versions: Mapping[int, int], by: Any) -> Confirmation:
    """Confirm cells of one municipality in the versions that were read; a newer one is left alone.

    A confirmation is a new version, so that neither it nor an edit at the same time goes unnoticed.

    Args:
        versions: primary key to the version that was shown.

    Raises:
        RolloutCell.DoesNotExist: one of them is no cell of this municipality that the user may edit.
            Then none is confirmed.
    """
    with recorded(by=by, reason=_("unverändert bestätigt")):
        own = RolloutCell.objects.editable_by(by).filter(municipality=municipality)
        return confirm_among(own, versions, confirmed_by=by, confirmed_in=None)


def confirm_among(allowed: RolloutCellQuerySet, versions: Mapping[int, int], **who: Any) -> Confirmation:
    """The step itself, for whoever may confirm these cells; to be called within `recorded`.

    Raises:
        RolloutCell.DoesNotExist: one of them is not among those that are allowed.
    """
    cells = list(
        allowed.filter(pk__in=versions)
        .select_for_update(of=["self"])
        .select_related("measure")
        .order_by("pk")
    )
    if len(cells) != len(versions):
        raise RolloutCell.DoesNotExist
    confirmed = [cell for cell in cells if cell.version == versions[cell.pk]]
    RolloutCell.objects.filter(pk__in=[cell.pk for cell in confirmed]).update(
        confirmed_at=now(), version=F("version") + 1, **who
    )
    return Confirmation(confirmed, [cell for cell in cells if cell.version != versions[cell.pk]])


def undo_cell_change(*, cell: Versioned, version: int | None, by: Any) -> Versioned:
    """Bring back the state that the cell had before its last change, against the ladder too.

    Raises:
        EditConflict: the cell was changed after the change that the user wants to undo.
    """
    with transaction.atomic(), ladder.undoing():
        return undo_last_change(cell, version=version, by=by)


def date_stage_changes() -> None:
    """Read from the history when each stage became what it is, after the history itself was dated.

    What happens at present is dated by the table's trigger.
    """
    with connection.cursor() as cursor:
        cursor.execute(DATE_STAGE_CHANGES)
