"""The verbs of a measure's plan that change more than one row."""

from typing import Any

from measures.models import Measure, Milestone, MilestoneLink, Task, TeamMember
from smartregion.base.history import event_model, recorded
from smartregion.base.undo import UNDO_REASON, restore_deleted


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


def restore_task(*, pk: int, measure: Measure, by: Any) -> Task:
    """Bring a deleted task back, without its seat where the team has that no more.

    Raises:
        ObjectDoesNotExist: no such task of the measure was deleted, or it is there again.
    """

    def leave_seat(task: Task) -> None:
        if not TeamMember.objects.filter(pk=task.seat_id or 0, measure=measure).exists():
            task.seat = None

    task: Task = restore_deleted(Task, pk, by=by, adjust=leave_seat, measure_id=measure.pk)
    return task
