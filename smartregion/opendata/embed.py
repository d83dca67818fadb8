"""Small pages to be shown within other websites: the roll-out map, a field's state.

They are the only pages that may be framed. They have no form, no script and no cookie, and show everybody
what a visitor sees, so a website around them can neither learn nor set off anything.
"""

from collections import Counter
from typing import Any, Final

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_exempt

from fields.models import ActionField
from measures.models import COUNTING_RULE, Measure, RolloutCell
from measures.rollout_map import TONES, map_of_live_counts, map_of_measure
from network.models import Municipality, Region
from smartregion.base.access import PUBLIC, RuledView
from smartregion.opendata.datasets.measures import visible
from smartregion.opendata.resource import ANYBODY

LOOKS: Final = [
    ("", gettext_lazy("wie im Gerät der Lesenden")),
    ("hell", gettext_lazy("hell")),
    ("dunkel", gettext_lazy("dunkel")),
]
THEMES: Final = {"hell": "light", "dunkel": "dark"}
SHOWN_MEASURES: Final = 50


@method_decorator(xframe_options_exempt, name="dispatch")
@method_decorator(csp_replace({"frame-ancestors": ["*"]}), name="dispatch")
class EmbedView(RuledView):
    """Any website may frame it."""

    permission = PUBLIC
    http_method_names = ["get", "head", "options"]
    template_name = ""

    def content(self) -> dict[str, Any]:
        """What its template shows, with `page`, the address of the portal's page on the same."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        theme = THEMES.get(request.GET.get("darstellung", ""), "")
        context = {"theme": theme, "region": Region.objects.first(), **self.content()}
        response = render(request, self.template_name, context)
        response["Cache-Control"] = "public, max-age=300"
        return response


def _places() -> list[Municipality]:
    return list(Municipality.objects.all())


def _are_outlined(places: list[Municipality]) -> bool:
    return bool(places) and all(place.boundary for place in places)


class RolloutEmbedView(EmbedView):
    """The map with the number of measures that are live in each municipality."""

    template_name = "opendata/embed_map.html"

    def content(self) -> dict[str, Any]:
        places, measures = _places(), visible()
        as_tiles = not _are_outlined(places)
        return {
            "page": f"{reverse('map')}?massnahme=alle",
            "map": map_of_live_counts(measures, places, as_tiles=as_tiles),
            "as_tiles": as_tiles,
            "with_examples": measures.filter(is_example=True).exists(),
        }


class MeasureEmbedView(EmbedView):
    """The map of a measure: how far each municipality is."""

    template_name = "opendata/embed_map.html"

    def content(self) -> dict[str, Any]:
        measure = get_object_or_404(visible(), slug=self.kwargs["measure"])
        places = _places()
        as_tiles = not _are_outlined(places)
        return {
            "page": measure.get_absolute_url(),
            "measure": measure,
            "map": map_of_measure(measure, places, ANYBODY, as_tiles=as_tiles),
            "as_tiles": as_tiles,
            "stages": [(stage.short, tone) for stage, tone in TONES.items()],
            "counting_rule": COUNTING_RULE,
            "with_examples": measure.is_example,
        }


class FieldEmbedView(EmbedView):
    """A field of action with its measures and their states."""

    template_name = "opendata/embed_field.html"

    def content(self) -> dict[str, Any]:
        field = get_object_or_404(ActionField, slug=self.kwargs["field_of_action"])
        measures = visible().filter(field=field)
        live = RolloutCell.objects.filter(measure__in=measures.order_by(), stage=RolloutCell.Stage.LIVE)
        lights = Counter(measures.order_by().values_list("light", flat=True))
        return {
            "page": field.get_absolute_url(),
            "field": field,
            "measures": measures.order_by("no")[:SHOWN_MEASURES],
            "total": lights.total(),
            "lights": [(light, lights[light.value]) for light in Measure.Light if lights[light.value]],
            "live": live.order_by().values("municipality").distinct().count(),
            "with_examples": measures.filter(is_example=True).exists(),
        }
