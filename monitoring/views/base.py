"""What the pages of monitoring share: the way above them, and what those of one report have in common."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from monitoring.models import Report
from smartregion.base.access import RuledView, next_url

KEEP = "monitoring.request_report"


def steering_crumbs(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Monitoring"), reverse("dashboard")), *further]


def indicator_crumbs(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return steering_crumbs((_("Indikatoren"), reverse("indicators") if further else ""), *further)


def crumbs_of(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Berichte"), reverse("reports")), *further]


class OfReport(RuledView):
    """A page below `/berichte/<pk>/`. Whatever the user may not see is not there: 404, for visitors too."""

    page_title: Any = ""

    @cached_property
    def report(self) -> Report:
        visible = Report.objects.visible_to(self.request.user)
        return get_object_or_404(visible.for_list(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.report
        return super().get_context_data(  # type: ignore[misc]
            report=report,
            title=self.page_title,
            cancel_url=report.get_absolute_url(),
            crumbs=crumbs_of((str(report), report.get_absolute_url()), (self.page_title, "")),
            **kwargs,
        )


class ReportAct(OfReport):
    """POST takes the report one step on its way, and comes back to its page with the answer."""

    permission = KEEP
    writes = ("post",)
    http_method_names = ["get", "post", "options"]
    done_message: Any = ""

    def act(self, request: HttpRequest) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = next_url(request) or self.report.get_absolute_url()
        try:
            self.act(request)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            if self.done_message:
                messages.success(request, str(self.done_message))
        return HttpResponseRedirect(back)


class AskedAct(ReportAct, TemplateView):
    """An act that cannot be taken back: GET says what it will do and asks, POST does it."""

    template_name = "monitoring/step.html"
    submit_label: Any = ""
    question: Any = ""
    loss: Any = ""

    def consequences(self) -> list[str]:
        raise NotImplementedError

    def check_open(self) -> None:
        """Raises:
        ValidationError: the act is not to be taken now; nothing is asked then.
        """

    def sent(self) -> dict[str, str]:
        """What the form sends along."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.check_open()
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return HttpResponseRedirect(self.report.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            question=self.question,
            consequences=self.consequences(),
            loss=self.loss,
            sent=self.sent(),
            submit_label=self.submit_label,
            **kwargs,
        )
