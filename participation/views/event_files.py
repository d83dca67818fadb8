"""Documents of an event: the files themselves and their forms."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.views.base import AddPage, AskPage, EditPage, UndoPage
from participation.forms.events import EventFileAddForm, EventFileForm
from participation.models import EventFile
from participation.services.events import add_event_file, remove_event_file
from participation.views.event_keeping import KeepingOfEvent
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.files import file_answer
from smartregion.base.uploads import Upload


class EventFilePage(RuledView):
    permission = PUBLIC

    def get(self, request: HttpRequest, event_pk: int, pk: int) -> HttpResponse:
        visible = EventFile.objects.visible_to(request.user).without_content()
        return file_answer(request, get_object_or_404(visible, event=event_pk, pk=pk))


class OfFiles(KeepingOfEvent):
    anchor = "#unterlagen"

    def files(self) -> QuerySet[EventFile]:
        visible = EventFile.objects.visible_to(self.request.user).without_content()
        return visible.filter(event=self.event).select_related("event")


class EventFileAddPage(OfFiles, AddPage):
    form_class = EventFileAddForm
    page_title = _("Unterlage hochladen")
    upload: Upload

    def new_row(self) -> EventFile:
        return EventFile(event=self.event, visibility=self.event.visibility)

    def form_valid(self, form: Any) -> HttpResponse:
        self.upload = form.cleaned_data["file"]
        return super().form_valid(form)

    def store(self, row: EventFile) -> None:
        add_event_file(document=row, file=self.upload, by=self.request.user)


class EventFileEditPage(OfFiles, EditPage):
    form_class = EventFileForm
    page_title = _("Unterlage bearbeiten")

    def get_queryset(self) -> QuerySet[EventFile]:
        return self.files()


class EventFileUndoPage(OfFiles, UndoPage):
    """Takes back an edit, or a removal."""

    def get_object(self) -> EventFile:
        return get_object_or_404(EventFile.objects.without_content(), event=self.event, pk=self.kwargs["pk"])


class EventFileRemovePage(OfFiles, AskPage):
    page_title = _("Unterlage entfernen")
    submit_label = _("Unterlage entfernen")
    done_message = _("Die Unterlage wurde entfernt.")

    def get_subject(self) -> EventFile:
        return get_object_or_404(self.files(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Niemand kann sie dann mehr herunterladen. In der Datenbank bleibt sie.")
        return super().get_context_data(question=self.subject.title, loss=loss, **kwargs)

    def act(self, subject: EventFile, *, reason: str, version: int | None) -> None:
        remove_event_file(document=subject, version=version, by=self.request.user, reason=reason)
        self.removed_version = subject.version

    def get_undo_url(self) -> str:
        undo = reverse("event_file_undo", args=[self.event.pk, self.kwargs["pk"]])
        return f"{undo}?version={self.removed_version}"
