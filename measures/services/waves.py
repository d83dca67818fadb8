"""The verbs of the wave plan: plan a measure's starts as a whole, take that back, answer a planned start."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from measures.models import Measure, PlannedStart, WavePlan
from smartregion.base.history import event_model, events_of, recorded, tracked_fields
from smartregion.base.undo import UNDO_REASON
from smartregion.base.versioned import EditConflict


def plan_starts(
    *, measure: Measure, version: int | None, quarters: Mapping[int, date | None], by: Any, reason: str = ""
) -> WavePlan:
    """Set the quarters of these municipalities (by key), over the plan in the version that was read.

    A municipality's answer was given to the quarter that it knew; a new quarter takes it away.

    Raises:
        EditConflict: the plan was saved by someone else since it was read.
    """
    with recorded(by=by, reason=reason):
        plan = WavePlan.objects.get_or_create(measure=measure)[0].save_over(version)
        starts = {start.municipality_id: start for start in measure.planned_starts.select_for_update()}
        for place, quarter in quarters.items():
            start = starts.get(place)
            if quarter is None and start is not None:
                start.delete()
            elif quarter is not None and start is None:
                PlannedStart.objects.create(measure=measure, municipality_id=place, quarter=quarter)
            elif quarter is not None and start is not None and start.quarter != quarter:
                start.quarter, start.answer, start.answer_reason = quarter, "", ""
                start.save_over(start.version)
    return plan


def undo_plan(*, plan: WavePlan, version: int | None, by: Any) -> WavePlan:
    """Take back all that the last saving of the plan did to its starts.

    Raises:
        EditConflict: the plan was saved since, or a municipality has answered to one of those starts.
    """
    with recorded(by=by, reason=UNDO_REASON):
        last: Any = events_of(WavePlan, pgh_obj_id=plan.pk).first()
        plan.save_over(version)
        list(PlannedStart.objects.filter(measure=plan.measure_id).order_by("pk").select_for_update())
        changed = events_of(PlannedStart, measure_id=plan.measure_id, pgh_context_id=last.pgh_context_id)
        for event in list(changed):
            if events_of(PlannedStart, pgh_obj_id=event.pgh_obj_id, pgh_id__gt=event.pgh_id).exists():
                raise EditConflict(plan)
            _take_back(event)
    return plan


def _take_back(event: Any) -> None:
    rows = PlannedStart.objects.filter(pk=event.pgh_obj_id)
    if event.pgh_label == "insert":
        rows.delete()
        return
    earlier = event_model(PlannedStart)._base_manager.filter(
        pgh_obj_id=event.pgh_obj_id, pgh_id__lt=event.pgh_id
    )
    source = event if event.pgh_label == "delete" else earlier.latest("pgh_id")
    values = {each.attname: getattr(source, each.attname) for each in tracked_fields(PlannedStart)}
    start = PlannedStart(**values)
    if event.pgh_label == "delete":
        start.save(force_insert=True)
    else:
        start.save_over(rows.get().version)


def answer_start(*, start: PlannedStart, version: int | None, by: Any) -> PlannedStart:
    """Keep what the municipality says (`answer`, `answer_reason`) to the quarter that it was shown.

    Raises:
        EditConflict: the start was planned anew, or answered, since it was shown.
        IntegrityError: "zu früh" lacks its reason.
    """
    with recorded(by=by):
        return start.save_over(version)
