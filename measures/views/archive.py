"""Archiving a measure and bringing it back."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from measures.models import Measure
from measures.services.archive import archive_measure, unarchive_measure
from smartregion.base.access import SIGNED_IN, RuledView
from smartregion.base.versioned import EditConflict, version_in

CHANGED = gettext_lazy("Inzwischen hat jemand die Maßnahme geändert. Bitte sehen Sie sie noch einmal an.")


def undo_together_url(sign: Any) -> str:
    return reverse("measures_undo_together", args=[sign])


class MeasureArchiveView(RuledView, DetailView[Measure]):
    """Asks first, since the measure leaves all lists."""

    permission = SIGNED_IN
    writes = ("post",)
    template_name = "measures/measure_archive.html"

    def get_queryset(self) -> QuerySet[Measure]:
        return Measure.objects.visible_to(self.request.user)

    def get_object(self, queryset: QuerySet[Measure] | None = None) -> Measure:
        measure = super().get_object(queryset)
        self.require("measures.change_measure", measure)
        return measure

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure = self.object
        crumbs = [(_("Maßnahmen"), reverse("measures")), (measure.title, measure.get_absolute_url())]
        return super().get_context_data(crumbs=[*crumbs, (_("Archivieren"), "")], **kwargs)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        measure = self.get_object()
        version = version_in(request.POST.get("version", ""))
        try:
            sign = archive_measure(measure=measure, version=version, by=request.user)
        except EditConflict:
            messages.warning(request, str(CHANGED))
        else:
            messages.success(
                request,
                _("„%s“ ist archiviert.") % measure.title,
                extra_tags=f"undo {undo_together_url(sign)}",
            )
        return HttpResponseRedirect(measure.get_absolute_url())


class MeasureUnarchiveView(RuledView):
    permission = SIGNED_IN
    writes = ("post",)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        measure = get_object_or_404(Measure.objects.reachable_by(request.user), slug=slug)
        self.require("measures.restore_measure", measure)
        try:
            unarchive_measure(
                measure=measure, version=version_in(request.POST.get("version", "")), by=request.user
            )
        except EditConflict:
            messages.warning(request, str(CHANGED))
        else:
            messages.success(request, _("„%s“ ist wieder in allen Listen.") % measure.title)
        return HttpResponseRedirect(measure.get_absolute_url())
