"""Pages of meetings."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.agenda import shown_decisions
from governance.forms.meetings import InviteForm, MeetingForm
from governance.invitation import recipients_of
from governance.journal import journal_of_meeting
from governance.models import AgendaItem, Meeting, Minutes
from governance.presence import Part, parts_of, places_at
from governance.reading import agenda_for
from governance.services.agenda import missing_kinds
from governance.services.meetings import add_meeting, cancel_meeting, invite, refusal_to_invite
from governance.views.agenda import agenda_context
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, UndoPage
from smartregion.base.access import PUBLIC
from smartregion.base.languages import German


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
            own_parts=own_parts(meeting, user),
            to_check=[] if lists_decisions(items, meeting) else shown_decisions(meeting, user),
            changes=journal_of_meeting(meeting) if user.has_perm(CHANGE) else None,
            crumbs=self.crumbs((German(meeting.title), "")),
            **kwargs,
        )


def lists_decisions(items: list[AgendaItem], meeting: Meeting) -> bool:
    """Whether the open decisions need no list of their own: an item has it, or the meeting was called off."""
    kinds = {item.kind for item in items}
    return AgendaItem.Kind.CONTROL in kinds or meeting.status == Meeting.Status.CANCELLED


def own_parts(meeting: Meeting, user: Any) -> list[Part]:
    """The user's seats, as long as they can answer for them or change what they have answered."""
    if not user.has_perm("governance.attend", meeting.committee) or not meeting.takes_answers:
        return []
    return parts_of(user, places_at(meeting))


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
        return super().crumbs((German(self.object.title), self.object.get_absolute_url()), *further)


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
        return super().crumbs((German(self.subject.title), self.get_back_url()), *further)


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
    """Says who is told and whether the notice period is kept; to invite late is their own matter."""

    form_class = InviteForm
    template_name = "governance/invite.html"
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
            question=meeting.title,
            loss=told if late else "",
            hint="" if late else told,
            recipients=recipients_of(meeting),
            missing=[kind.title for kind in missing_kinds(meeting)] if meeting.agenda_is_open else [],
            **kwargs,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.lead_back() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        return self.lead_back() or super().post(request, *args, **kwargs)

    def lead_back(self) -> HttpResponse | None:
        """To the meeting, saying why nobody can be invited to it any more."""
        refusal = refusal_to_invite(self.subject)
        if not refusal:
            return None
        messages.warning(self.request, refusal)
        return HttpResponseRedirect(self.get_back_url())

    def act(self, subject: Meeting, *, reason: str, version: int | None) -> None:
        invite(meeting=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        undo = reverse("meeting_undo", args=[self.committee.slug, self.subject.pk])
        return f"{undo}?version={self.subject.version}"
