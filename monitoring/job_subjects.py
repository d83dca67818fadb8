"""What the jobs of reports were for."""

from collections.abc import Collection
from typing import Any

from monitoring.models import Report
from smartregion.base.job_kinds import Subject


def reports_of(keys: Collection[int], user: Any) -> dict[int, Subject]:
    reports = Report.objects.visible_to(user).filter(job__in=keys).defer("snapshot")
    return {
        report.job_id: Subject(str(report), report.get_absolute_url()) for report in reports if report.job_id
    }
