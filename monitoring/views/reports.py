"""Pages of reports: the list, the request, one report with its progress, its files."""

import json
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, ListView
from django_htmx.http import HttpResponseClientRefresh

from monitoring.forms.reports import ReportRequestForm
from monitoring.models import Report, ReportFile, ReportQuerySet
from monitoring.preview import preview
from monitoring.services.reports import request_report, retry
from smartregion.base.access import PUBLIC, RuledView, next_url
from smartregion.base.drafts import DraftedForm

CONTENT_TYPES = {
    ReportFile.Format.PDF: "application/pdf",
    ReportFile.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFile.Format.JSON: "application/json",
}


NAMED_BY_LINK = ("kind", "audience", "period", "start", "end")


class VisibleReports:
    """Whatever the user may not see is not there: 404, for visitors too."""

    request: HttpRequest

    def get_queryset(self) -> ReportQuerySet:
        return Report.objects.visible_to(self.request.user).select_related("job")


class ReportListView(RuledView, VisibleReports, ListView[Report]):
    permission = PUBLIC
    template_name = "monitoring/reports.html"

    def get_queryset(self) -> ReportQuerySet:
        return super().get_queryset().for_list().order_by("-as_of", "kind", "audience")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = list(self.get_queryset())
        sealed = [report for report in reports if report.is_sealed]
        return super().get_context_data(
            crumbs=[(_("Berichte"), "")],
            pending=[report for report in reports if not report.is_sealed],
            years=[
                (year, list(group)) for year, group in groupby(sealed, key=lambda report: report.as_of.year)
            ],
            **kwargs,
        )


class ReportRequestView(RuledView, DraftedForm, FormView[ReportRequestForm]):
    permission = "monitoring.request_report"
    writes = ("post",)
    form_class = ReportRequestForm
    template_name = "monitoring/report_form.html"

    def get_initial(self) -> dict[str, Any]:
        """A link may name what is asked for, as the workplace does with a missing report."""
        return {name: self.request.GET[name] for name in NAMED_BY_LINK if name in self.request.GET}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [(_("Berichte"), reverse("reports")), (_("Bericht anfordern"), "")]
        return super().get_context_data(crumbs=crumbs, **kwargs)

    def form_valid(self, form: ReportRequestForm) -> HttpResponse:
        asked = {name: form.cleaned_data[name] for name in ("kind", "audience", "period")}
        report = request_report(by=self.request.user, **asked)
        if report.is_sealed:
            messages.info(
                self.request, _("Diesen Bericht gibt es schon. Ein versiegelter Bericht ändert sich nicht.")
            )
        return HttpResponseRedirect(report.get_absolute_url())


class ReportView(RuledView, VisibleReports, DetailView[Report]):
    permission = PUBLIC
    template_name = "monitoring/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.object
        if report.is_sealed:
            files = report.files.defer("content")
            kwargs.update(preview=preview(json.loads(report.snapshot)), files=files)
        crumbs = [(_("Berichte"), reverse("reports")), (str(report), "")]
        return super().get_context_data(crumbs=crumbs, **kwargs)


class ReportProgressView(RuledView, VisibleReports, DetailView[Report]):
    """The bar alone, for a page that asks again and again. Says nothing while nothing has changed."""

    permission = PUBLIC
    template_name = "monitoring/_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report = self.get_object()
        if not report.job.is_open:
            return HttpResponseClientRefresh()
        if request.GET.get("state") == report.job.state:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, self.template_name, {"report": report})


class ReportRetryView(RuledView, VisibleReports, DetailView[Report]):
    permission = "monitoring.request_report"
    writes = ("post",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report = self.get_object()
        retry(report)
        return HttpResponseRedirect(next_url(request) or report.get_absolute_url())


class ReportFileView(RuledView):
    """A sealed file as it stands in the database. It never changes, so its checksum is its ETag."""

    permission = PUBLIC

    def get(self, request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
        files = ReportFile.objects.filter(report__in=Report.objects.visible_to(request.user).sealed())
        file = get_object_or_404(
            files.defer("content").select_related("report"), report=pk, format=file_format
        )
        etag = f'"{file.sha256}"'
        known = request.headers.get("If-None-Match", "")
        response: HttpResponse
        if etag in known:
            response = HttpResponseNotModified()
        else:
            response = HttpResponse(
                bytes(file.content), content_type=CONTENT_TYPES[ReportFile.Format(file.format)]
            )
            response["Content-Disposition"] = f'attachment; filename="{file.name}"'
            response["X-Content-Type-Options"] = "nosniff"
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response
