"""The verbs of measures. Each is one transaction, kept in the history with who and why."""

from collections.abc import Iterable
from itertools import chain, count
from typing import Any

from fields.models import Guideline
from measures.models import Measure, MeasureGuideline, RolloutCell
from network.models import Municipality
from smartregion.base.history import event_model, recorded
from smartregion.base.text import german_slug
from smartregion.base.undo import UNDO_REASON, undo_last_change
from smartregion.base.versioned import Versioned

ADDRESSES_OF_PAGES = {
    *{"ansichten", "gemeinsam", "kriterien", "neu", "phasen", "sammelbearbeitung", "zeitplan"},
}


def create_measure(
    *, measure: Measure, by: Any, reason: str = "", guidelines: Iterable[Guideline] = ()
) -> Measure:
    """Store a new measure with a roll-out cell for each municipality."""
    with recorded(by=by, reason=reason):
        measure.slug = measure.slug or free_slug(
            Measure, measure.title, measure.no, "massnahme", pages=ADDRESSES_OF_PAGES
        )
        measure.save()
        measure.guidelines.set(guidelines)
        RolloutCell.objects.bulk_create(
            RolloutCell(measure=measure, municipality=municipality)
            for municipality in Municipality.objects.all()
        )
    return measure


def free_slug(model: Any, *words: str, pages: set[str]) -> str:
    """From the first of the words that gives one, with a number of its own where that is taken."""
    word = next(filter(None, map(german_slug, words)))
    taken = pages.union(model.objects.filter(slug__startswith=word).values_list("slug", flat=True))
    numbered = (f"{word}-{number}" for number in count(2))
    return next(slug for slug in chain([word], numbered) if slug not in taken)


def undo_measure_change(*, measure: Measure, version: int | None, by: Any) -> Versioned:
    """Take back the measure's last change, with the guidelines that were added or removed in it.

    Raises:
        EditConflict: the measure was changed after the change that the user wants to undo.
    """
    with recorded(by=by, reason=UNDO_REASON):
        last = event_model(Measure)._base_manager.filter(pgh_obj_id=measure.pk).order_by("pgh_id").last()
        restored = undo_last_change(measure, version=version, by=by)
        links = event_model(MeasureGuideline)._base_manager.filter(
            measure_id=measure.pk,
            pgh_context__isnull=False,
            pgh_context_id=last.pgh_context_id,  # type: ignore[union-attr]
        )
        for label, guideline in links.values_list("pgh_label", "guideline_id"):
            if label == "insert":
                measure.guideline_links.filter(guideline=guideline).delete()
            else:
                measure.guideline_links.get_or_create(guideline_id=guideline)
    return restored
