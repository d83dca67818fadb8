"""Mein Arbeitsplatz: what needs the account now, most urgent first, and the number of it for the frame."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from smartregion.base.access import SIGNED_IN, RuledView
from smartregion.base.worklist import Group, Severity, kinds, worklist_for

IN_GROUP, PER_PAGE = 5, 25
ALL = "alle"


class WorkplaceView(RuledView, TemplateView):
    """The groups with their first entries; with `?art=` one kind, or "alle" by urgency, in full and paged.

    A kind that does not exist is ignored; one that has become empty says so.
    """

    permission = SIGNED_IN
    template_name = "smartregion/workplace.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = worklist_for(self.request.user, localdate())
        entries = [entry for group in groups for entry in group.entries]
        chosen = self._chosen(groups)
        page = Paginator(chosen.entries, PER_PAGE).get_page(self.request.GET.get("page")) if chosen else None
        return super().get_context_data(
            crumbs=[(_("Mein Arbeitsplatz"), "")],
            groups=groups,
            shown=[(g, g.entries[:IN_GROUP], max(0, len(g.entries) - IN_GROUP)) for g in groups],
            total=len(entries),
            urgent=sum(entry.severity == Severity.NOW for entry in entries),
            chosen=chosen,
            page_obj=page,
            page_query=f"art={chosen.key}" if chosen else "",
            here=self.request.get_full_path(),
            **kwargs,
        )

    def _chosen(self, groups: list[Group]) -> Group | None:
        key = self.request.GET.get("art", "")
        if key == ALL:
            entries = [entry for group in groups for entry in group.entries]
            return Group(ALL, _("Alles nach Dringlichkeit"), sorted(entries, key=lambda entry: entry.urgency))
        labels = kinds()
        if key not in labels:
            return None
        return next((group for group in groups if group.key == key), Group(key, labels[key], []))


class WorkplaceCountView(RuledView):
    """The number alone, asked for when the account's menu is opened, so that no other page pays for it."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        groups = worklist_for(request.user, localdate())
        return render(
            request,
            "smartregion/_workplace_count.html",
            {"total": sum(len(group.entries) for group in groups)},
        )
