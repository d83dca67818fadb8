"""The verbs of imports: taking a file in, asking for a check, for applying and for undoing, discarding."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from measures.models import ColumnMapping, TableImport
from smartregion.base import jobs
from smartregion.base.history import recorded

CHECK, APPLY, UNDO = "measures.check_import", "measures.apply_import", "measures.undo_import"
STEPS = 100
State = TableImport.State


class NotNow(Exception):
    """The import is in a state in which this cannot be asked for."""


def take_in(*, file_name: str, content: bytes, by: Any) -> TableImport:
    """Store the file, and let a worker look at it."""
    with transaction.atomic():
        return TableImport.objects.create(
            file_name=file_name[-200:],
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by=by,
            job=jobs.enqueue(CHECK, steps=STEPS),
        )


def check_again(*, table_import: TableImport, mapping: Mapping[str, Any] | None = None) -> None:
    """Compare the file with the portal as it stands now.

    Args:
        mapping: what the columns of a foreign list stand for from now on.

    Raises:
        NotNow: a job is at work, or the import was applied.
    """
    with transaction.atomic():
        held = _held(table_import, without={State.APPLIED, State.UNDONE})
        if mapping is not None:
            held.mapping = dict(mapping)
        _let_work(held, CHECK)


def remember(*, headings: list[str], mapping: Mapping[str, Any], by: Any) -> None:
    with recorded(by=by):
        ColumnMapping.objects.update_or_create(
            headings=ColumnMapping.key_of(headings), defaults={"mapping": dict(mapping)}
        )


def ask_to_apply(*, table_import: TableImport, by: Any) -> None:
    """Let a worker write what the last check has found.

    Raises:
        NotNow: it was not checked, holds errors or nothing to do, or a job is at work.
    """
    with transaction.atomic():
        held = _held(table_import, only={State.CHECKED})
        if held.found["number_of_errors"] or not held.changes:
            raise NotNow
        held.applied_by = by
        _let_work(held, APPLY)


def ask_to_undo(*, table_import: TableImport, by: Any) -> None:
    """Let a worker take back everything that the import has written.

    Raises:
        NotNow: it was not applied, or a job is at work.
    """
    with transaction.atomic():
        held = _held(table_import, only={State.APPLIED})
        held.undone_by = by
        _let_work(held, UNDO)


def discard(*, table_import: TableImport) -> None:
    """Delete an import that has written nothing, or has been taken back, with its file.

    Raises:
        NotNow: it stands in the portal, or a job is at work.
    """
    with transaction.atomic():
        _held(table_import, without={State.APPLIED}).delete()


def _held(
    table_import: TableImport,
    *,
    only: set[State] | None = None,
    without: set[State] = frozenset(),  # type: ignore[assignment]
) -> TableImport:
    """The import, locked; so a form that is sent twice asks once."""
    held = TableImport.objects.select_for_update(of=["self"]).select_related("job").get(pk=table_import.pk)
    if held.is_busy or held.state in without or (only and held.state not in only):
        raise NotNow
    return held


def _let_work(held: TableImport, kind: str) -> None:
    held.refusal = []
    held.job = jobs.enqueue(kind, steps=STEPS)
    held.save()
