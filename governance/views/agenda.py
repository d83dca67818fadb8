"""Pages of an agenda's items."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.forms.agenda import AgendaItemForm
from governance.models import AgendaItem, Meeting
from governance.services.agenda import add_item, move_item, remove_item, restore_item
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, RestorePage, UndoPage


class OnAgenda(InCommittee):
    """A page about one item of a meeting's agenda."""

    @cached_property
    def meeting(self) -> Meeting:
        return get_object_or_404(self.visible(Meeting), pk=self.kwargs["meeting"])

    def items(self) -> QuerySet[AgendaItem]:
        visible = AgendaItem.objects.visible_to(self.request.user).filter(meeting=self.meeting)
        return visible.select_related("meeting__committee")

    def get_item(self) -> AgendaItem:
        return get_object_or_404(self.items(), pk=self.kwargs["pk"])

    def get_back_url(self) -> str:
        return self.meeting.get_absolute_url()


class ItemAddPage(OnAgenda, AddPage):
    form_class = AgendaItemForm
    page_title = _("Tagesordnungspunkt ergänzen")

    def new_row(self) -> AgendaItem:
        return AgendaItem(meeting=self.meeting, visibility=self.meeting.visibility)

    def store(self, row: AgendaItem) -> None:
        add_item(item=row, by=self.request.user)


class ItemEditPage(OnAgenda, EditPage):
    form_class = AgendaItemForm
    page_title = _("Tagesordnungspunkt bearbeiten")

    def get_queryset(self) -> QuerySet[AgendaItem]:
        return self.items()


class ItemUndoPage(OnAgenda, UndoPage):
    def get_object(self) -> AgendaItem:
        return self.get_item()


class ItemMovePage(OnAgenda):
    """POST with `direction` "up" or "down" moves the item by one place."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        item = self.get_item()
        upwards = request.POST.get("direction") == "up"
        try:
            if not move_item(item=item, upwards=upwards, by=request.user):
                messages.info(request, gettext("Der Punkt steht schon am Ende der Tagesordnung."))
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return HttpResponseRedirect(self.get_back_url())
        return HttpResponseRedirect(item.get_absolute_url())


class ItemRemovePage(OnAgenda, AskPage):
    page_title = _("Tagesordnungspunkt entfernen")
    submit_label = _("Entfernen")
    done_message = _("Der Tagesordnungspunkt wurde entfernt.")

    def get_subject(self) -> AgendaItem:
        return self.get_item()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Die Nummern der anderen Punkte bleiben, wie sie sind.")
        return super().get_context_data(question=str(self.subject), loss=loss, **kwargs)

    def act(self, subject: AgendaItem, *, reason: str, version: int | None) -> None:
        remove_item(item=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("item_restore", args=[self.committee.slug, self.meeting.pk, self.kwargs["pk"]])


class ItemRestorePage(OnAgenda, RestorePage):
    model = AgendaItem

    def restore(self, pk: int) -> AgendaItem:
        return restore_item(pk=pk, meeting=self.meeting, by=self.request.user)
