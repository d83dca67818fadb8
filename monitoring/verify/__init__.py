"""Whether every compiled report is still what it was: a check from outside, for triggers can be switched off.

Of each report are compared: its row, its texts and its errata with what the history says of them (`rows`);
its files and its snapshot with their checksums (`files`); the snapshot with the schema, with the row, and
with what the history tells of its moment (`snapshots`, which leaves out what `differences` names).
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from monitoring.models import Report
from monitoring.models.reports import SCOPES
from monitoring.verify.files import compare_files
from monitoring.verify.finding import Checked, Finding
from monitoring.verify.rows import compare_rows
from monitoring.verify.snapshots import compare_with_history, compare_with_row, read_snapshot, schema_error
from smartregion.base.history import event_model
from smartregion.base.jobs import consistent_read


def reports_to_check() -> list[int]:
    """The keys of all that are compiled or once were, also where the row is gone or says otherwise."""
    compiled = Report.objects.compiled().values_list("pk", flat=True)
    events = event_model(Report)._base_manager.exclude(compiled_at=None)
    return sorted({*compiled, *events.values_list("pgh_obj_id", flat=True)})


def check(key: int) -> Checked:
    """Compare one report, in one state of the database."""
    with consistent_read():
        report = Report.objects.select_related(*SCOPES.values()).filter(pk=key).first()
        name = f"{report} ({key})" if report else _("Bericht %s") % key
        findings = [*compare_rows(key), *(_compiled(report) if report and report.compiled_at else ())]
        return Checked(name, findings)


def _compiled(report: Report) -> Iterator[Finding]:
    yield from compare_files(report)
    snapshot = read_snapshot(report.snapshot)
    if snapshot is None:
        yield Finding(_("Der Datenstand ist kein kanonisches JSON."))
        return
    error = schema_error(snapshot)
    if error is not None:
        yield Finding(_("Der Datenstand folgt nicht dem heutigen Schema: %s.") % error)
        return
    yield from compare_with_row(report, snapshot)
    yield from compare_with_history(report, snapshot)
