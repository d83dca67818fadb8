"""Tables of indicators: exports, the template, and the import of values with its preview."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView
from xlsxwriter import Workbook

from measures.views.export import Export, ExportInTimeView
from monitoring import value_import
from monitoring.export import IndicatorExport, ValueExport, ValueTemplate
from monitoring.forms.indicator_values import ValueUploadForm
from monitoring.models import ValueImport
from monitoring.value_import import Refused
from monitoring.views.base import indicator_crumbs
from smartregion.base.access import RuledView
from smartregion.base.spreadsheet import SAFE, XLSX_TYPE, Sheets
from smartregion.base.tables import UnreadableTable, read_tables

ENTER_SOME = "monitoring.enter_some_values"
PER_PAGE = 50


class IndicatorExportView(ExportInTimeView):
    """Exactly the indicators that the list of the same query shows on all its pages."""

    def export_of(self, request: HttpRequest) -> Export:
        return IndicatorExport(request.GET, request.user, _absolute(request))

    def page_of(self, request: HttpRequest) -> str:
        return reverse("indicators")

    def file_name(self) -> str:
        return "indikatoren"


class ValueExportView(IndicatorExportView):
    """The values of these indicators."""

    def export_of(self, request: HttpRequest) -> Export:
        return ValueExport(request.GET, request.user, _absolute(request))

    def file_name(self) -> str:
        return "indikatoren-werte"


def _absolute(request: HttpRequest) -> Any:
    origin = request.build_absolute_uri("/").rstrip("/")
    return lambda path: f"{origin}{path}"


class ValueTemplateView(RuledView):
    """A table of what this account owes, to be filled in and read in again."""

    permission = ENTER_SOME

    def get(self, request: HttpRequest) -> HttpResponse:
        target = BytesIO()
        with Workbook(target, SAFE) as workbook:
            ValueTemplate(request.user).write_to(Sheets(workbook))
        response = HttpResponse(target.getvalue(), content_type=XLSX_TYPE)
        response["Content-Disposition"] = 'attachment; filename="werte-vorlage.xlsx"'
        return response


class ValueImportListView(RuledView, FormView[ValueUploadForm]):
    """The upload, and the account's imports so far."""

    permission = ENTER_SOME
    writes = ("post",)
    form_class = ValueUploadForm
    template_name = "monitoring/value_imports.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        imports = ValueImport.objects.kept_by(self.request.user)
        return super().get_context_data(
            crumbs=indicator_crumbs((_("Werte einlesen"), "")),
            page_obj=Paginator(imports, PER_PAGE).get_page(self.request.GET.get("page")),
            page_query="",
            **kwargs,
        )

    def form_valid(self, form: ValueUploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        name = "".join(character for character in file.name if character.isprintable())
        try:
            found = value_import.check(read_tables(file.read()), by=self.request.user)
        except UnreadableTable as problem:
            form.add_error("file", f"{problem} {form.WANTED}")
            return self.form_invalid(form)
        except Refused as problem:
            form.add_error("file", str(problem))
            return self.form_invalid(form)
        taken = value_import.take_in(file_name=name, found=found, by=self.request.user)
        return HttpResponseRedirect(taken.get_absolute_url())


class OwnImportView(RuledView):
    """An import of this account."""

    permission = ENTER_SOME

    @cached_property
    def value_import(self) -> ValueImport:
        return get_object_or_404(ValueImport.objects.kept_by(self.request.user), pk=self.kwargs["pk"])


class ValueImportView(OwnImportView, TemplateView):
    template_name = "monitoring/value_import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plans = Paginator(self.value_import.found["plans"], PER_PAGE)
        return super().get_context_data(
            crumbs=indicator_crumbs(
                (_("Werte einlesen"), reverse("value_imports")), (self.value_import.file_name, "")
            ),
            page_obj=plans.get_page(self.request.GET.get("page")),
            page_query="",
            **{"import": self.value_import, **kwargs},
        )


class ImportStepView(OwnImportView):
    """POST takes the next step and goes back to the import's page."""

    writes = ("post",)

    def take(self) -> str:
        """Do it; returns what to say."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        back = self.value_import.get_absolute_url()
        try:
            messages.success(request, self.take())
        except Refused as refusal:
            messages.warning(request, _("Nichts wurde geändert. %s") % refusal)
            return HttpResponseRedirect(back)
        is_there = ValueImport.objects.filter(pk=pk).exists()
        return HttpResponseRedirect(back if is_there else reverse("value_imports"))


class ImportApplyView(ImportStepView):
    def take(self) -> str:
        is_sure = "sure" in self.request.POST
        value_import.apply(value_import=self.value_import, by=self.request.user, is_sure=is_sure)
        return _("Alle Werte sind übernommen.")


class ImportUndoView(ImportStepView):
    def take(self) -> str:
        value_import.undo(value_import=self.value_import, by=self.request.user)
        return _("Der Import ist zurückgenommen.")


class ImportDiscardView(ImportStepView):
    def take(self) -> str:
        name = self.value_import.file_name
        value_import.discard(value_import=self.value_import)
        return _("Der Import „%s“ ist gelöscht.") % name
