"""Roll-out of all measures in all municipalities: the matrix and the map."""

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.filters import MatrixFilter, query_with, tell_address
from measures.filters.rollout import blocked_rule
from measures.matrix import matrix_rows
from measures.models import COUNTING_RULE, Measure, RolloutCell
from measures.rollout_map import map_of_live_counts, map_of_measure
from measures.saved_views import SavedViews
from measures.views.cell_drawer import drawer_of
from measures.views.in_time import InTimeView
from network.models import Municipality
from smartregion.base import clock
from smartregion.base.access import PUBLIC
from smartregion.base.occasions import last_occasion

ROWS_PER_PAGE: Final = 50
MOST_COLUMNS: Final = 40
COLUMNS_AT_ONCE: Final = 20
ROWS_AT_ONCE: Final = 25
"""A page's window of columns and rows, where there are more than `MOST_COLUMNS` municipalities."""
ALL_MEASURES: Final = "alle"


class MatrixView(InTimeView):
    """Every measure that the reader may see, by municipality, in pages; the results alone for htmx."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        user, query = request.user, request.GET
        saved_views = SavedViews("matrix", user)
        if saved_views.default and not query:
            return HttpResponseRedirect(saved_views.default.get_absolute_url())
        visible = Measure.objects.visible_to(user).only("no", "title", "slug").order_by("no")
        chosen = MatrixFilter(query, visible, user=user)
        context = {
            "filter": chosen,
            "page_query": query_with(query, zelle=None).removeprefix("?"),
            "stages": RolloutCell.Stage,
            "counting_rule": COUNTING_RULE,
            "blocked_rule": blocked_rule(),
            "saved_views": saved_views,
            "reset_url": saved_views.without_default(reverse("matrix")),
            **self._table(chosen),
        }
        is_partial = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
        if is_partial:
            response = render(request, "measures/_matrix_results.html", {**context, "announce": True})
            tell_address(request, response, f"{request.path}{query_with(query, zelle=None)}")
        else:
            context["crumbs"] = [(_("Roll-out"), "")]
            if place := query.get("zelle"):
                context |= drawer_of(user, *place.partition("/")[::2], page=request.get_full_path())
            response = render(request, "measures/rollout_matrix.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _table(self, chosen: MatrixFilter) -> dict[str, Any]:
        user, query = self.request.user, self.request.GET
        places, columns = chosen.places, None
        if len(places) > MOST_COLUMNS:
            columns = Paginator(places, COLUMNS_AT_ONCE).get_page(query.get("columns"))
            places = list(columns)
        page = Paginator(chosen.qs, ROWS_AT_ONCE if columns else ROWS_PER_PAGE).get_page(query.get("page"))
        report = last_occasion("report", user)
        rows = matrix_rows(
            list(page),
            places,
            user,
            all_places=chosen.all_places,
            compared_with=report.moment if report else None,
            beside=self._beside() if clock.is_past() else "",
        )
        return {
            "page_obj": page,
            "columns": _windows(columns) if columns else None,
            "column_query": query_with(query, zelle=None, columns=None).removeprefix("?"),
            "municipalities": places,
            "report": report,
            "rows": list(rows),
        }

    def _beside(self) -> str:
        """Where a cell opens beside this page: that of its municipality shows no past day."""
        query = query_with(self.request.GET, zelle=None, page=self.request.GET.get("page"))
        return f"{self.request.path}{query}{'&' if query else '?'}zelle="


def _windows(columns: Page[Municipality]) -> list[dict[str, Any]]:
    """Every window of columns with the first and the last name in it."""
    windows = []
    for number in columns.paginator.page_range:
        places = list(columns.paginator.page(number))
        label = f"{places[0].name} – {places[-1].name}"
        windows.append({"number": number, "label": label, "current": number == columns.number})
    return windows


class MapView(InTimeView, TemplateView):
    """One measure's roll-out, or the number of live measures, on tiles or within real boundaries."""

    permission = PUBLIC
    template_name = "measures/rollout_map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, query = self.request.user, self.request.GET
        visible = Measure.objects.visible_to(user).order_by("no")
        chosen = MatrixFilter(query, visible, user=user)
        found = list(chosen.qs)
        measure = self._chosen(found, visible, query.get("massnahme", ""))
        places = list(Municipality.objects.all())
        has_boundaries = bool(places) and all(place.boundary for place in places)
        as_tiles = query.get("ansicht") != "grenzen" or not has_boundaries
        wanted = {place.pk for place in chosen.places}
        return super().get_context_data(
            crumbs=[(_("Roll-out"), reverse("matrix")), (_("Karte"), "")],
            filter=chosen,
            measures=found if measure is None or measure in found else [measure, *found],
            is_beside_filter=measure is not None and measure not in found,
            measure=measure,
            map=map_of_measure(
                measure, places, user, as_tiles=as_tiles, wanted=wanted, stage=chosen.active.get("stage", "")
            )
            if measure
            else map_of_live_counts(chosen.qs, places, as_tiles=as_tiles, wanted=wanted),
            as_tiles=as_tiles,
            has_boundaries=has_boundaries,
            stages=RolloutCell.Stage,
            counting_rule=COUNTING_RULE,
            blocked_rule=blocked_rule(),
            **kwargs,
        )

    def _chosen(self, found: list[Measure], visible: Any, slug: str) -> Measure | None:
        """The measure of the address, whatever the filter; the first one found by default, None for all."""
        if slug == ALL_MEASURES:
            return None
        if not slug:
            return found[0] if found else None
        measure: Measure | None = next((measure for measure in found if measure.slug == slug), None)
        measure = measure or visible.filter(slug=slug.replace("\0", "")).first()
        if measure is None:
            raise Http404
        return measure
