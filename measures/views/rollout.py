"""Roll-out of all measures in all municipalities: the matrix and the map."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.forms.rollout import MatrixFilter
from measures.matrix import matrix_rows
from measures.models import COUNTING_RULE, Measure, RolloutCell
from measures.rollout_map import map_of_live_counts, map_of_measure
from measures.saved_views import SavedViews
from network.models import Municipality
from smartregion.base.access import PUBLIC, RuledView

ROWS_PER_PAGE = 50
ALL_MEASURES = "alle"


class MatrixView(RuledView, TemplateView):
    """Every measure that the reader may see, by municipality, in pages of `ROWS_PER_PAGE`."""

    permission = PUBLIC
    template_name = "measures/rollout_matrix.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.saved_views = SavedViews("matrix", request.user)
        if self.saved_views.default and not request.GET:
            return HttpResponseRedirect(self.saved_views.default.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, query = self.request.user, self.request.GET
        visible = Measure.objects.visible_to(user).select_related("field").order_by("no")
        chosen = MatrixFilter(query, visible)
        page = Paginator(chosen.qs, ROWS_PER_PAGE).get_page(query.get("page"))
        places = list(Municipality.objects.defer("boundary"))
        others = query.copy()
        others.pop("page", None)
        return super().get_context_data(
            crumbs=[(_("Roll-out"), "")],
            filter=chosen,
            is_filtered=any(chosen.form.cleaned_data.values()),
            page_obj=page,
            page_query=others.urlencode(),
            municipalities=places,
            rows=list(matrix_rows(list(page), places, user)),
            stages=RolloutCell.Stage,
            counting_rule=COUNTING_RULE,
            saved_views=self.saved_views,
            reset_url=self.saved_views.without_default(reverse("matrix")),
            **kwargs,
        )


class MapView(RuledView, TemplateView):
    """One measure's roll-out, or the number of live measures, on tiles or within real boundaries."""

    permission = PUBLIC
    template_name = "measures/rollout_map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, query = self.request.user, self.request.GET
        visible = Measure.objects.visible_to(user).order_by("no")
        measures = list(visible)
        measure = self._chosen(measures, query.get("massnahme", ""))
        places = list(Municipality.objects.all())
        has_boundaries = bool(places) and all(place.boundary for place in places)
        as_tiles = query.get("ansicht") != "grenzen" or not has_boundaries
        return super().get_context_data(
            crumbs=[(_("Roll-out"), reverse("matrix")), (_("Karte"), "")],
            measures=measures,
            measure=measure,
            map=map_of_measure(measure, places, user, as_tiles=as_tiles)
            if measure
            else map_of_live_counts(visible, places, as_tiles=as_tiles),
            as_tiles=as_tiles,
            has_boundaries=has_boundaries,
            stages=RolloutCell.Stage,
            counting_rule=COUNTING_RULE,
            **kwargs,
        )

    def _chosen(self, measures: list[Measure], slug: str) -> Measure | None:
        """The measure of the address, the first one by default, None for all of them."""
        if slug == ALL_MEASURES:
            return None
        if not slug:
            return measures[0] if measures else None
        found = next((measure for measure in measures if measure.slug == slug), None)
        if found is None:
            raise Http404
        return found
