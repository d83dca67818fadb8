"""Pages of meetings."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.agenda import shown_decisions
from governance.forms.meetings import InviteForm, MeetingForm
from governance.journal import journal_of_meeting
from governance.models import AgendaItem, Attendance, Meeting, Minutes
from governance.reading import agenda_for
from governance.services.meetings import add_meeting, cancel_meeting, invite
from governance.views.agenda import agenda_context
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, UndoPage
from smartregion.base.access import PUBLIC


class MeetingPage(InCommittee, TemplateView):
    permission = PUBLIC
    template_name = "governance/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        meeting = get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])
        items = agenda_for(meeting, user)
        return super().get_context_data(
            committee=self.committee,
            meeting=meeting,
            **agenda_context(meeting, user, items),
            minutes=Minutes.objects.visible_to(user).filter(meeting=meeting).first(),
            own_answers=own_answers(meeting, user),
            to_check=[] if lists_decisions(items, meeting) else shown_decisions(meeting, user),
            changes=journal_of_meeting(meeting) if user.has_perm(CHANGE) else None,
            crumbs=self.crumbs((meeting.title, "")),
            **kwargs,
        )


def lists_decisions(items: list[AgendaItem], meeting: Meeting) -> bool:
    """Whether the open decisions need no list of their own: an item has it, or the meeting was called off."""
    kinds = {item.kind for item in items}
    return AgendaItem.Kind.CONTROL in kinds or meeting.status == Meeting.Status.CANCELLED


def own_answers(meeting: Meeting, user: Any) -> list[Attendance]:
    """What the user has answered for their seats, as long as it can be changed."""
    if not user.is_authenticated or not meeting.takes_answers:
        return []
    return list(meeting.attendances.filter(seat__user=user).select_related("seat"))


class MeetingAddPage(AddPage):
    form_class = MeetingForm
    page_title = _("Sitzung anlegen")

    def new_row(self) -> Meeting:
        return Meeting(committee=self.committee)

    def store(self, row: Meeting) -> None:
        add_meeting(meeting=row, by=self.request.user)


class MeetingEditPage(EditPage):
    form_class = MeetingForm
    page_title = _("Sitzung bearbeiten")

    def get_queryset(self) -> QuerySet[Meeting]:
        return self.visible(Meeting)

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return super().crumbs((self.object.title, self.object.get_absolute_url()), *further)


class MeetingUndoPage(UndoPage):
    def get_object(self) -> Meeting:
        return get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])


class MeetingAskPage(AskPage):
    """Asks something about a meeting and leads back to it."""

    def get_subject(self) -> Meeting:
        return get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])

    def get_back_url(self) -> str:
        return self.subject.get_absolute_url()

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return super().crumbs((self.subject.title, self.get_back_url()), *further)


class MeetingCancelPage(MeetingAskPage):
    page_title = _("Sitzung absagen")
    submit_label = _("Sitzung absagen")
    done_message = _("Die Sitzung ist abgesagt.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Die Sitzung bleibt mit ihrer Tagesordnung als „abgesagt“ stehen.")
        return super().get_context_data(question=self.subject.title, loss=loss, **kwargs)

    def act(self, subject: Meeting, *, reason: str, version: int | None) -> None:
        cancel_meeting(meeting=subject, version=version, by=self.request.user, reason=reason)


class MeetingInvitePage(MeetingAskPage):
    """Says whether the notice period is kept; to invite in spite of it is the committee's own matter."""

    form_class = InviteForm
    page_title = _("Einladen")
    submit_label = _("Als eingeladen festhalten")
    done_message = _("Eingeladen.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.subject
        words = {"days": meeting.committee.notice_days, "day": f"{meeting.last_day_of_invitation:%d.%m.%Y}"}
        late = localdate() > meeting.last_day_of_invitation
        told = gettext("Ladungsfrist: %(days)d Tage. Letzter Tag für die Einladung ist der %(day)s.") % words
        if late:
            told = (
                gettext(
                    "Die Ladungsfrist von %(days)d Tagen ist nicht mehr zu halten: "
                    "Letzter Tag für die Einladung war der %(day)s."
                )
                % words
            )
        return super().get_context_data(
            question=meeting.title, loss=told if late else "", hint="" if late else told, **kwargs
        )

    def act(self, subject: Meeting, *, reason: str, version: int | None) -> None:
        invite(meeting=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        undo = reverse("meeting_undo", args=[self.committee.slug, self.subject.pk])
        return f"{undo}?version={self.subject.version}"
