"""How a measure spreads: its curve, its map, and the municipalities by stage."""

from typing import Any

from django.utils.timezone import localdate

from measures.diffusion import DIFFUSION_RULE, curve_of
from measures.matrix import rollout_summary
from measures.models import COUNTING_RULE, RolloutCell
from measures.models.ladder import WAY
from measures.rollout_map import map_of_measure
from measures.views.page import MeasurePageView
from network.models import Municipality


class DiffusionView(MeasurePageView):
    page = "measure_diffusion"
    template_name = "measures/measure_diffusion.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        summary = rollout_summary(self.object)
        places = list(Municipality.objects.defer("boundary"))
        found = map_of_measure(self.object, places, self.request.user, as_tiles=True)
        return super().get_context_data(
            curve=curve_of(summary["cells"], affected=summary["figures"].affected, today=localdate()),
            diffusion_rule=DIFFUSION_RULE,
            map=found,
            figures=summary["figures"],
            by_stage=_by_stage(summary["cells"]),
            counting_rule=COUNTING_RULE,
            **kwargs,
        )


def _by_stage(cells: list[RolloutCell]) -> list[tuple[Any, list[RolloutCell]]]:
    """From regular operation backwards, then what is off the way; only stages that somebody has."""
    order = [*reversed(WAY), *(stage for stage in RolloutCell.Stage if stage not in WAY)]
    groups = ((stage, [cell for cell in cells if cell.stage == stage]) for stage in order)
    return [(stage, group) for stage, group in groups if group]
