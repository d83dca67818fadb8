"""The jobs of an import. What they find or write is stored in the transaction that ends the job."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.imports.check import check
from measures.imports.tables import (
    MATRIX,
    Table,
    described,
    foreign_sheet,
    foreign_table,
    headings_in,
    own_tables,
)
from measures.imports.write import Refused, apply, undo
from measures.job_subjects import imports_of
from measures.models import ColumnMapping, TableImport
from measures.services.imports import APPLY, CHECK, UNDO
from smartregion.base.jobs import Finish, JobError, handler, progress
from smartregion.base.models import Job
from smartregion.base.tables import Sheet, UnreadableTable, read_tables

State = TableImport.State


@handler(CHECK, title=gettext_lazy("Import prüfen"), subjects=imports_of)
def check_import(job: Job) -> Finish:
    """Read the file, find out what it is, and compare it with the portal."""
    progress(job, 0, _("Datei lesen"))
    table_import = _import_of(job)
    try:
        sheets = read_tables(bytes(table_import.content))
    except UnreadableTable as problem:
        return partial(
            _store, table_import, state=State.UNREADABLE, error=str(problem)[:1000], found={}, changes=0
        )
    tables, mapping = _tables_in(sheets, table_import.mapping)
    foreign = foreign_sheet(sheets, mapping.get("sheet", ""))
    if not tables and foreign is None:
        nothing = _("Die Datei enthält keine Zeilen unter einer Überschrift.")
        return partial(_store, table_import, state=State.UNREADABLE, error=nothing, found={}, changes=0)
    description = {"foreign": described(*foreign)} if foreign and (mapping or not tables) else {}
    if not tables:
        return partial(
            _store, table_import, state=State.MAPPING, mapping={}, error="", found=description, changes=0
        )
    progress(job, 10, _("Mit dem Portal vergleichen"))
    report: Callable[[int], None] = lambda percent: progress(  # noqa: E731
        job, 10 + percent * 85 // 100, _("Mit dem Portal vergleichen")
    )
    found = check(tables, by=table_import.uploaded_by, report=report)
    return partial(
        _store,
        table_import,
        state=State.CHECKED,
        mapping=mapping,
        error="",
        found=found.as_json() | description,
        changes=len(found.plans),
    )


def _import_of(job: Job) -> TableImport:
    """The import that the job is for.

    Raises:
        JobError: it was discarded, or has gone on by another job.
    """
    imports = TableImport.objects.select_related("uploaded_by", "applied_by", "undone_by")
    if found := imports.filter(job=job).first():
        return found
    raise JobError(_("Diesen Schritt eines Imports braucht niemand mehr."))


def _tables_in(sheets: list[Sheet], mapping: dict[str, Any]) -> tuple[list[Table], dict[str, Any]]:
    """What can be read, and the mapping by which; a mapping is remembered for the same headings."""
    if not mapping:
        own = own_tables(sheets)
        if any(table.kind != MATRIX for table in own):
            return own, {}
        if found := foreign_sheet(sheets):
            mapping = ColumnMapping.remembered(headings_in(*found)) or {}
    table = foreign_table(sheets, mapping) if mapping else None
    return ([table], mapping) if table else ([], {})


def _store(table_import: TableImport, **values: Any) -> None:
    TableImport.objects.filter(pk=table_import.pk).update(**values)


@handler(APPLY, title=gettext_lazy("Import übernehmen"), subjects=imports_of)
def apply_import(job: Job) -> Finish:
    progress(job, 0, _("Änderungen übernehmen"))
    return partial(_apply, _import_of(job))


def _apply(table_import: TableImport) -> None:
    try:
        with transaction.atomic():
            plans = table_import.found["plans"]
            result = apply(plans, by=table_import.applied_by, reason=str(table_import))
            _store(table_import, state=State.APPLIED, result=result, applied_at=now())
    except Refused as refusal:
        _store(table_import, refusal=refusal.sentences, applied_by=None)


@handler(UNDO, title=gettext_lazy("Import zurücknehmen"), subjects=imports_of)
def undo_import(job: Job) -> Finish:
    progress(job, 0, _("Änderungen zurücknehmen"))
    return partial(_undo, _import_of(job))


def _undo(table_import: TableImport) -> None:
    try:
        with transaction.atomic():
            reason = _("%s zurückgenommen") % table_import
            undo(table_import.result, by=table_import.undone_by, reason=reason)
            _store(table_import, state=State.UNDONE, undone_at=now())
    except Refused as refusal:
        _store(table_import, refusal=refusal.sentences, undone_by=None)
