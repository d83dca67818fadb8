"""The job that compares a mirror with its source."""

from typing import Final

from governance.models import MirrorRun
from governance.oparl.source import SourceError
from governance.services.mirror import KIND, Walk, request_run
from smartregion.base.jobs import Finish, JobError, handler, progress
from smartregion.base.models import Job

LONGEST_SECONDS: Final = 480
"""A job may take ten minutes; what is left over then is a job of its own."""


@handler(KIND)
def compare(job: Job) -> Finish:
    run = MirrorRun.objects.select_related("mirror").get(job=job)
    try:
        is_done = Walk(run, seconds=LONGEST_SECONDS).go(lambda step, label: progress(job, step, label))
    except SourceError as error:
        raise JobError(str(error)) from error

    def go_on() -> None:
        if not is_done:
            request_run(run.mirror)

    return go_on
