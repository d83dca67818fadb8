"""The ideas that everybody reads: the list, and the page of one with its way."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from measures.filters import query_with, tell_address
from participation.filters import IdeaFilter
from participation.models import Idea, Survey
from participation.paging import bounded_page
from participation.place_map import place_map
from participation.way import way_of
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.changes import changes_of
from smartregion.base.languages import German

MANAGE = "participation.manage_ideas"


class IdeaListPage(RuledView):
    """All published ideas, newest or most supported first; the results alone for htmx."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = IdeaFilter(request.GET, request.user)
        context: dict[str, Any] = {
            "filter": chosen,
            "filter_label": _("Ideen filtern"),
            "page_obj": bounded_page(request, chosen.qs.with_names()),
            "page_query": query_with(request.GET).removeprefix("?"),
            "reset_url": request.path,
        }
        if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
            response = render(request, "participation/_idea_results.html", {**context, "announce": True})
            tell_address(request, response, f"{request.path}{query_with(request.GET)}")
        else:
            context |= {
                "crumbs": [(_("Ideen"), "")],
                "running": list(Survey.objects.running()[:3]),
                "number_waiting": Idea.objects.waiting().count() if request.user.has_perm(MANAGE) else 0,
            }
            response = render(request, "participation/idea_list.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response


class IdeaPage(RuledView):
    permission = PUBLIC

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What went up in another idea leads there, if it was ever public."""
        manages = request.user.has_perm(MANAGE)
        gone_up = Idea.objects.filter(pk=pk, published_at__isnull=False, merged_into__isnull=False)
        if not manages and (merged := gone_up.first()) and merged.end().is_published:
            return HttpResponseRedirect(merged.end().get_absolute_url())
        visible = Idea.objects.visible_to(request.user).with_names().select_related("merged_into")
        idea = get_object_or_404(visible, pk=pk)
        context: dict[str, Any] = {
            "idea": idea,
            "stations": way_of(idea, request.user),
            "map": place_map((idea.longitude, idea.latitude)) if idea.has_point else None,  # type: ignore[arg-type]
            "manages": manages,
            "changes": changes_of(idea) if manages else None,
            "crumbs": [(_("Ideen"), reverse("ideas")), (German(idea.title), "")],
        }
        return render(request, "participation/idea.html", context)
