"""Doing what the check has shown, and taking it back: all or nothing, over the versions that were read.

Both are called in a transaction that a refusal shall take back.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from measures.imports.forms import form_for, form_for_new
from measures.imports.tables import CELL, MEASURE, MODELS
from measures.models import Measure, RolloutCell, ladder
from measures.services.measures import create_measure
from smartregion.base.editing import TAKEN
from smartregion.base.history import recorded
from smartregion.base.undo import undo_last_change
from smartregion.base.versioned import EditConflict

OWN_PARTS = {RolloutCell, Measure.guidelines.through}
"""What a new measure brings along itself."""


class Refused(Exception):
    """Nothing may be written; the German sentences say because of which rows."""

    def __init__(self, sentences: Iterable[str]) -> None:
        super().__init__()
        self.sentences = list(sentences)


def apply(plans: list[dict[str, Any]], *, by: Any, reason: str) -> list[dict[str, Any]]:
    """Write every plan. Returns the rows that were written, with their versions.

    Raises:
        Refused: a row was changed or removed since it was checked, or the rules forbid it by now.
    """
    rows = _locked(plans)
    moved = [plan for plan in plans if plan["pk"] and _version(rows, plan) != plan["version"]]
    if moved:
        raise Refused(
            _("%s wurde inzwischen im Portal geändert oder entfernt.") % plan["title"] for plan in moved
        )
    written = []
    with recorded(by=by, reason=reason):
        for plan in plans:
            row = rows[plan["kind"]].get(plan["pk"])
            try:
                saved = _write(plan, row, by=by, reason=reason)
            except ValidationError as refusal:
                raise Refused(f"{plan['title']}: {text}" for text in refusal.messages) from None
            except IntegrityError:
                raise Refused([f"{plan['title']}: {TAKEN}"]) from None
            written.append({**_of(saved, plan), "is_new": row is None})
    return written


def _locked(plans: list[dict[str, Any]]) -> dict[str, dict[int, Any]]:
    """The rows by kind and key, locked in the order of their keys."""
    rows: dict[str, dict[int, Any]] = {}
    for kind, model in MODELS.items():
        keys = [plan["pk"] for plan in plans if plan["kind"] == kind and plan["pk"]]
        found: Any = model._base_manager.filter(pk__in=keys).select_for_update(of=["self"]).order_by("pk")
        if kind == MEASURE:
            found = found.prefetch_related("guidelines")
        rows[kind] = {row.pk: row for row in (found.select_related(*_shown_with(kind)) if keys else ())}
    return rows


def _shown_with(kind: str) -> list[str]:
    return ["measure", "municipality"] if kind == CELL else ["field"]


def _version(rows: dict[str, dict[int, Any]], plan: dict[str, Any]) -> int | None:
    row = rows[plan["kind"]].get(plan["pk"])
    return row.version if row else None


def _write(plan: dict[str, Any], row: Any, *, by: Any, reason: str) -> Any:
    form = form_for(plan["kind"], row, plan["values"], reason) if row else form_for_new(plan["values"])
    if not form.is_valid():
        raise ValidationError([text for texts in form.errors.values() for text in texts])
    if row is None:
        return create_measure(measure=form.instance, by=by, reason=reason)
    return form.save_over_read_version(by=by)


def _of(saved: Any, plan: dict[str, Any]) -> dict[str, Any]:
    return {"kind": plan["kind"], "pk": saved.pk, "version": saved.version, "title": str(saved)}


def undo(written: list[dict[str, Any]], *, by: Any, reason: str) -> None:
    """Give every row the values from before; remove those that are new.

    Raises:
        Refused: a row was changed since, or the rules forbid by now what it would be again.
    """
    rows = _locked(written)
    moved = [entry for entry in written if _version(rows, entry) != entry["version"]]
    if moved:
        raise Refused(_("%s wurde seitdem geändert oder entfernt.") % entry["title"] for entry in moved)
    with recorded(by=by, reason=reason), ladder.undoing():
        for entry in reversed(written):
            row = rows[entry["kind"]][entry["pk"]]
            try:
                if entry["is_new"]:
                    _remove(row)
                else:
                    undo_last_change(row, version=entry["version"], by=by, reason=reason)
            except ValidationError as refusal:
                raise Refused(f"{entry['title']}: {text}" for text in refusal.messages) from None
            except EditConflict:
                raise Refused([_("%s wurde seitdem geändert.") % entry["title"]]) from None
            except IntegrityError:
                raise Refused([f"{entry['title']}: {TAKEN}"]) from None


def _remove(measure: Measure) -> None:
    """Remove a measure that was made by an import, unless anything has come to it since."""
    if measure.cells.exclude(version=1).exists():
        raise ValidationError(_("Ein Roll-out-Stand wurde seitdem geändert."))
    for relation in Measure._meta.related_objects:
        rows: Any = relation.related_model._base_manager
        if relation.related_model in OWN_PARTS or relation.related_model.__name__.endswith("Event"):
            continue
        if rows.filter(**{relation.field.name: measure}).exists():
            what = relation.related_model._meta.verbose_name
            raise ValidationError(_("Dazu gehört inzwischen anderes (%s).") % what)
    measure.delete()
