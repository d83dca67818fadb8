"""A row given back what it was, by the history; the undoing is itself a change."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from smartregion.base.history import event_model, recorded, tracked_fields
from smartregion.base.versioned import EditConflict, Versioned

UNDO_REASON = "Rückgängig gemacht"


def row_in_version(instance: Versioned, version: int | None) -> models.Model | None:
    """The row as it stood in that version, by the history; None where the history knows no such version."""
    events = event_model(type(instance))._base_manager.filter(pgh_obj_id=instance.pk, version=version)
    return events.order_by("pgh_id").last()


def undo_last_change(
    instance: Versioned, *, version: int | None, by: Any, reason: str = UNDO_REASON
) -> Versioned:
    """Give the row its values from before its last change; the undoing is itself a change.

    Raises:
        EditConflict: the row was changed after the change that the user wants to undo.
        ValidationError: the rules forbid by now what the row would be again.
    """
    model = type(instance)
    events = event_model(model)._base_manager.filter(pgh_obj_id=instance.pk).order_by("-pgh_id")[:2]
    rows = list(events)
    if len(rows) < 2 or rows[0].version != version:  # type: ignore[attr-defined]
        raise EditConflict(model._base_manager.get(pk=instance.pk))
    restored = model._base_manager.get(pk=instance.pk)
    for field in tracked_fields(model):
        if not field.primary_key and field.name != "version":
            setattr(restored, field.attname, getattr(rows[1], field.attname))
    with recorded(by=by, reason=reason):
        return restored.save_over(version)


def restore_deleted(
    model: type[models.Model],
    pk: int,
    *,
    by: Any,
    adjust: Callable[[Any], None] = lambda row: None,
    **owner: Any,
) -> Any:
    """Bring a deleted row back, as it last was, under the primary key that it had.

    Args:
        adjust: changes the row before it is stored, where it cannot be just what it was.
        owner: what the row has to belong to, so that nothing else is brought back.

    Raises:
        ObjectDoesNotExist: no such row was deleted, or it is there again.
        IntegrityError: what made the row unique, or what it belonged to, was taken or deleted meanwhile.
    """
    event: Any = event_model(model)._base_manager.filter(pgh_obj_id=pk, **owner).order_by("pgh_id").last()
    if event is None or event.pgh_label != "delete":
        raise ObjectDoesNotExist(f"{model._meta.label} {pk}")
    with recorded(by=by, reason=UNDO_REASON):
        row = model(**{field.attname: getattr(event, field.attname) for field in tracked_fields(model)})
        adjust(row)
        row.save(force_insert=True)
        return row
