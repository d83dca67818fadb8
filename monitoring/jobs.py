"""The job that compiles a report: everything is read in one snapshot and written in one transaction."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.compile import TYPESET, WRITTEN, content_of
from monitoring.job_subjects import reports_of
from monitoring.models import Report, ReportFile
from monitoring.services.reports import COMPILE, keep_compiled
from monitoring.snapshot import build_first_snapshot
from monitoring.snapshot.schema import Snapshot
from monitoring.snapshot.world import NoData, moment_of
from smartregion.base.jobs import Finish, JobError, consistent_read, handler, progress
from smartregion.base.models import Job
from smartregion.base.typst import CompileError

Step = Callable[[str], None]


@handler(COMPILE, title=gettext_lazy("Bericht erstellen"), subjects=reports_of)
def compile_report(job: Job) -> Finish:
    """Read, set, write; what it returns seals the report together with the end of the job."""
    numbers = count()

    def step(label: str) -> None:
        progress(job, next(numbers), label)

    step(_("Datenstand lesen"))
    with consistent_read() as latest:
        report = Report.objects.filter(job=job).first()
        if report is None:
            raise JobError(_("Zu diesem Auftrag gibt es keinen Bericht mehr."))
        try:
            snapshot = build_first_snapshot(report, min(moment_of(report.as_of), latest))
        except NoData as error:
            raise JobError(str(error)) from error
    try:
        contents = all_formats(snapshot, step)
    except CompileError as error:
        raise JobError(str(error)) from error
    step(_("Ablegen"))
    return lambda: keep_compiled(report, contents)


def all_formats(snapshot: Snapshot, step: Step) -> dict[str, bytes]:
    """The bytes of each format. Typst sets the PDF files in threads while Python writes the others."""
    step(_("Tabellen und Prüfsumme bilden"))
    content = content_of(snapshot)
    contents = {}
    with ThreadPoolExecutor(max_workers=len(TYPESET)) as meanwhile:
        typeset = {name: meanwhile.submit(write, content) for name, write in TYPESET.items()}
        for name, write in WRITTEN.items():
            step(_("%s schreiben") % ReportFile.Format(name).label)
            contents[name] = write(content)
        for name, future in typeset.items():
            step(_("%s setzen") % ReportFile.Format(name).label)
            contents[name] = future.result()
    return contents
