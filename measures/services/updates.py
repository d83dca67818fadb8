"""The verbs of status updates: write, approve, hand back."""

from datetime import timedelta
from typing import Any, Final

from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.models import Measure, StatusUpdate, Visibility
from smartregion.base.history import event_model, recorded, tracked_fields

SENT_TWICE_WITHIN: Final = timedelta(minutes=5)


def add_status_update(*, update: StatusUpdate, by: Any) -> StatusUpdate:
    """Store a new status update, or give back an equal one that its author wrote in the last few minutes.

    The measure is locked, so that a form that is sent twice at the same moment gives one update too.
    """
    with recorded(by=by):
        Measure.objects.select_for_update().get(pk=update.measure_id)
        update.author = by
        same = _just_written(update)
        if same is None:
            update.save()
    return same or update


def _just_written(update: StatusUpdate) -> StatusUpdate | None:
    """A row of the last few minutes that is this one in every field, also in how far it was handed in."""
    names = [field.attname for field in tracked_fields(StatusUpdate) if not field.primary_key]
    values = {name: getattr(update, name) for name in names if name != "version"}
    inserted = event_model(StatusUpdate)._base_manager.filter(
        pgh_label="insert", measure_id=update.measure_id, pgh_created_at__gte=now() - SENT_TWICE_WITHIN
    )
    return StatusUpdate.objects.filter(**values, pk__in=inserted.values("pgh_obj_id")).first()


def approve(update: StatusUpdate, visibility: str | None = None) -> None:
    """Set what an approved update is; without a visibility it gets the one that its author meant."""
    meant = Visibility.PUBLIC if update.for_public else Visibility.INTERNAL
    update.visibility = visibility or meant
    update.review, update.review_comment = "", ""


def approve_status_update(*, update: StatusUpdate, version: int | None, by: Any) -> StatusUpdate:
    """Approve a submitted update over the version that was read.

    Raises:
        EditConflict: somebody changed or approved it meanwhile.
    """
    with recorded(by=by, reason=_("Freigegeben")):
        approve(update)
        return update.save_over(version)


def take_over_light(*, update: StatusUpdate, version: int | None, by: Any) -> Measure:
    """Make the update's proposal the stated Ampel of its measure, over the measure's version that was read.

    Raises:
        EditConflict: somebody changed the measure meanwhile.
    """
    with recorded(by=by, reason=_("Vorschlag im Sachstand vom %s") % f"{update.on:%d.%m.%Y}"):
        measure = Measure.objects.select_for_update().get(pk=update.measure_id)
        measure.light, measure.light_reason = update.proposed_light, update.proposed_reason
        return measure.save_over(version)
