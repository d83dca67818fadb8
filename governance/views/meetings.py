"""Pages of meetings."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.forms.meetings import MeetingForm
from governance.journal import journal_of_meeting
from governance.models import AgendaItem, Meeting, Minutes, Paper, Resolution
from governance.services.meetings import cancel_meeting
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, UndoPage
from measures.models import Measure
from smartregion.base.access import PUBLIC


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
            minutes=Minutes.objects.visible_to(user).filter(meeting=meeting).first(),
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
