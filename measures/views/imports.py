"""The coordinator's pages of imports: upload and list, columns of a foreign list, preview, next steps."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView
from django_htmx.http import HttpResponseClientRefresh

from measures.forms.imports import MappingForm, UploadForm
from measures.imports.template import write_template
from measures.models import TableImport
from measures.services.imports import (
    NotNow,
    ask_to_apply,
    ask_to_undo,
    check_again,
    discard,
    remember,
    take_in,
)
from smartregion.base.access import RuledView
from smartregion.base.models import Job
from smartregion.base.spreadsheet import XLSX_TYPE

IMPORT = "measures.import_tables"
PER_PAGE = 50
State = TableImport.State


def _found(pk: int) -> TableImport:
    imports = TableImport.objects.defer("content", "result").select_related(
        "job", "uploaded_by", "applied_by", "undone_by"
    )
    return get_object_or_404(imports, pk=pk)


class ImportListView(RuledView, FormView[UploadForm]):
    """The upload, and all imports so far in pages."""

    permission = IMPORT
    writes = ("post",)
    form_class = UploadForm
    template_name = "measures/imports.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(TableImport.objects.for_list(), PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            crumbs=[(_("Maßnahmen"), reverse("measures")), (_("Import"), "")],
            page_obj=page,
            page_query="",
            **kwargs,
        )

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        name = "".join(character for character in file.name if character.isprintable())
        taken = take_in(file_name=name, content=file.read(), by=self.request.user)
        return HttpResponseRedirect(taken.get_absolute_url())


class ImportView(RuledView):
    """Where the import stands: progress, what is wrong with the file, the preview, or what became of it."""

    permission = IMPORT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        table_import = _found(pk)
        plans = Paginator(table_import.found.get("plans", []), PER_PAGE)
        context = {
            "import": table_import,
            "crumbs": _crumbs(table_import),
            "page_obj": plans.get_page(request.GET.get("page")),
            "page_query": "",
            "has_failed": table_import.job.status == Job.Status.FAILED,
        }
        return render(request, "measures/import.html", context)


def _crumbs(table_import: TableImport, *further: tuple[str, str]) -> list[tuple[str, str]]:
    own = table_import.file_name, table_import.get_absolute_url() if further else ""
    return [(_("Maßnahmen"), reverse("measures")), (_("Import"), reverse("imports")), own, *further]


class ImportProgressView(RuledView):
    """The bar alone, for a page that asks again and again. Says nothing while nothing has changed."""

    permission = IMPORT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        table_import = _found(pk)
        if not table_import.is_busy:
            return HttpResponseClientRefresh()
        if request.GET.get("state") == table_import.job.state:
            return HttpResponse(status=204)
        return render(request, "measures/_import_progress.html", {"import": table_import})


class ImportMappingView(RuledView):
    """What the columns of a foreign list stand for."""

    permission = IMPORT
    writes = ("post",)
    table_import: TableImport

    def _form(self, request: HttpRequest, pk: int) -> MappingForm:
        self.table_import = _found(pk)
        foreign = self.table_import.found.get("foreign")
        if not foreign or self.table_import.is_written or self.table_import.is_busy:
            raise Http404
        data = request.POST if request.method == "POST" else None
        return MappingForm(data, foreign=foreign, mapping=self.table_import.mapping)

    def _show(self, request: HttpRequest, form: MappingForm) -> HttpResponse:
        crumbs = _crumbs(self.table_import, (_("Spalten zuordnen"), ""))
        context = {"form": form, "import": self.table_import, "crumbs": crumbs}
        return render(request, "measures/import_mapping.html", context)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(request, self._form(request, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self._form(request, pk)
        if not form.is_valid():
            return self._show(request, form)
        mapping = form.mapping()
        remember(headings=form.headings, mapping=mapping, by=request.user)
        try:
            check_again(table_import=self.table_import, mapping=mapping)
        except NotNow:
            messages.warning(
                request, _("Das geht gerade nicht. Bitte sehen Sie, wie der Import jetzt steht.")
            )
        return HttpResponseRedirect(self.table_import.get_absolute_url())


class ImportStepView(RuledView):
    """POST asks for the next step and goes back to the import's page."""

    permission = IMPORT
    writes = ("post",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        table_import = _found(pk)
        try:
            self.take(request, table_import)
        except (NotNow, TableImport.DoesNotExist):
            messages.warning(
                request, _("Das geht gerade nicht. Bitte sehen Sie, wie der Import jetzt steht.")
            )
        return HttpResponseRedirect(self.next_url(table_import))

    def take(self, request: HttpRequest, table_import: TableImport) -> None:
        raise NotImplementedError

    def next_url(self, table_import: TableImport) -> str:
        return table_import.get_absolute_url()


class ImportCheckView(ImportStepView):
    def take(self, request: HttpRequest, table_import: TableImport) -> None:
        check_again(table_import=table_import)


class ImportApplyView(ImportStepView):
    """Where measures become public, or cease to be, that has to be confirmed as in the form."""

    def take(self, request: HttpRequest, table_import: TableImport) -> None:
        if table_import.found.get("visibility") and not request.POST.get("confirm_visibility"):
            messages.warning(request, _("Bitte bestätigen Sie, dass sich die Sichtbarkeit ändert."))
            return
        ask_to_apply(table_import=table_import, by=request.user)


class ImportUndoView(ImportStepView):
    def take(self, request: HttpRequest, table_import: TableImport) -> None:
        ask_to_undo(table_import=table_import, by=request.user)


class ImportDiscardView(ImportStepView):
    def take(self, request: HttpRequest, table_import: TableImport) -> None:
        discard(table_import=table_import)
        messages.success(request, _("Der Import „%s“ ist verworfen.") % table_import.file_name)

    def next_url(self, table_import: TableImport) -> str:
        is_there = TableImport.objects.filter(pk=table_import.pk).exists()
        return table_import.get_absolute_url() if is_there else reverse("imports")


class ImportTemplateView(RuledView):
    """An empty table for new measures."""

    permission = IMPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        target = BytesIO()
        write_template(target)
        response = HttpResponse(target.getvalue(), content_type=XLSX_TYPE)
        response["Content-Disposition"] = 'attachment; filename="massnahmen-vorlage.xlsx"'
        return response
