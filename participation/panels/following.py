"""The way to follow the subject of a page."""

from typing import Any

from fields.models import ActionField
from measures.models import Measure, Visibility
from measures.public_news import FIELDS, MEASURES, MUNICIPALITIES
from network.models import Municipality
from smartregion.base.panels import register

FOLLOW = "participation/_follow_panel.html"


@register(subject="field", key="follow", order=90, template=FOLLOW)
def follow_field(field: ActionField, user: Any) -> dict[str, Any]:
    return {"kind": FIELDS, "topic": field.slug}


@register(subject="measure", key="follow", order=90, template=FOLLOW)
def follow_measure(measure: Measure, user: Any) -> dict[str, Any] | None:
    """Only what everybody can read can be followed."""
    if measure.visibility != Visibility.PUBLIC or measure.archived_at:
        return None
    return {"kind": MEASURES, "topic": measure.slug}


@register(subject="municipality", key="follow", order=90, template=FOLLOW)
def follow_municipality(municipality: Municipality, user: Any) -> dict[str, Any]:
    return {"kind": MUNICIPALITIES, "topic": municipality.slug}
