"""The verbs of measures and roll-out. Each is one transaction, kept in the history with who and why."""

from typing import Any

from measures.models import Measure, RolloutCell
from network.models import Municipality
from smartregion.base.history import recorded
from smartregion.base.text import german_slug


def create_measure(*, measure: Measure, by: Any, reason: str = "") -> Measure:
    """Store a new measure with a roll-out cell for each municipality."""
    with recorded(by=by, reason=reason):
        measure.slug = measure.slug or _free_slug(measure)
        measure.save()
        RolloutCell.objects.bulk_create(
            RolloutCell(measure=measure, municipality=municipality) for municipality in Municipality.objects.all()
        )
    return measure


def _free_slug(measure: Measure) -> str:
    slug = german_slug(measure.title) or german_slug(measure.no)
    taken = Measure.objects.filter(slug=slug).exists()
    return f"{slug[:60]}-{german_slug(measure.no)}" if taken else slug
