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
from monitoring.mails import told_of_release, told_of_seal
from monitoring.models import Audience, Report
from monitoring.offices import chair_office, coordination_office
from monitoring.services.reports import (
    approve_report,
    check_to_approve,
    check_to_release,
    give_back,
    release_report,
)
from monitoring.views.base import AskedAct, OfReport
from smartregion.base.drafts import DraftedForm


class ReportReleaseView(AskedAct):
    page_title = gettext_lazy("Bericht freigeben")
    submit_label = gettext_lazy("Freigeben")
    question = gettext_lazy("Haben Sie den Bericht gelesen, und soll er dem Vorsitz vorgelegt werden?")
    done_message = gettext_lazy("Freigegeben. Der Bericht liegt jetzt dem Vorsitz des Lenkungskreises vor.")

    def check_open(self) -> None:
        check_to_release(self.report)

    def consequences(self) -> list[str]:
        return [
            _("Der Bericht liegt danach dem Vorsitz des Lenkungskreises zur Genehmigung vor."),
            told_of_release(self.request.user),  # type: ignore[arg-type]
            _("Bis zur Genehmigung lässt er sich zurückgeben; danach bleibt er versiegelt, wie er ist."),
        ]

    def act(self, request: HttpRequest) -> None:
        release_report(report=self.report, by=request.user, office=coordination_office())


class ReportApproveView(AskedAct):
    """Approves what the report's page showed the checksum of, and nothing else."""

    permission = "monitoring.approve_report"
    page_title = gettext_lazy("Bericht genehmigen und versiegeln")
    submit_label = gettext_lazy("Genehmigen und versiegeln")
    question = gettext_lazy("Soll der Bericht so, wie Sie ihn gelesen haben, versiegelt werden?")
    loss = gettext_lazy(
        "Ein versiegelter Bericht lässt sich nicht mehr ändern, zurücknehmen oder löschen. Fehler werden nur "
        "noch durch eine Berichtigung daneben richtiggestellt."
    )
    done_message = gettext_lazy("Genehmigt: Der Bericht ist versiegelt und für seine Empfänger zu lesen.")

    def check_open(self) -> None:
        check_to_approve(self.report, by=self.request.user, sha256=self.request.GET.get("sha256", ""))

    def sent(self) -> dict[str, str]:
        return {"sha256": self.report.sha256}

    def consequences(self) -> list[str]:
        is_public = self.report.audience == Audience.PUBLIC
        return [
            _("Genehmigt wird genau die Fassung mit der Prüfsumme %s…") % self.report.sha256[:16],
            _("Der Bericht ist danach öffentlich zu lesen und herunterzuladen.")
            if is_public
            else _(
                "Lenkungskreis, Koordination und Administration können ihn danach lesen und herunterladen."
            ),
            told_of_seal(self.report),
        ]

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
