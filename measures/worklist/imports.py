"""Imports that were checked and wait to be applied or discarded."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import TableImport
from smartregion.base.worklist import Entry, Severity, source


@source("importe", gettext_lazy("Importe"))
def waiting_imports(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("measures.import_tables"):
        return
    for table_import in TableImport.objects.for_list().waiting():
        yield Entry(
            title=table_import.file_name,
            why=_("Geprüft, aber nicht übernommen. Zeilen mit Änderungen: %d.") % table_import.changes,
            severity=Severity.INFO,
            on=localdate(table_import.uploaded_at),
            url=table_import.get_absolute_url(),
            action=_("Ansehen"),
        )
