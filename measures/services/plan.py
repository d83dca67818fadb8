"""The verbs of a measure's plan that change more than one row."""

from typing import Any

from measures.models import Measure, Milestone, MilestoneLink
from smartregion.base.history import UNDO_REASON, event_model, recorded, restore_deleted


def restore_milestone(*, pk: int, measure: Measure, by: Any) -> Milestone:
    """Bring a deleted milestone back, with the dependencies that were deleted together with it.

    Raises:
        ObjectDoesNotExist: no such milestone of the measure was deleted, or it is there again.
        IntegrityError: a dependency would close a circle by now.
    """
    with recorded(by=by, reason=UNDO_REASON):
        milestone: Milestone = restore_deleted(Milestone, pk, by=by, measure_id=measure.pk)
        last = event_model(Milestone)._base_manager.filter(pgh_obj_id=pk, pgh_label="delete").latest("pgh_id")
        links = event_model(MilestoneLink)._base_manager.filter(
            pgh_label="delete",
            pgh_context__isnull=False,
            pgh_context_id=last.pgh_context_id,  # type: ignore[attr-defined]
        )
        ends = set(Milestone.objects.values_list("pk", flat=True))
        for link in links.values("milestone_id", "predecessor_id"):
            if ends.issuperset(link.values()):
                MilestoneLink.objects.get_or_create(**link)
    return milestone
