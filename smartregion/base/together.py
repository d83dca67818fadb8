"""Changes of several rows that belong together: recorded under one sign, and taken back as one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any
from uuid import UUID

import pghistory
from django.db import models
from pghistory.models import Context

from smartregion.base.history import event_model, recorded, tracked_fields
from smartregion.base.undo import UNDO_REASON
from smartregion.base.versioned import EditConflict, Versioned


@contextmanager
def recorded_together(*, by: Any, reason: str) -> Iterator[UUID]:
    """As `recorded`; gives the sign by which `undo_together` finds the changes."""
    with recorded(by=by, reason=reason), pghistory.context(together=True) as context:
        yield context.id


def undo_together(sign: UUID, *, of: Iterable[type[models.Model]], by: Any) -> None:
    """Give every row of these models that was changed under the sign its values from before; all or none.

    Raises:
        ObjectDoesNotExist: nothing was recorded together under this sign.
        EditConflict: one of the rows was changed or deleted afterwards.
        ValidationError: the rules forbid by now what a row would be again.
    """
    Context.objects.get(pk=sign, metadata__together=True)
    with recorded(by=by, reason=UNDO_REASON):
        for model in of:
            _undo_rows(model, sign)


def _undo_rows(model: type[models.Model], sign: UUID) -> None:
    events = event_model(model)._base_manager
    changed = set(events.filter(pgh_context_id=sign).values_list("pgh_obj_id", flat=True))
    rows = model._base_manager.select_for_update().in_bulk(changed)
    if deleted := changed - rows.keys():
        raise EditConflict(model(pk=min(deleted)))
    of_rows = events.filter(pgh_obj_id__in=list(rows)).order_by("pgh_obj_id", "pgh_id")
    for key, history in groupby(of_rows, key=lambda event: event.pgh_obj_id):  # type: ignore[attr-defined]
        _restore(rows[key], list(history), sign)


def _restore(row: Any, history: list[Any], sign: UUID) -> None:
    if history[-1].pgh_context_id != sign:
        raise EditConflict(row)
    before = next(event for event in reversed(history) if event.pgh_context_id != sign)
    version = history[-1].version if isinstance(row, Versioned) else None
    for field in tracked_fields(type(row)):
        if not field.primary_key and field.name != "version":
            setattr(row, field.attname, getattr(before, field.attname))
    if isinstance(row, Versioned):
        row.save_over(version)
    else:
        row.save()
