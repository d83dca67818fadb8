"""The backlog of a committee (Themenspeicher): members propose, the coordinator keeps and places."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.forms.backlog import PlaceForm, ProposalForm, TopicForm
from governance.journal import journal_of_backlog
from governance.models import AgendaItem, Meeting, Topic
from governance.services.backlog import put_on_agenda, remove_topic
from governance.views.base import (
    CHANGE,
    AddPage,
    AskPage,
    EditPage,
    InCommittee,
    RestorePage,
    UndoPage,
    paged,
)
from smartregion.base.access import PUBLIC, SIGNED_IN
from smartregion.base.versioned import EditConflict

PROPOSE = "governance.propose_topic"


class InBacklog(InCommittee):
    def get_back_url(self) -> str:
        return reverse("topics", args=[self.committee.slug])

    def get_topic(self) -> Topic:
        return get_object_or_404(self.visible(Topic), pk=self.kwargs["pk"])

    def coming(self) -> QuerySet[Meeting]:
        """The meetings whose agenda a topic may be put on."""
        meetings: QuerySet[Meeting] = self.visible(Meeting).with_open_agenda()
        return meetings


class BacklogPage(InBacklog, TemplateView):
    permission = PUBLIC
    template_name = "governance/backlog.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        keeps = user.has_perm(CHANGE)
        items = AgendaItem.objects.visible_to(user).select_related("meeting__committee")
        placed = self.visible(Topic).placed().filter(item__in=items)
        return super().get_context_data(
            committee=self.committee,
            topics=self.visible(Topic).waiting().select_related("paper__committee"),
            placed=paged(self.request, placed.prefetch_related(Prefetch("item", items))),
            proposes=user.has_perm(PROPOSE, self.committee),
            coming=self.coming() if keeps else [],
            changes=journal_of_backlog(self.committee) if keeps else None,
            crumbs=self.crumbs((_("Themenspeicher"), "")),
            **kwargs,
        )


class TopicAddPage(InBacklog, AddPage):
    """Whoever has a seat proposes for that seat; a proposal stays internal until the coordinator edits it."""

    permission = SIGNED_IN

    @property
    def page_title(self) -> str:
        return gettext("Thema ergänzen") if self.keeps else gettext("Thema vorschlagen")

    @property
    def keeps(self) -> bool:
        return self.request.user.has_perm(CHANGE)

    def get_form_class(self) -> type[Any]:
        return TopicForm if self.keeps else ProposalForm

    def new_row(self) -> Topic:
        self.require(PROPOSE, self.committee)
        topic = Topic(committee=self.committee)
        if not self.keeps:
            seat = self.committee.seats.current().filter(user=self.request.user.pk).first()
            topic.proposed_by = seat.function if seat else ""
        return topic


class TopicEditPage(EditPage):
    form_class = TopicForm
    page_title = _("Thema bearbeiten")

    def get_queryset(self) -> QuerySet[Topic]:
        topics: QuerySet[Topic] = self.visible(Topic)
        return topics


class TopicUndoPage(InBacklog, UndoPage):
    def get_object(self) -> Topic:
        return self.get_topic()

    def check_restored(self, before: Topic, restored: Topic) -> None:
        if before.item_id != restored.item_id:
            raise ValidationError(
                gettext("Von der Tagesordnung kommt ein Thema, wenn dort sein Punkt entfernt wird.")
            )


class TopicRemovePage(InBacklog, AskPage):
    page_title = _("Thema entfernen")
    submit_label = _("Entfernen")
    done_message = _("Das Thema wurde entfernt.")

    def get_subject(self) -> Topic:
        return self.get_topic()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.subject.title, **kwargs)

    def act(self, subject: Topic, *, reason: str, version: int | None) -> None:
        remove_topic(topic=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("topic_restore", args=[self.committee.slug, self.kwargs["pk"]])


class TopicRestorePage(InBacklog, RestorePage):
    model = Topic

    def owner(self) -> dict[str, Any]:
        return {"committee_id": self.committee.pk}


class TopicPlacePage(InBacklog):
    """POST with `meeting` and `version`: the topic becomes an item of that meeting's agenda."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        topic = self.get_topic()
        form = PlaceForm(request.POST, meetings=self.coming())
        if not form.is_valid():
            messages.warning(request, gettext("Bitte wählen Sie eine kommende Sitzung dieses Gremiums."))
            return HttpResponseRedirect(self.get_back_url())
        try:
            item = put_on_agenda(topic=topic, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        except EditConflict:
            messages.warning(
                request, gettext("Jemand anderes hat das Thema inzwischen geändert. Bitte sehen Sie nach.")
            )
        else:
            said = gettext("„%(title)s“ steht auf der Tagesordnung: %(meeting)s, TOP %(number)s.")
            messages.success(
                request,
                said % {"title": item.title, "meeting": item.meeting.title, "number": item.number},
            )
            if request.POST.get("back") == "meeting":
                return HttpResponseRedirect(item.get_absolute_url())
        return HttpResponseRedirect(self.get_back_url())
