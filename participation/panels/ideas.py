"""Ideas and consultations on the pages of other subjects."""

from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from fields.models import ActionField
from measures.models import Measure
from network.models import Municipality
from participation.models import Idea, Survey
from smartregion.base.panels import register

SHOWN: Final = 3
TEMPLATE: Final = "participation/_ideas_panel.html"


@register(subject="field", key="ideas", order=60, template=TEMPLATE)
def ideas_of_field(field: ActionField, user: Any) -> dict[str, Any]:
    """The newest ideas for a field, its running consultations, and the way to send an idea."""
    surveys = Survey.objects.running().filter(field=field)
    return _panel(Idea.objects.published().filter(field=field), surveys=surveys, field=field.slug)


@register(subject="municipality", key="ideas", order=60, template=TEMPLATE)
def ideas_of_municipality(municipality: Municipality, user: Any) -> dict[str, Any]:
    ideas = Idea.objects.published().filter(municipality=municipality)
    return _panel(ideas, surveys=Survey.objects.none(), municipality=municipality.slug)


@register(subject="measure", key="ideas", order=60, template="participation/_measure_panel.html")
def ideas_of_measure(measure: Measure, user: Any) -> dict[str, Any] | None:
    """The published ideas that the measure takes up."""
    ideas = list(Idea.objects.published().filter(measure=measure).newest().with_names()[:SHOWN])
    return {"ideas": ideas} if ideas else None


def _panel(ideas: Any, *, surveys: Any, **chosen: str) -> dict[str, Any]:
    query = urlencode(chosen)
    return {
        "ideas": list(ideas.newest().with_names()[:SHOWN]),
        "surveys": list(surveys[:SHOWN]),
        "list_url": f"{reverse('ideas')}?{query}",
        "add_url": f"{reverse('idea_add')}?{query}",
    }
