"""One change to many measures: all over the versions that were read, or none."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from measures.models import Measure
from smartregion.base.together import recorded_together


class ChangedMeanwhile(Exception):
    """Some of the measures are not any more what was read; nothing was changed.

    Attributes:
        measures: which ones.
    """

    def __init__(self, measures: list[Measure]) -> None:
        super().__init__(", ".join(measure.no for measure in measures))
        self.measures = measures


def bulk_edit(
    *, versions: Mapping[int, int], values: Mapping[str, Any], by: Any, reason: str = ""
) -> tuple[UUID, int]:
    """Give the measures these values; one that has them already is left alone.

    Args:
        versions: primary key to the version that was read.

    Returns:
        The sign to undo it by, and how many were changed.

    Raises:
        ChangedMeanwhile: one was changed or archived since it was read.
        Measure.DoesNotExist: one of them is none that the user may see.
    """
    with recorded_together(by=by, reason=reason) as sign:
        reachable = Measure.objects.reachable_by(by).filter(pk__in=versions)
        measures = list(reachable.select_for_update().order_by("pk"))
        if len(measures) != len(versions):
            raise Measure.DoesNotExist
        changed = [each for each in measures if each.archived_at or each.version != versions[each.pk]]
        if changed:
            raise ChangedMeanwhile(changed)
        others = [each for each in measures if differs(each, values)]
        for measure in others:
            for name, value in values.items():
                setattr(measure, name, value)
            measure.save_over(measure.version)
    return sign, len(others)


def differs(measure: Measure, values: Mapping[str, Any]) -> bool:
    return any(getattr(measure, name) != value for name, value in values.items())
