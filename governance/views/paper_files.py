"""Attachments of a paper: the files themselves and their forms."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.forms.papers import FileAddForm, FileForm
from governance.models import PaperFile
from governance.services.papers import add_file, remove_file
from governance.views.base import AddPage, AskPage, EditPage, UndoPage
from governance.views.papers import OfPaper
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.files import file_answer
from smartregion.base.uploads import Upload


class PaperFilePage(RuledView):
    permission = PUBLIC
    only_german = True

    def get(self, request: HttpRequest, paper: int, pk: int) -> HttpResponse:
        visible = PaperFile.objects.visible_to(request.user).without_content()
        return file_answer(request, get_object_or_404(visible, paper__pk=paper, pk=pk))


class OfFile(OfPaper):
    anchor = "#anlagen"

    def files(self) -> QuerySet[PaperFile]:
        visible = PaperFile.objects.visible_to(self.request.user).without_content()
        return visible.filter(paper=self.paper).select_related("paper")


class FileAddPage(OfFile, AddPage):
    form_class = FileAddForm
    page_title = _("Anlage hochladen")
    upload: Upload

    def new_row(self) -> PaperFile:
        return PaperFile(paper=self.paper, visibility=self.paper.visibility)

    def form_valid(self, form: Any) -> HttpResponse:
        self.upload = form.cleaned_data["file"]
        return super().form_valid(form)

    def store(self, row: PaperFile) -> None:
        add_file(attachment=row, file=self.upload, by=self.request.user)


class FileEditPage(OfFile, EditPage):
    form_class = FileForm
    page_title = _("Anlage bearbeiten")

    def get_queryset(self) -> QuerySet[PaperFile]:
        return self.files()


class FileUndoPage(OfFile, UndoPage):
    """Takes back an edit, or a removal."""

    def get_object(self) -> PaperFile:
        return get_object_or_404(PaperFile.objects.without_content(), paper=self.paper, pk=self.kwargs["pk"])


class FileRemovePage(OfFile, AskPage):
    page_title = _("Anlage entfernen")
    submit_label = _("Anlage entfernen")
    done_message = _("Die Anlage wurde entfernt.")

    def get_subject(self) -> PaperFile:
        return get_object_or_404(self.files(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Niemand kann sie dann mehr herunterladen. In der Datenbank bleibt sie.")
        return super().get_context_data(question=self.subject.title, loss=loss, **kwargs)

    def act(self, subject: PaperFile, *, reason: str, version: int | None) -> None:
        remove_file(attachment=subject, version=version, by=self.request.user, reason=reason)
        self.removed_version = subject.version

    def get_undo_url(self) -> str:
        undo = reverse("paper_file_undo", args=[self.paper.pk, self.kwargs["pk"]])
        return f"{undo}?version={self.removed_version}"
