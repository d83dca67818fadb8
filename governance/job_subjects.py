"""What the jobs of committees were for."""

from collections.abc import Collection
from typing import Any

from governance.models import Minutes, MirrorRun
from smartregion.base.job_kinds import Subject


def minutes_with(keys: Collection[int], user: Any) -> dict[int, Subject]:
    visible = Minutes.objects.visible_to(user).filter(job__in=keys).select_related("meeting__committee")
    return {row.job_id: Subject(str(row), row.get_absolute_url()) for row in visible if row.job_id}


def mirrors_of(keys: Collection[int], user: Any) -> dict[int, Subject]:
    if not user.has_perm("governance.change_committee"):
        return {}
    runs = MirrorRun.objects.filter(job__in=keys).select_related("mirror")
    return {run.job_id: Subject(run.mirror.name, run.mirror.get_absolute_url()) for run in runs if run.job_id}
