"""How long jobs take, told by those of the same kind that are done. Where none is known nothing is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Max
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartregion.base import written
from smartregion.base.job_kinds import title_of
from smartregion.base.models import Job

SOON = 8.0
FINE, COARSE = 5, 10


def remaining(job: Job) -> float | None:
    """Seconds to the end: from the step that the job has reached, others of its kind needed so long."""
    if job.status != Job.Status.RUNNING or job.started_at is None:
        return None
    mark = job.last_mark
    needed = list(_needed_after(mark, job))
    if not needed:
        return None
    at_step = (now() - job.started_at).total_seconds() - job.marks.get(mark, 0)
    return median(needed) - at_step


def _needed_after(mark: str, job: Job) -> Iterator[float]:
    """A job with twice the steps, as one of twice the mails, is taken to need twice the time."""
    for other in Job.objects.latest_done(job.kind):
        if mark in other.marks and other.seconds is not None:
            yield (other.seconds - other.marks[mark]) * job.steps / other.steps


def remaining_in_words(job: Job) -> str:
    """ "noch etwa 20 Sekunden", or "" where nothing is known."""
    seconds = remaining(job)
    if seconds is None:
        return ""
    if seconds <= 0:
        return _("dauert länger als sonst")
    if seconds < SOON:
        return _("noch wenige Sekunden")
    if seconds < 90:
        rounding = FINE if seconds < 30 else COARSE
        return _("noch etwa %d Sekunden") % (rounding * max(1, round(seconds / rounding)))
    minutes = round(seconds / 60)
    return ngettext("noch etwa %d Minute", "noch etwa %d Minuten", minutes) % minutes


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Durations:
    """Of the done jobs of one kind that are still kept."""

    kind: str
    count: int
    median: timedelta
    slowest: timedelta

    @property
    def title(self) -> str:
        return title_of(self.kind)


def durations() -> list[Durations]:
    """Of each kind, the slowest first. A job that was tried again counts with its last attempt."""
    took: Any = ExpressionWrapper(F("finished_at") - F("started_at"), DurationField())
    done = Job.objects.filter(status=Job.Status.DONE).exclude(started_at=None).order_by()
    rows = done.values("kind").annotate(
        count=Count("pk"), median=Median(took, output_field=DurationField()), slowest=Max(took)
    )
    return sorted((Durations(**row) for row in rows), key=lambda row: (-row.median, row.title))


def in_words(seconds: float | None) -> str:
    """ "0,4 s", "12 s", "3 min 5 s", or a dash."""
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{written.with_separators(f'{seconds:.1f}')} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
