"""The verbs of status updates: write, approve, hand back."""

from typing import Any

from django.utils.translation import gettext as _

from measures.models import Measure, StatusUpdate, Visibility
from smartregion.base.history import recorded

WRITTEN = ["on", "text", "next_steps", "support_needed", "progress_felt", "proposed_light", "visibility"]


def add_status_update(*, update: StatusUpdate, by: Any) -> StatusUpdate:
    """Store a new status update, or give back the one that its author has just written with the same words.

    The measure is locked, so that a form that is sent twice at the same moment gives one update too.
    """
    with recorded(by=by):
        Measure.objects.select_for_update().get(pk=update.measure_id)
        words = {name: getattr(update, name) for name in WRITTEN}
        same = StatusUpdate.objects.filter(measure=update.measure_id, author=by, **words).first()
        if same is None:
            update.author = by
            update.save()
    return same or update


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


def take_over_light(*, update: StatusUpdate, by: Any) -> Measure:
    """Make the update's proposal the stated Ampel of its measure; the measure as it is by then."""
    with recorded(by=by, reason=_("Vorschlag im Sachstand vom %s") % f"{update.on:%d.%m.%Y}"):
        measure = Measure.objects.select_for_update().get(pk=update.measure_id)
        measure.light, measure.light_reason = update.proposed_light, update.proposed_reason
        return measure.save_over(measure.version)
