"""The verbs of measures. Each is one transaction, kept in the history with who and why."""

from collections.abc import Iterable
from typing import Any

from fields.models import Guideline
from measures.models import Measure, MeasureGuideline, Milestone, RolloutCell
from network.models import Municipality
from smartregion.base.history import UNDO_REASON, event_model, recorded, tracked_fields, undo_last_change
from smartregion.base.text import german_slug

ADDRESSES_OF_PAGES = {"neu"}


def create_measure(
    *, measure: Measure, by: Any, reason: str = "", guidelines: Iterable[Guideline] = ()
) -> Measure:
    """Store a new measure with a roll-out cell for each municipality."""
    with recorded(by=by, reason=reason):
        measure.slug = measure.slug or _free_slug(measure)
        measure.save()
        measure.guidelines.set(guidelines)
        RolloutCell.objects.bulk_create(
            RolloutCell(measure=measure, municipality=municipality)
            for municipality in Municipality.objects.all()
        )
    return measure


def _free_slug(measure: Measure) -> str:
    slug = german_slug(measure.title) or german_slug(measure.no)
    taken = slug in ADDRESSES_OF_PAGES or Measure.objects.filter(slug=slug).exists()
    return f"{slug[:60]}-{german_slug(measure.no)}" if taken else slug


def undo_measure_change(*, measure: Measure, version: int | None, by: Any) -> None:
    """Take back the measure's last change, with the guidelines that were added or removed in it.

    Raises:
        EditConflict: the measure was changed after the change that the user wants to undo.
    """
    with recorded(by=by, reason=UNDO_REASON):
        last = event_model(Measure)._base_manager.filter(pgh_obj_id=measure.pk).order_by("pgh_id").last()
        undo_last_change(measure, version=version, by=by)
        links = event_model(MeasureGuideline)._base_manager.filter(
            measure_id=measure.pk,
            pgh_context_id=last.pgh_context_id,  # type: ignore[union-attr]
            pgh_created_at=last.pgh_created_at,  # type: ignore[union-attr]
        )
        for label, guideline in links.values_list("pgh_label", "guideline_id"):
            if label == "insert":
                measure.guideline_links.filter(guideline=guideline).delete()
            else:
                measure.guideline_links.get_or_create(guideline_id=guideline)


def delete_milestone(*, milestone: Milestone, by: Any, reason: str = "") -> None:
    with recorded(by=by, reason=reason):
        milestone.delete()


def restore_milestone(*, measure: Measure, pk: int, by: Any) -> Milestone:
    """Bring back a deleted milestone, as it last was, from the history.

    Raises:
        Milestone.DoesNotExist: this measure has no such milestone that was deleted.
    """
    event = (
        event_model(Milestone)
        ._base_manager.filter(pgh_obj_id=pk, measure_id=measure.pk)
        .order_by("pgh_id")
        .last()
    )
    if event is None or event.pgh_label != "delete":  # type: ignore[attr-defined]
        raise Milestone.DoesNotExist
    values = {field.attname: getattr(event, field.attname) for field in tracked_fields(Milestone)}
    with recorded(by=by, reason=UNDO_REASON):
        return Milestone.objects.create(**values)
