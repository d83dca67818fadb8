"""Templates of custom reports: list, new, edit, delete with a way back, and a report made from one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, ListView, TemplateView

from monitoring.forms.templates import ReportTemplateForm
from monitoring.models import ReportTemplate
from monitoring.templates_in_words import in_words
from monitoring.views.base import crumbs_of
from smartregion.base.access import RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict, Versioned, version_in

KEEP = "monitoring.keep_templates"
TEMPLATES = gettext_lazy("Berichtsvorlagen")


class TemplatesPage(RuledView):
    permission = KEEP
    title: Any = TEMPLATES

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = [] if self.title is TEMPLATES else [(str(TEMPLATES), reverse("report_templates"))]
        return super().get_context_data(  # type: ignore[misc]
            title=self.title,
            crumbs=crumbs_of(*above, (self.title, "")),
            cancel_url=reverse("report_templates"),
            **kwargs,
        )


class ReportTemplateListView(TemplatesPage, ListView[ReportTemplate]):
    template_name = "monitoring/report_templates.html"

    def get_queryset(self) -> QuerySet[ReportTemplate]:
        return ReportTemplate.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=in_words(self.get_queryset()), **kwargs)


class ReportTemplateAddView(TemplatesPage, DraftedForm, CreateView[ReportTemplate, ReportTemplateForm]):
    writes = ("post",)
    model = ReportTemplate
    form_class = ReportTemplateForm
    template_name = "monitoring/form.html"
    title = gettext_lazy("Neue Vorlage")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": ReportTemplate()}

    def form_valid(self, form: ReportTemplateForm) -> HttpResponse:
        try:
            with recorded(by=self.request.user):
                template = form.save()
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Die Vorlage „%s“ ist angelegt.") % template)
        return HttpResponseRedirect(reverse("report_templates"))


class ReportTemplateEditView(TemplatesPage, VersionedEditView):
    change_permission = KEEP
    model = ReportTemplate
    form_class = ReportTemplateForm
    template_name = "monitoring/report_template.html"
    title = gettext_lazy("Vorlage bearbeiten")
    success_message = gettext_lazy("Die Vorlage ist gespeichert.")

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('report_template_undo', args=[saved.pk])}?version={saved.version}"

    def get_success_url(self) -> str:
        return reverse("report_templates")


class ReportTemplateUndoView(UndoView):
    permission = change_permission = KEEP

    def get_object(self) -> ReportTemplate:
        return get_object_or_404(ReportTemplate, pk=self.kwargs["pk"])


class ReportTemplateDeleteView(TemplatesPage, TemplateView):
    """Only a template without reports and schedules can go: those say what they were made from."""

    writes = ("post",)
    template_name = "monitoring/report_template_delete.html"
    title = gettext_lazy("Vorlage löschen")

    @cached_property
    def row(self) -> ReportTemplate:
        return get_object_or_404(ReportTemplate, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = _("Möchten Sie die Vorlage „%s“ löschen?") % self.row
        return super().get_context_data(row=self.row, question=question, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row, pk = self.row, self.row.pk
        try:
            with recorded(by=request.user):
                row.delete_over(version_in(request.POST.get("version", "")))
        except EditConflict:
            messages.warning(request, _("Die Vorlage wurde inzwischen geändert und nicht gelöscht."))
        except ProtectedError:
            messages.warning(
                request, _("Aus dieser Vorlage gibt es Berichte oder einen Berichtsplan; sie bleibt.")
            )
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            undo = reverse("report_template_restore", args=[pk])
            messages.success(request, _("„%s“ ist gelöscht.") % row, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(reverse("report_templates"))


class ReportTemplateRestoreView(RestoreView):
    permission = KEEP
    model = ReportTemplate

    def owner(self) -> dict[str, Any]:
        return {}

    def get_back_url(self) -> str:
        return reverse("report_templates")
