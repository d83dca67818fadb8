"""The nightly check as a job, and what the last one has found."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.verify import check, reports_to_check
from smartregion.base import jobs
from smartregion.base.jobs import Finish, handler, progress
from smartregion.base.models import Job

VERIFY: Final = "monitoring.verify_reports"
SHOWN: Final = 20


def request_verification() -> Job:
    """Let a job look through all reports, unless one is about to."""
    waiting = Job.objects.filter(kind=VERIFY, status__in=Job.OPEN).first()
    return waiting or jobs.enqueue(VERIFY, steps=max(1, len(reports_to_check())))


def last_damage() -> Job | None:
    """The last check that came to its end, if it found damage."""
    last = Job.objects.latest_done(VERIFY).first()
    return last if last and last.error else None


def failed_check() -> Job | None:
    """The last check, if it did not come to its end: whether there is damage is not known."""
    ended = Job.objects.filter(kind=VERIFY).exclude(status__in=Job.OPEN)
    last = ended.order_by("-finished_at").first()
    return last if last and last.status == Job.Status.FAILED else None


@handler(VERIFY, title=gettext_lazy("Berichte prüfen"))
def verify(job: Job) -> Finish:
    """Is done whatever it finds, and keeps that in the job; the worklist tells it until a check is clean."""
    damages: list[str] = []
    for number, key in enumerate(reports_to_check()):
        progress(job, min(number, job.steps), _("Bericht %d prüfen") % (number + 1))
        damages += check(key).damages
    return lambda: _keep(job, damages)


def _keep(job: Job, damages: list[str]) -> None:
    lines = damages[:SHOWN]
    if len(damages) > SHOWN:
        lines.append(_("Weitere Abweichungen: %d.") % (len(damages) - SHOWN))
    Job.objects.filter(pk=job.pk).update(error="\n".join(lines))
