"""Errata of a sealed report: declared, approved, withdrawn."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from monitoring.forms.errata import ErratumForm
from monitoring.models import Erratum
from monitoring.offices import chair_office, coordination_office
from monitoring.services.errata import (
    approve_erratum,
    check_to_approve_erratum,
    declare_erratum,
    withdraw_erratum,
)
from monitoring.views.base import AskedAct, OfReport, ReportAct
from smartregion.base.drafts import DraftedForm


class ErratumAddView(OfReport, DraftedForm, FormView[ErratumForm]):
    permission = "monitoring.declare_erratum"
    writes = ("post",)
    form_class = ErratumForm
    template_name = "monitoring/form.html"
    page_title = gettext_lazy("Berichtigung erklären")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.report.is_sealed:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _(
            "Der versiegelte Bericht bleibt, wie er ist. Die Berichtigung steht daneben, sobald der Vorsitz "
            "sie genehmigt hat."
        )
        return super().get_context_data(lead=lead, submit_label=_("Dem Vorsitz vorlegen"), **kwargs)

    def form_valid(self, form: ErratumForm) -> HttpResponse:
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        try:
            erratum = declare_erratum(
                report=self.report, text=text, by=self.request.user, office=coordination_office()
            )
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        messages.success(self.request, _("Die Berichtigung liegt dem Vorsitz zur Genehmigung vor."))
        return HttpResponseRedirect(erratum.get_absolute_url())


class ErratumAct(ReportAct):
    @cached_property
    def erratum(self) -> Erratum:
        visible = Erratum.objects.visible_to(self.request.user).filter(report=self.report)
        return get_object_or_404(visible, pk=self.kwargs["erratum"])


class ErratumApproveView(ErratumAct, AskedAct):
    permission = "monitoring.approve_erratum"
    page_title = gettext_lazy("Berichtigung genehmigen")
    submit_label = gettext_lazy("Genehmigen")
    loss = gettext_lazy("Eine genehmigte Berichtigung lässt sich nicht mehr ändern oder zurückziehen.")
    done_message = gettext_lazy("Die Berichtigung ist genehmigt und steht am Bericht.")

    def check_open(self) -> None:
        check_to_approve_erratum(self.erratum, by=self.request.user)

    @property
    def question(self) -> str:
        return _("Soll diese Berichtigung am Bericht stehen: „%s“") % self.erratum.text

    def consequences(self) -> list[str]:
        return [
            _("Alle, die den Bericht lesen dürfen, sehen sie danach über ihm."),
            _("Niemand bekommt eine Mail."),
        ]

    def act(self, request: HttpRequest) -> None:
        approve_erratum(erratum=self.erratum, by=request.user, office=chair_office(request.user))


class ErratumWithdrawView(ErratumAct):
    permission = "monitoring.withdraw_erratum"
    done_message = gettext_lazy("Die Berichtigung ist zurückgezogen.")

    def act(self, request: HttpRequest) -> None:
        withdraw_erratum(erratum=self.erratum, by=request.user)
