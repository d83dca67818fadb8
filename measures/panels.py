"""What measures have to say on the pages of lower apps."""

from collections import Counter
from typing import Any

from fields.models import ActionField
from measures.models import Measure
from smartregion.base.panels import register


@register(subject="field", key="measures", order=10, template="measures/_field_panel.html")
def measures_of_field(field: ActionField, user: Any) -> dict[str, Any]:
    """The field's measures that the user may see, with their number by phase and by Ampel."""
    measures = list(Measure.objects.visible_to(user).filter(field=field).for_list())
    phases = Counter(measure.phase for measure in measures)
    lights = Counter(measure.light for measure in measures)
    return {
        "measures": measures,
        "by_phase": [(phase, phases[phase]) for phase in Measure.Phase],
        "by_light": [(light, lights[light]) for light in Measure.Light],
    }
