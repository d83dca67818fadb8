"""The job that compiles a report: everything is read in one snapshot and written in one transaction."""

from concurrent.futures import ThreadPoolExecutor

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.compile import canonical_json, compile_pdf, compile_xlsx
from monitoring.job_subjects import reports_of
from monitoring.models import Report, ReportFile
from monitoring.services import COMPILE, seal
from monitoring.snapshot import build_snapshot
from monitoring.world import NoData
from smartregion.base.jobs import Finish, JobError, consistent_read, handler, progress
from smartregion.base.models import Job
from smartregion.base.typst import CompileError


@handler(COMPILE, title=gettext_lazy("Bericht erstellen"), subjects=reports_of)
def compile_report(job: Job) -> Finish:
    """Read, set, write; what it returns seals the report together with the end of the job."""
    progress(job, 0, _("Datenstand lesen"))
    with consistent_read():
        report = Report.objects.get(job=job)
        try:
            snapshot = build_snapshot(report)
        except NoData as error:
            raise JobError(str(error)) from error
    with ThreadPoolExecutor(max_workers=1) as meanwhile:
        table = meanwhile.submit(compile_xlsx, snapshot)  # Typst leaves Python free while it works
        progress(job, 1, _("PDF setzen"))
        try:
            pdf = compile_pdf(snapshot)
        except CompileError as error:
            raise JobError(str(error)) from error
        progress(job, 2, _("Tabellen schreiben"))
        xlsx = table.result()
    progress(job, 3, _("Prüfsummen bilden"))
    contents = {
        ReportFile.Format.PDF.value: pdf,
        ReportFile.Format.XLSX.value: xlsx,
        ReportFile.Format.JSON.value: canonical_json(snapshot),
    }
    progress(job, 4, _("Versiegeln"))
    return lambda: seal(report, contents)
