"""Questions from the public on the page of a measure."""

from typing import Any

from django.utils.translation import gettext_lazy

from measures.models import Measure
from participation.models import Enquiry
from smartregion.base import clock
from smartregion.base.panels import register

SHOWN = 3


@register(
    subject="measure",
    key="questions",
    order=80,
    template="participation/_measure_questions.html",
    jump=("fragen", gettext_lazy("Frag nach")),
)
def questions_about(measure: Measure, _user: Any) -> dict[str, Any] | None:
    """The newest answered questions, and the way to ask one; of a past day nobody can be asked."""
    if clock.is_past() or measure.archived_at:
        return None
    published = Enquiry.objects.published(measure)
    return {"questions": published[:SHOWN], "more": max(0, published.count() - SHOWN)}
