"""Jobs of committees: approved minutes are sealed, a mirror is compared with its source."""

from typing import Final

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.documents.files import WRITERS, editions_of, reader_of
from governance.documents.minutes import minutes_of
from governance.job_subjects import minutes_with, mirrors_of
from governance.models import Minutes, MirrorRun
from governance.oparl.source import SourceError
from governance.services.minutes import SEAL
from governance.services.minutes import seal_minutes as seal
from governance.services.mirror import KIND, Walk, request_run
from smartregion.base.jobs import Finish, JobError, consistent_read, handler, progress
from smartregion.base.models import Job
from smartregion.base.typst import CompileError

LONGEST_SECONDS: Final = 480
"""A job may take ten minutes; what is left over then is a job of its own."""


@handler(SEAL, title=gettext_lazy("Niederschrift versiegeln"), subjects=minutes_with)
def seal_minutes(job: Job) -> Finish:
    """What it returns stores the files together with the end of the job."""
    progress(job, 0, _("Datenstand lesen"))
    moment = now()
    with consistent_read():
        minutes = Minutes.objects.select_related("meeting__committee").get(job=job)
        documents = {
            edition.value: minutes_of(
                minutes, reader_of(edition, minutes.meeting), edition=edition, moment=moment
            )
            for edition in editions_of(minutes.meeting)
        }
    progress(job, 1, _("PDF und Word-Datei schreiben"))
    try:
        contents = {
            (edition, file_format): writer.write(document)
            for edition, document in documents.items()
            for file_format, writer in WRITERS.items()
        }
    except CompileError as error:
        raise JobError(str(error)) from error
    progress(job, 2, _("Versiegeln"))
    return lambda: seal(minutes, contents)


@handler(KIND, title=gettext_lazy("Spiegel abgleichen"), subjects=mirrors_of)
def compare(job: Job) -> Finish:
    run = MirrorRun.objects.select_related("mirror").filter(job=job).first()
    if run is None:  # its mirror was removed while the job waited
        return lambda: None
    try:
        is_done = Walk(run, seconds=LONGEST_SECONDS).go(lambda step, label: progress(job, step, label))
    except SourceError as error:
        raise JobError(str(error)) from error

    def go_on() -> None:
        if not is_done:
            request_run(run.mirror)

    return go_on
