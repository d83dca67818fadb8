"""The way of a compiled report: released, approved, or given back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from monitoring.forms.reports import ReturnForm
from monitoring.models import Report
from monitoring.offices import chair_office, coordination_office
from monitoring.services.reports import approve_report, give_back, release_report
from monitoring.views.base import OfReport, ReportAct
from smartregion.base.drafts import DraftedForm


class ReportReleaseView(ReportAct):
    done_message = gettext_lazy("Freigegeben. Der Bericht liegt jetzt dem Vorsitz des Lenkungskreises vor.")

    def act(self, request: HttpRequest) -> None:
        release_report(report=self.report, by=request.user, office=coordination_office())


class ReportApproveView(ReportAct):
    """Approves what the form shows the checksum of, and nothing else."""

    permission = "monitoring.approve_report"
    done_message = gettext_lazy("Genehmigt: Der Bericht ist versiegelt und für seine Empfänger zu lesen.")

    def act(self, request: HttpRequest) -> None:
        approve_report(
            report=self.report,
            by=request.user,
            office=chair_office(request.user),
            sha256=request.POST.get("sha256", ""),
        )


class ReportReturnView(OfReport, DraftedForm, FormView[ReturnForm]):
    """Asks why; afterwards the report is a draft again, which the chair does not see."""

    permission = "monitoring.give_back_report"
    writes = ("post",)
    form_class = ReturnForm
    template_name = "monitoring/form.html"
    page_title = gettext_lazy("Bericht zurückgeben")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.report.state not in {Report.State.TO_RELEASE, Report.State.TO_APPROVE}:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _(
            "Der Bericht wird wieder ein Entwurf. Seine Texte bleiben, die Dateien entstehen später neu."
        )
        return super().get_context_data(lead=lead, submit_label=_("Zurückgeben"), **kwargs)

    def form_valid(self, form: ReturnForm) -> HttpResponse:
        try:
            give_back(report=self.report, reason=form.cleaned_data["reason"], by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        messages.success(self.request, _("Der Bericht ist zurückgegeben."))
        is_still_seen = Report.objects.visible_to(self.request.user).filter(pk=self.report.pk).exists()
        return HttpResponseRedirect(self.report.get_absolute_url() if is_still_seen else reverse("reports"))
