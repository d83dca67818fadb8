"""Pages of an agenda: of its items, and of their order."""

import re
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.forms.agenda import AgendaItemForm
from governance.models import AgendaItem, Meeting, Topic
from governance.reading import agenda_for, in_parts
from governance.services.agenda import (
    add_item,
    move_item,
    prepare_agenda,
    remove_item,
    reorder,
    restore_item,
)
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, RestorePage, UndoPage
from smartregion.base.languages import German

MOST_ITEMS: Final = 1_000
KEY = re.compile(r"[0-9]{1,18}")


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

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return super().crumbs((German(self.meeting.title), self.meeting.get_absolute_url()), *further)


def agenda_context(meeting: Meeting, user: Any, items: list[Any]) -> dict[str, Any]:
    """What `governance/_agenda.html` shows; `may_arrange` is for who keeps an agenda that is still open."""
    keeps = user.has_perm(CHANGE)
    sees_internals = user.has_perm("governance.read_internals", meeting.committee)
    changed = [meeting.agenda_changed_at, meeting.internal_agenda_changed_at if sees_internals else None]
    topics = Topic.objects.visible_to(user).filter(committee=meeting.committee).waiting()
    may_arrange = keeps and meeting.agenda_is_open
    return {
        "parts": in_parts(items),
        "read": ",".join(str(item.pk) for item in items),
        "may_arrange": may_arrange,
        "changed_at": max(filter(None, changed), default=None),
        "topics": topics.select_related("committee") if may_arrange else [],
    }


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
                messages.info(request, gettext("Der Punkt steht schon am Ende seines Teils."))
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return HttpResponseRedirect(self.get_back_url())
        return HttpResponseRedirect(item.get_absolute_url())


class AgendaPage(OnAgenda):
    """Something is done to a meeting's agenda as a whole; the answer is the agenda, or its page."""

    permission = CHANGE
    writes = ("post",)

    def do(self) -> str:
        """Do it and say so.

        Raises:
            ValidationError: it cannot be done; the German message says why and nothing was changed.
        """
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            said, status = self.do(), HTTPStatus.OK
        except ValidationError as error:
            said, status = " ".join(error.messages), HTTPStatus.CONFLICT
        if request.htmx:  # type: ignore[attr-defined]
            return self.show(said, status)
        level = messages.SUCCESS if status == HTTPStatus.OK else messages.WARNING
        messages.add_message(request, level, said)
        return HttpResponseRedirect(f"{self.meeting.get_absolute_url()}#agenda")

    def show(self, said: str, status: int) -> HttpResponse:
        meeting = self.visible(Meeting).get(pk=self.meeting.pk)
        context = agenda_context(meeting, self.request.user, agenda_for(meeting, self.request.user))
        context |= {"committee": self.committee, "meeting": meeting, "said": said}
        return render(self.request, "governance/_agenda.html", context, status=status)


class AgendaPreparePage(AgendaPage):
    def do(self) -> str:
        added = prepare_agenda(meeting=self.meeting, by=self.request.user)
        if not added:
            return gettext("Es fehlt kein automatischer Punkt.")
        titles = ", ".join(f"„{item.title}“" for item in added)
        return gettext("Auf die Tagesordnung gesetzt: %s.") % titles


class AgendaOrderPage(AgendaPage):
    """POST with `order` and `read`: the keys of all items as they shall stand, and as they stood."""

    def do(self) -> str:
        order, read = (keys_in(self.request.POST.get(name, "")) for name in ("order", "read"))
        reorder(meeting=self.meeting, order=order, read=read, by=self.request.user)
        return gettext("Die Reihenfolge ist gespeichert.")


def keys_in(text: str) -> list[int]:
    """The keys that a request lists; nothing where one of them could be none."""
    words = text.split(",")[:MOST_ITEMS]
    return [int(word) for word in words] if all(KEY.fullmatch(word) for word in words) else []


class ItemRemovePage(OnAgenda, AskPage):
    page_title = _("Tagesordnungspunkt entfernen")
    submit_label = _("Entfernen")
    done_message = _("Der Tagesordnungspunkt wurde entfernt.")

    def get_subject(self) -> AgendaItem:
        return self.get_item()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Die Nummern der anderen Punkte bleiben, wie sie sind.")
        if self.meeting.agenda_is_open:
            loss = _("Die folgenden Punkte rücken auf; ein Thema wartet danach wieder im Themenspeicher.")
        return super().get_context_data(question=str(self.subject), loss=loss, **kwargs)

    def act(self, subject: AgendaItem, *, reason: str, version: int | None) -> None:
        remove_item(item=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("item_restore", args=[self.committee.slug, self.meeting.pk, self.kwargs["pk"]])


class ItemRestorePage(OnAgenda, RestorePage):
    model = AgendaItem

    def restore(self, pk: int) -> AgendaItem:
        return restore_item(pk=pk, meeting=self.meeting, by=self.request.user)
