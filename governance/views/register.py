"""All resolutions, what of them is still open, and what became of a single one."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.export import OPEN_RULE, ResolutionExport
from governance.filters import OVERDUE, ResolutionFilter
from governance.models import FollowUp, Resolution
from governance.views.base import InCommittee
from governance.views.followups import with_seen_meetings
from governance.whereabouts import cells_then_and_now, effects_of, item_of, paper_of, stations_of
from measures.filters import query_with, tell_address
from measures.models import COUNTING_RULE
from measures.views.export import ExportView
from smartregion.base.access import PUBLIC, RuledView

PER_PAGE = 20
LAST_NOTED = 20
CONTROL_RULE = _(
    "Gezählt werden Aufträge aus Beschlüssen in Kraft, die das Gremium noch nicht als erledigt festgestellt "
    "hat, soweit die Beschlüsse für Sie sichtbar sind. Überfällig: Die Frist liegt vor dem heutigen Tag. "
    "Gemeldet: Die Umsetzung ist gemeldet, und die Feststellung des Gremiums steht aus; ein gemeldeter "
    "Auftrag kann auch überfällig sein."
)


class ResolutionListPage(RuledView):
    """All resolutions that the reader may see, newest first; the results alone for htmx."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = ResolutionFilter(request.GET, request.user)
        page = Paginator(chosen.qs.with_control(), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "filter": chosen,
            "filter_label": _("Beschlüsse filtern"),
            "page_obj": page,
            "page_query": query_with(request.GET).removeprefix("?"),
            "reset_url": request.path,
            "open_rule": OPEN_RULE,
        }
        if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
            context["announce"] = True
            response = render(request, "governance/_resolution_results.html", context)
            tell_address(request, response, f"{request.path}{query_with(request.GET)}")
        else:
            crumbs = [(_("Gremien"), reverse("committees")), (_("Beschlüsse"), "")]
            response = render(request, "governance/resolution_list.html", {**context, "crumbs": crumbs})
        patch_vary_headers(response, ["HX-Request"])
        return response


class ResolutionExportView(ExportView):
    """Exactly the resolutions that the list of the same query shows on all its pages."""

    def export_of(self, request: HttpRequest) -> ResolutionExport:
        origin = request.build_absolute_uri("/").rstrip("/")
        return ResolutionExport(request.GET, request.user, lambda path: f"{origin}{path}")

    def page_of(self, request: HttpRequest) -> str:
        return reverse("resolutions")

    def file_name(self) -> str:
        return "beschluesse"


class ControlPage(RuledView, TemplateView):
    """What is still to be done after resolutions (Beschlusskontrolle), by committee.

    `?frist=ueberfaellig` leaves what is overdue.
    """

    permission = PUBLIC
    template_name = "governance/control.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, localdate()
        visible = FollowUp.objects.visible_to(user).with_resolution()
        is_overdue_only = self.request.GET.get("frist") == OVERDUE
        shown = visible.open().overdue(today) if is_overdue_only else visible.open()
        return super().get_context_data(
            rows=list(shown.by_committee()),
            is_overdue_only=is_overdue_only,
            counts=visible.open().in_numbers(today),
            rule=CONTROL_RULE,
            noted=with_seen_meetings(visible.noted()[:LAST_NOTED], user),
            today=today,
            crumbs=[
                (_("Gremien"), reverse("committees")),
                (_("Beschlüsse"), reverse("resolutions")),
                (_("Beschlusskontrolle"), ""),
            ],
            **kwargs,
        )


class WhereaboutsPage(InCommittee, TemplateView):
    """From decision to effect; each part only as far as the reader may see it."""

    permission = PUBLIC
    template_name = "governance/whereabouts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        visible = self.visible(Resolution)
        resolution = get_object_or_404(visible.with_control(), pk=self.kwargs["pk"])
        item = item_of(resolution, user)
        paper = paper_of(item, user)
        own = (resolution.number, resolution.get_absolute_url())
        return super().get_context_data(
            committee=self.committee,
            resolution=resolution,
            item=item,
            paper=paper,
            stations=stations_of(paper, user),
            follow_ups=with_seen_meetings(resolution.follow_ups.all(), user),
            effects=effects_of(resolution, user),
            cells=cells_then_and_now(resolution, user),
            approved_by=visible.filter(approves=resolution).first(),
            superseded_by=visible.filter(supersedes=resolution).first(),
            counting_rule=COUNTING_RULE,
            crumbs=self.crumbs(own, (_("Was wurde daraus?"), "")),
            **kwargs,
        )
