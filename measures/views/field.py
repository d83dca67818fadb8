"""A field of action with its measures."""

from collections import Counter
from typing import Any

from django.views.generic import DetailView

from fields.models import ActionField
from measures.models import Measure
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.languages import German
from smartregion.base.panels import panels_for


class FieldView(RuledView, DetailView[ActionField]):
    """The field's text and the measures that the reader may see, with their number by phase and Ampel."""

    permission = PUBLIC
    queryset = ActionField.objects.select_related("concept")
    template_name = "measures/field.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        field = self.object
        measures = list(Measure.objects.visible_to(self.request.user).filter(field=field).for_list())
        phases = Counter(measure.phase for measure in measures)
        lights = Counter(measure.light for measure in measures)
        return super().get_context_data(
            crumbs=[(German(field.name), "")],
            field=field,
            measures=measures,
            by_phase=[(phase, phases[phase]) for phase in Measure.Phase],
            by_light=[(light, lights[light]) for light in Measure.Light],
            panels=panels_for("field", field, self.request.user),
            others=ActionField.objects.filter(concept=field.concept_id).exclude(pk=field.pk),
            **kwargs,
        )
