"""Documents and links of a measure, and its tags: pages, forms and the files themselves."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from measures.forms.documents import (
    DocumentAddForm,
    DocumentForm,
    DocumentVersionForm,
    LinkAddForm,
    LinkForm,
    TagForm,
)
from measures.models import Document, Measure, MeasureLink, MeasureTag, Tag
from measures.services.documents import SameFile, add_document, add_version, remove_document
from measures.services.tags import add_tag
from measures.views.page import MeasurePageView
from measures.views.parts import (
    PartAddView,
    PartEditView,
    PartRestoreView,
    PartUndoView,
    PartView,
    RemoveVersionedView,
    RemoveView,
)
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.files import file_answer
from smartregion.base.versioned import version_in

DOCUMENTS = "measure_documents"


class DocumentsView(MeasurePageView):
    page = DOCUMENTS
    template_name = "measures/measure_documents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure, user = self.object, self.request.user
        return super().get_context_data(
            documents=list(Document.objects.visible_to(user).filter(measure=measure).with_files()),
            links=list(MeasureLink.objects.visible_to(user).filter(measure=measure)),
            **kwargs,
        )


class DocumentFileView(RuledView):
    """A file as it was uploaded: the newest version, or for the coordinator an earlier one."""

    permission = PUBLIC
    only_german = True

    def get(self, request: HttpRequest, slug: str, pk: int, number: int | None = None) -> HttpResponse:
        visible = Document.objects.visible_to(request.user).select_related("measure")
        document = get_object_or_404(visible, measure__slug=slug, pk=pk)
        files = document.files.without_content()
        if number is None:
            return file_answer(request, files[0])
        self.require("measures.change_measure", document.measure)
        return file_answer(request, get_object_or_404(files, number=number))


class DocumentAddView(PartAddView):
    page = DOCUMENTS
    model = Document
    form_class = DocumentAddForm
    title = gettext_lazy("Neues Dokument")
    success_message = gettext_lazy("Das Dokument ist gespeichert.")

    def store(self, form: Any) -> Document:
        return add_document(document=form.instance, by=self.request.user, file=form.cleaned_data["file"])


class OwnDocuments:
    measure: Measure
    request: Any

    def documents(self) -> QuerySet[Document]:
        visible = Document.objects.visible_to(self.request.user)
        return visible.filter(measure=self.measure).select_related("measure")


class DocumentEditView(OwnDocuments, PartEditView):
    page = DOCUMENTS
    model = Document
    form_class = DocumentForm
    change_permission = "measures.change_measure"
    undo_url_name = "document_undo"
    delete_url_name = "document_delete"
    delete_label = gettext_lazy("Dieses Dokument entfernen")
    title = gettext_lazy("Dokument bearbeiten")
    success_message = gettext_lazy("Das Dokument ist gespeichert.")

    def get_queryset(self) -> QuerySet[Document]:
        return self.documents()


class DocumentVersionView(OwnDocuments, PartView, FormView[DocumentVersionForm]):
    """A new version of a document's file; the earlier ones stay within the coordinator's reach."""

    writes = ("post",)
    page = DOCUMENTS
    form_class = DocumentVersionForm
    template_name = "measures/measure_part_form.html"
    title = gettext_lazy("Neue Fassung")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = get_object_or_404(self.documents(), pk=self.kwargs["pk"])
        return super().get_context_data(lead=document, **kwargs)

    def form_valid(self, form: DocumentVersionForm) -> HttpResponse:
        document = get_object_or_404(self.documents(), pk=self.kwargs["pk"])
        try:
            file = add_version(document=document, by=self.request.user, file=form.cleaned_data["file"])
        except SameFile:
            form.add_error("file", _("Diese Datei ist schon die neueste Fassung."))
            return self.form_invalid(form)
        except Document.DoesNotExist:
            raise Http404 from None
        messages.success(self.request, _("Fassung %d ist gespeichert.") % file.number)
        return HttpResponseRedirect(document.get_absolute_url())


class DocumentUndoView(PartUndoView):
    """Takes back an edit, or a removal."""

    page = DOCUMENTS
    model = Document


class DocumentDeleteView(OwnDocuments, RemoveView):
    page = DOCUMENTS
    model = Document
    anchor = "dokumente"
    title = gettext_lazy("Dokument entfernen")

    @property
    def part(self) -> Document:
        return get_object_or_404(self.documents(), pk=self.kwargs["pk"])

    def question(self) -> str:
        return _("Möchten Sie das Dokument „%s“ mit allen Fassungen entfernen?") % self.part

    def loss(self) -> str:
        return _(
            "Niemand kann es dann mehr herunterladen. In der Datenbank bleibt es, um es wiederherzustellen."
        )

    def remove(self) -> None:
        version = version_in(self.request.POST.get("version", ""))
        remove_document(document=self.part, version=version, by=self.request.user)

    def undo_url(self) -> str:
        version = (version_in(self.request.POST.get("version", "")) or 0) + 1
        return f"{reverse('document_undo', args=[self.measure.slug, self.kwargs['pk']])}?version={version}"


class LinkAddView(PartAddView):
    page = DOCUMENTS
    model = MeasureLink
    form_class = LinkAddForm
    title = gettext_lazy("Neuer Verweis")
    success_message = gettext_lazy("Der Verweis ist gespeichert.")


class LinkEditView(PartEditView):
    page = DOCUMENTS
    model = MeasureLink
    form_class = LinkForm
    change_permission = "measures.change_measure"
    undo_url_name = "link_undo"
    delete_url_name = "link_delete"
    delete_label = gettext_lazy("Diesen Verweis löschen")
    title = gettext_lazy("Verweis bearbeiten")
    success_message = gettext_lazy("Der Verweis ist gespeichert.")


class LinkUndoView(PartUndoView):
    page = DOCUMENTS
    model = MeasureLink


class LinkDeleteView(RemoveVersionedView):
    page = DOCUMENTS
    model = MeasureLink
    restore_url_name = "link_restore"
    anchor = "verweise"
    title = gettext_lazy("Verweis löschen")

    def question(self) -> str:
        return _("Möchten Sie den Verweis „%s“ löschen?") % self.part


class LinkRestoreView(PartRestoreView):
    page = DOCUMENTS
    model = MeasureLink


class TagsView(PartView, FormView[TagForm]):
    """Add a tag; those of visible measures are suggested."""

    writes = ("post",)
    form_class = TagForm
    template_name = "measures/measure_tags.html"
    title = gettext_lazy("Schlagworte")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        links = list(self.measure.tag_links.select_related("tag"))
        known = Tag.objects.of(Measure.objects.visible_to(self.request.user))
        return super().get_context_data(
            tag_links=links, known=known.exclude(pk__in=[link.tag_id for link in links]), **kwargs
        )

    def form_valid(self, form: TagForm) -> HttpResponse:
        link = add_tag(measure=self.measure, name=form.cleaned_data["name"], by=self.request.user)
        messages.success(self.request, _("Die Maßnahme hat das Schlagwort „%s“.") % link)
        return HttpResponseRedirect(self.request.path)


class TagDeleteView(RemoveView):
    model = MeasureTag
    restore_url_name = "tag_restore"
    anchor = "profil"
    title = gettext_lazy("Schlagwort entfernen")

    def question(self) -> str:
        return _("Soll die Maßnahme das Schlagwort „%s“ nicht mehr haben?") % self.part


class TagRestoreView(PartRestoreView):
    model = MeasureTag
