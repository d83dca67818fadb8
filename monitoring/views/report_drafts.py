"""Pages of a draft: its texts, its previews, letting it be compiled, discarding it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from monitoring.compile import compile_pdf
from monitoring.forms.reports import ReportTextForm
from monitoring.models import Report, ReportText
from monitoring.reading import read_snapshot
from monitoring.services.reports import compile_report, discard_draft, restore_draft
from monitoring.snapshot import build_first_snapshot
from monitoring.snapshot.schema import Snapshot
from monitoring.snapshot.world import NoData
from monitoring.views.base import KEEP, OfReport, ReportAct, crumbs_of
from smartregion.base.editing import RestoreView, UndoView, VersionedEditView
from smartregion.base.typst import CompileError
from smartregion.base.versioned import Versioned


class OfText(OfReport):
    permission = KEEP
    change_permission = KEEP

    def get_queryset(self) -> QuerySet[ReportText]:
        return ReportText.objects.filter(report=self.report).select_related("report")

    def find_text(self) -> ReportText:
        return get_object_or_404(self.get_queryset(), section=self.kwargs["section"])


class ReportTextView(OfText, VersionedEditView):
    """One text: the form alone for htmx, in its place; a page of its own without JavaScript."""

    model = ReportText
    form_class = ReportTextForm
    template_name = "monitoring/report_text.html"
    success_message = gettext_lazy("Gespeichert.")

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        return self.find_text()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.report.is_draft:
            raise Http404
        response = super().get(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        in_place = self.request.htmx and self.request.method == "GET"  # type: ignore[attr-defined]
        return ["monitoring/_report_text_form.html"] if in_place else [self.template_name]

    def form_valid(self, form: Any) -> HttpResponse:
        if self.report.is_draft:
            return super().form_valid(form)
        return self.show_what_came_too_late(form)

    def show_what_came_too_late(self, form: Any) -> HttpResponse:
        """Somebody let the report be compiled meanwhile: what was typed is shown, so that it is not lost."""
        form.add_error(
            None,
            _("Nicht gespeichert: Der Bericht ist kein Entwurf mehr. Geben Sie ihn zuerst zurück."),
        )
        return render(self.request, self.template_name, self.get_context_data(form=form), status=409)

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_keep_url(self, saved: Any) -> str:
        return str(saved.get_absolute_url())

    def get_undo_url(self, saved: Versioned) -> str:
        undo = reverse("report_text_undo", args=[self.report.pk, self.kwargs["section"]])
        return f"{undo}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.find_text()
        context = super().get_context_data(text=text, **kwargs)
        title = _("Text: %s") % text.get_section_display()
        above = (str(self.report), self.report.get_absolute_url())
        own = {"title": title, "cancel_url": text.get_absolute_url(), "crumbs": crumbs_of(above, (title, ""))}
        return {**context, **own}


class ReportTextUndoView(OfText, UndoView):
    def get_object(self) -> ReportText:
        return self.find_text()

    def check_restored(self, before: Any, restored: Any) -> None:
        if not self.report.is_draft:
            raise ValidationError(_("Der Bericht ist kein Entwurf mehr."))


class PreviewOf(OfReport):
    """What would be compiled now, of a draft only; nothing of it is kept."""

    permission = KEEP

    def snapshot(self) -> Snapshot:
        """Raises:
        NoData: see `read_first_world`.
        """
        if not self.report.is_draft:
            raise Http404
        with transaction.atomic():
            return build_first_snapshot(self.report)

    def explain(self, error: Exception) -> HttpResponse:
        messages.warning(self.request, str(error))
        return HttpResponseRedirect(self.report.get_absolute_url())


class ReportPreviewView(PreviewOf, TemplateView):
    template_name = "monitoring/report_preview.html"
    page_title = gettext_lazy("Vorschau")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            reading = read_snapshot(self.snapshot(), request.user)
        except NoData as error:
            return self.explain(error)
        return self.render_to_response(self.get_context_data(reading=reading))


class ReportPreviewPdfView(PreviewOf):
    """The PDF with "ENTWURF" on every page and without a checksum, so that nobody takes it for the report."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            content = compile_pdf(self.snapshot(), draft=True)
        except (NoData, CompileError) as error:
            return self.explain(error)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{self.report.slug}-entwurf.pdf"'
        return response


class ReportCompileView(ReportAct):
    def act(self, request: HttpRequest) -> None:
        compile_report(self.report, by=request.user)


class ReportDiscardView(OfReport, TemplateView):
    """Asks before a draft is discarded; the message offers to bring it back."""

    permission = KEEP
    writes = ("post",)
    template_name = "monitoring/report_discard.html"
    page_title = gettext_lazy("Entwurf verwerfen")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.report.is_draft:
            raise Http404
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report, pk = self.report, self.report.pk
        try:
            discard_draft(report=report, by=request.user)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return HttpResponseRedirect(report.get_absolute_url())
        undo = reverse("report_restore", args=[pk])
        messages.success(request, _("Der Entwurf „%s“ ist verworfen.") % report, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(reverse("reports"))


class ReportRestoreView(RestoreView):
    permission = KEEP
    model = Report

    def restore(self, pk: int) -> Report:
        return restore_draft(pk, by=self.request.user)

    def get_back_url(self) -> str:
        return reverse("reports")
