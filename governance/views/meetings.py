"""Meetings and their agenda, and the papers before a committee."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.forms import AgendaItemForm, MeetingForm, PaperForm
from governance.journal import journal_of_meeting
from governance.models import AgendaItem, Meeting, Paper, Resolution
from governance.services import add_item, cancel_meeting, move_item, remove_item, restore_item
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, RestorePage, UndoPage
from measures.models import Measure
from smartregion.base.access import PUBLIC
from smartregion.base.history import changes_of


class MeetingPage(InCommittee, TemplateView):
    permission = PUBLIC
    template_name = "governance/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        meeting = get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])
        measures = Prefetch("measures", Measure.objects.reachable_by(user), to_attr="visible_measures")
        resolutions = self.visible(Resolution).select_related("superseded_by").prefetch_related(measures)
        papers = Paper.objects.visible_to(user).select_related("committee")
        return super().get_context_data(
            committee=self.committee,
            meeting=meeting,
            items=AgendaItem.objects.visible_to(user)
            .filter(meeting=meeting)
            .prefetch_related(
                Prefetch("paper", papers),
                Prefetch("resolutions", resolutions, to_attr="visible_resolutions"),
            ),
            to_check=resolutions.to_be_checked_in(meeting) if meeting.status != "cancelled" else [],
            changes=journal_of_meeting(meeting) if user.has_perm(CHANGE) else None,
            crumbs=self.crumbs((meeting.title, "")),
            **kwargs,
        )


class MeetingAddPage(AddPage):
    form_class = MeetingForm
    page_title = _("Sitzung anlegen")

    def new_row(self) -> Meeting:
        return Meeting(committee=self.committee)


class MeetingEditPage(EditPage):
    form_class = MeetingForm
    page_title = _("Sitzung bearbeiten")

    def get_queryset(self) -> QuerySet[Meeting]:
        return self.visible(Meeting)


class MeetingUndoPage(UndoPage):
    def get_object(self) -> Meeting:
        return get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])


class MeetingCancelPage(AskPage):
    page_title = _("Sitzung absagen")
    submit_label = _("Sitzung absagen")
    done_message = _("Die Sitzung ist abgesagt.")

    def get_subject(self) -> Meeting:
        return get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])

    def get_back_url(self) -> str:
        return self.subject.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Die Sitzung bleibt mit ihrer Tagesordnung als „abgesagt“ stehen.")
        return super().get_context_data(question=self.subject.title, loss=loss, **kwargs)

    def act(self, subject: Meeting, *, reason: str, version: int | None) -> None:
        cancel_meeting(meeting=subject, version=version, by=self.request.user, reason=reason)


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


class PaperPage(InCommittee, TemplateView):
    permission = PUBLIC
    template_name = "governance/paper.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        papers = Paper.objects.visible_to(user).select_related("committee")
        paper = get_object_or_404(self.visible(Paper), pk=self.kwargs["pk"])
        return super().get_context_data(
            committee=self.committee,
            paper=paper,
            answers=papers.filter(answered_by=paper).first(),
            answered_by=papers.filter(answers=paper),
            items=AgendaItem.objects.visible_to(user)
            .filter(paper=paper)
            .select_related("meeting__committee")
            .order_by("meeting__starts_at"),
            changes=changes_of(paper) if user.has_perm(CHANGE) else None,
            crumbs=self.crumbs((paper.title, "")),
            **kwargs,
        )


class PaperAddPage(AddPage):
    form_class = PaperForm
    page_title = _("Vorlage anlegen")

    def new_row(self) -> Paper:
        return Paper(committee=self.committee)


class PaperEditPage(EditPage):
    form_class = PaperForm
    page_title = _("Vorlage bearbeiten")

    def get_queryset(self) -> QuerySet[Paper]:
        return self.visible(Paper)


class PaperUndoPage(UndoPage):
    def get_object(self) -> Paper:
        return get_object_or_404(self.visible(Paper), pk=self.kwargs["pk"])
