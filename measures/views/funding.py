"""Funding over all measures: programmes, deadlines, totals; and the same to take home."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, TemplateView

from measures.export.money import FundingExport
from measures.filters import FundingFilter, query_with
from measures.forms.money import ProgrammeForm
from measures.funding_overview import overview_of
from measures.models import FundingProgramme
from measures.money import COUNTING_RULE, year_chart
from measures.views.export import Export, ExportView
from smartregion.base.access import RuledView
from smartregion.base.editing import TAKEN, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.versioned import Versioned

CHANGE = "measures.change_money"


class FundingView(RuledView, TemplateView):
    permission = "measures.view_money"
    template_name = "measures/funding.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = FundingFilter(self.request.GET, self.request.user)
        overview = overview_of(chosen, self.request.user)
        today = localdate()
        return super().get_context_data(
            crumbs=[(_("Maßnahmen"), reverse("measures")), (_("Förderung und Mittel"), "")],
            filter=chosen,
            reset_url=self.request.path,
            page_query=query_with(self.request.GET).removeprefix("?"),
            overview=overview,
            calloffs=[(calloff, calloff.is_overdue(today)) for calloff in overview.open_calloffs],
            chart=year_chart(overview.by_year) if overview.by_year else None,
            counting_rule=COUNTING_RULE,
            **kwargs,
        )


class FundingExportView(ExportView):
    """Exactly the figures of the overview of the same query."""

    permission = "measures.view_money"

    def export_of(self, request: HttpRequest) -> Export:
        return FundingExport(request.GET, request.user)

    def page_of(self, request: HttpRequest) -> str:
        return reverse("funding")

    def file_name(self) -> str:
        return "foerderung"


class ProgrammeFormMixin:
    model = FundingProgramme
    template_name: str | None = "measures/measure_form.html"
    title: Any = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        funding = reverse("funding")
        return super().get_context_data(  # type: ignore[misc]
            title=self.title,
            crumbs=[
                (_("Maßnahmen"), reverse("measures")),
                (_("Förderung und Mittel"), funding),
                (self.title, ""),
            ],
            cancel_url=funding,
            **kwargs,
        )


class ProgrammeAddView(ProgrammeFormMixin, RuledView, CreateView[FundingProgramme, ProgrammeForm]):
    permission = CHANGE
    writes = ("post",)
    form_class = ProgrammeForm
    title = gettext_lazy("Neues Förderprogramm")

    def form_valid(self, form: ProgrammeForm) -> HttpResponse:
        try:
            with recorded(by=self.request.user):
                programme = form.save()
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Das Förderprogramm ist angelegt."))
        return HttpResponseRedirect(programme.get_absolute_url())


class ProgrammeEditView(ProgrammeFormMixin, VersionedEditView):
    permission = CHANGE
    change_permission = CHANGE
    form_class = ProgrammeForm
    title = gettext_lazy("Förderprogramm bearbeiten")
    success_message = gettext_lazy("Das Förderprogramm ist gespeichert.")

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('programme_undo', args=[saved.pk])}?version={saved.version}"


class ProgrammeUndoView(UndoView):
    permission = CHANGE
    change_permission = CHANGE

    def get_object(self) -> FundingProgramme:
        return get_object_or_404(FundingProgramme, pk=self.kwargs["pk"])
