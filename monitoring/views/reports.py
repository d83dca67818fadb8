"""Pages of reports: the list, a new one, one report in each of its states, its progress, its files."""

import json
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, TemplateView
from django_htmx.http import HttpResponseClientRefresh

from monitoring.filters import ReportFilter
from monitoring.forms.reports import ReportForm
from monitoring.journal import journal_of_report
from monitoring.models import Erratum, Report, ReportFile, ReportQuerySet
from monitoring.reading import read_snapshot
from monitoring.services.reports import draft_report, retry
from monitoring.views.base import KEEP, OfReport, ReportAct, crumbs_of
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.drafts import DraftedForm

ZIP = "application/zip"
OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {
    ReportFile.Format.PDF: "application/pdf",
    ReportFile.Format.DOCX: f"{OFFICE}.wordprocessingml.document",
    ReportFile.Format.XLSX: f"{OFFICE}.spreadsheetml.sheet",
    ReportFile.Format.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    ReportFile.Format.CSV: ZIP,
    ReportFile.Format.JSON: "application/json",
    ReportFile.Format.SLIDES: "application/pdf",
}
NAMED_BY_LINK = ("kind", "audience", "period", "start", "end", "municipality", "field", "measure", "template")
GIVEN_BACK, DRAFT = "given_back", Report.State.DRAFT.value
WAITING = {
    GIVEN_BACK: gettext_lazy("Zurückgegeben"),
    DRAFT: gettext_lazy("Entwürfe"),
    Report.State.TO_RELEASE.value: gettext_lazy("Warten auf Freigabe"),
    Report.State.TO_APPROVE.value: gettext_lazy("Warten auf Genehmigung"),
}
"""The list's parts above the sealed ones; what a job works on, or could not do, is a draft too."""


class ReportListView(RuledView, ListView[Report]):
    permission = PUBLIC
    template_name = "monitoring/reports.html"

    def get_queryset(self) -> ReportQuerySet:
        user = self.request.user
        self.filter = ReportFilter(self.request.GET, Report.objects.visible_to(user))
        errata = Prefetch("errata", Erratum.objects.visible_to(user), to_attr="visible_errata")
        shown: ReportQuerySet = self.filter.qs.for_list().prefetch_related(errata)
        return shown.order_by("-as_of", "kind", "audience", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = list(self.get_queryset())
        sealed = [report for report in reports if report.is_sealed]
        waiting: dict[str, list[Report]] = {part: [] for part in WAITING}
        for report in reports:
            if not report.is_sealed:
                waiting[_part_of(report)].append(report)
        return super().get_context_data(
            crumbs=[(_("Berichte"), "")],
            filter=self.filter,
            waiting=[(part, WAITING[part], rows) for part, rows in waiting.items() if rows],
            years=[
                (year, list(group)) for year, group in groupby(sealed, key=lambda report: report.as_of.year)
            ],
            comparable=len(sealed) > 1,
            **kwargs,
        )


def _part_of(report: Report) -> str:
    state = str(report.state)
    if state == DRAFT and report.return_reason:
        return GIVEN_BACK
    return state if state in WAITING else DRAFT


class ReportAddView(RuledView, DraftedForm, FormView[ReportForm]):
    permission = KEEP
    writes = ("post",)
    form_class = ReportForm
    template_name = "monitoring/report_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """A link may name what is asked for, as the workplace does with a missing report."""
        return {name: self.request.GET[name] for name in NAMED_BY_LINK if name in self.request.GET}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=crumbs_of((_("Neuer Bericht"), "")), **kwargs)

    def form_valid(self, form: ReportForm) -> HttpResponse:
        asked = {name: form.cleaned_data[name] for name in ("kind", "audience", "period", "scope")}
        report = draft_report(by=self.request.user, **asked)
        if report.state != Report.State.DRAFT:
            messages.info(self.request, _("Diesen Bericht gibt es schon: Hier ist er."))
        return HttpResponseRedirect(report.get_absolute_url())


class ReportView(OfReport, TemplateView):
    """The report as it stands: its texts, its progress, or what its snapshot says."""

    permission = PUBLIC
    template_name = "monitoring/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report, user = self.report, self.request.user
        if report.compiled_at:
            kwargs["reading"] = read_snapshot(json.loads(report.snapshot), user)
            kwargs["errata"] = Erratum.objects.visible_to(user).filter(report=report)
        elif report.is_draft:
            texts = {text.section: text for text in report.texts.all()}
            kwargs["texts"] = [texts[section] for section in report.sections]
        if user.has_perm("monitoring.read_journal"):
            kwargs["changes"] = journal_of_report(report)
        context = super().get_context_data(**kwargs)
        return {**context, "crumbs": crumbs_of((str(report), ""))}


class ReportProgressView(OfReport):
    """The bar alone, for a page that asks again and again. Says nothing while nothing has changed."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = self.report.job
        if job is None:
            raise Http404
        if not job.is_open:
            return HttpResponseClientRefresh()
        if request.GET.get("state") == job.state:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "monitoring/_progress.html", {"report": self.report})


class ReportRetryView(ReportAct):
    def act(self, request: HttpRequest) -> None:
        retry(self.report)


class ReportFileView(RuledView):
    """A file as it stands in the database. Its checksum is its ETag."""

    permission = PUBLIC

    def get(self, request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
        files = ReportFile.objects.filter(report__in=Report.objects.visible_to(request.user))
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
