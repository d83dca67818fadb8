"""What list, timeline and board have in common: all measures that the reader may see, under one filter."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.filters import MUNICIPALITY_RULE, MeasureFilter, filter_for, query_with, tell_address
from measures.saved_views import SavedViews
from smartregion.base.access import PUBLIC, RuledView

VIEWS = {
    "measures": gettext_lazy("Liste"),
    "measure_timeline": gettext_lazy("Zeitplan"),
    "measure_phases": gettext_lazy("Phasen"),
}


class OverviewView(RuledView):
    """A page over all measures with the filters in its address; the results alone for htmx.

    A subclass states `name` (of its address), `template_name`, `results_template`, and finds its `results`.
    """

    permission = PUBLIC
    name: str
    template_name: str
    results_template: str

    def results(self, chosen: MeasureFilter) -> dict[str, Any]:
        """What the results' template shows, with `page_obj` among it."""
        raise NotImplementedError

    def kept(self) -> dict[str, str]:
        """What of the address stays when the filters change: how the page shows, not what."""
        return {}

    def get(self, request: HttpRequest) -> HttpResponse:
        views = SavedViews(self.name, request.user)
        if views.default and not request.GET:
            return HttpResponseRedirect(views.default.get_absolute_url())
        chosen = filter_for(request.user, request.GET)
        kept = self.kept()
        context = {
            "filter": chosen,
            "kept": kept,
            "reset_url": views.without_default(f"{request.path}?{urlencode(kept)}" if kept else request.path),
            "saved_views": views,
            "page_query": query_with(request.GET).removeprefix("?"),
            "municipality_rule": MUNICIPALITY_RULE,
            "views": [
                {"label": label, "url": f"{reverse(name)}{chosen.query}", "current": name == self.name}
                for name, label in VIEWS.items()
            ],
            **self.results(chosen),
        }
        is_partial = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
        if is_partial:
            response = render(request, self.results_template, {**context, "announce": True})
            tell_address(request, response, f"{request.path}{query_with(request.GET)}")
        else:
            response = render(request, self.template_name, {**context, "crumbs": self.crumbs()})
        patch_vary_headers(response, ["HX-Request"])
        return response

    def crumbs(self) -> list[tuple[str, str]]:
        if self.name == "measures":
            return [(_("Maßnahmen"), "")]
        return [(_("Maßnahmen"), reverse("measures")), (str(VIEWS[self.name]), "")]
