"""What the jobs of reports were for."""

from collections.abc import Collection
from typing import Any, Final

from monitoring.models import Report
from monitoring.models.reports import SCOPES
from smartregion.base.history import event_model
from smartregion.base.job_kinds import Subject

GUARD: Final = "monitoring.guard_reports"


def reports_of(keys: Collection[int], user: Any) -> dict[int, Subject]:
    """By the history: a report that was given back, or compiled anew after a failure, has let go of its job.

    Whoever looks after the jobs is told the name of a report that they cannot open.
    """
    events = event_model(Report)._base_manager.filter(job__in=keys).order_by("pgh_id")
    of_job = dict(events.values_list("job", "pgh_obj"))
    visible = Report.objects.visible_to(user).filter(pk__in=of_job.values())
    opened = set(visible.order_by().values_list("pk", flat=True))
    told = Report.objects.filter(pk__in=of_job.values()) if user.has_perm(GUARD) else visible
    reports = told.defer("snapshot").select_related(*SCOPES.values()).in_bulk()
    return {
        job: Subject(str(report), report.get_absolute_url() if key in opened else "")
        for job, key in of_job.items()
        if (report := reports.get(key))
    }
