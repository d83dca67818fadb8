"""The development team of a measure: its seats, the minutes of its meetings, inputs (Impulse)."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.forms.team import (
    ImpulseAddForm,
    ImpulseFateForm,
    ImpulseForm,
    TeamMeetingAddForm,
    TeamMeetingForm,
    TeamMemberAddForm,
    TeamMemberForm,
)
from measures.models import Impulse, Measure, TeamMeeting, TeamMember
from measures.services.team import give_impulse
from measures.team import impulses_of, seats_by_sector
from measures.views.page import MeasurePageView
from measures.views.parts import PartAddView, PartEditView, PartRestoreView, PartUndoView, RemoveVersionedView
from smartregion.base.access import RuledView

TEAM = "measure_team"
MINUTES = "measures.change_minutes"


class TeamView(MeasurePageView):
    page = TEAM
    template_name = "measures/measure_team.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure, user = self.object, self.request.user
        sees_internals = user.has_perm("measures.view_internals")
        if sees_internals:
            kwargs |= self._internals(measure)
        may_invite = user.has_perm("measures.change_measure", measure)
        seats = measure.team.prefetch_related("invitations__job") if may_invite else measure.team.all()
        return super().get_context_data(
            sectors=seats_by_sector(seats),
            sees_internals=sees_internals,
            may_change_minutes=user.has_perm(MINUTES, measure),
            may_give_impulse=user.has_perm("measures.add_impulse", measure),
            may_decide=may_invite and user.has_perm("measures.decide_impulse"),
            **kwargs,
        )

    def _internals(self, measure: Measure) -> dict[str, Any]:
        return {
            "tasks": list(measure.tasks.open().select_related("seat__organisation")),
            "meetings": list(measure.team_meetings.all()),
            "impulses": impulses_of(measure),
        }


class TeamMemberAddView(PartAddView):
    page = TEAM
    model = TeamMember
    form_class = TeamMemberAddForm
    title = gettext_lazy("Neuer Sitz im Entwicklungsteam")
    success_message = gettext_lazy("Der Sitz ist angelegt.")


class TeamMemberEditView(PartEditView):
    page = TEAM
    model = TeamMember
    form_class = TeamMemberForm
    change_permission = "measures.change_measure"
    undo_url_name = "team_undo"
    delete_url_name = "team_delete"
    delete_label = gettext_lazy("Diesen Sitz entfernen")
    title = gettext_lazy("Sitz bearbeiten")
    success_message = gettext_lazy("Der Sitz ist gespeichert.")


class TeamMemberUndoView(PartUndoView):
    page = TEAM
    model = TeamMember


class TeamMemberDeleteView(RemoveVersionedView):
    page = TEAM
    model = TeamMember
    restore_url_name = "team_restore"
    anchor = "sitze"
    title = gettext_lazy("Sitz entfernen")

    def question(self) -> str:
        return _("Möchten Sie den Sitz „%s“ aus dem Entwicklungsteam nehmen?") % self.part

    def loss(self) -> str:
        losses = []
        if self.part.user_id:
            losses.append(
                _("Das Konto auf diesem Sitz kann dann keine Sachstände dieser Maßnahme mehr schreiben.")
            )
        elif self.part.invitations.filter(answer="", revoked_at=None).exists():
            losses.append(_("Die Einladung zu diesem Sitz erlischt."))
        if tasks := self.part.tasks.count():
            left = ngettext(
                "%d Aufgabe steht dann ohne Zuständige da.",
                "%d Aufgaben stehen dann ohne Zuständige da.",
                tasks,
            )
            losses.append(left % tasks)
        return " ".join(losses)


class TeamMemberRestoreView(PartRestoreView):
    page = TEAM
    model = TeamMember


class TeamMeetingAddView(PartAddView):
    page = TEAM
    measure_permission = MINUTES
    model = TeamMeeting
    form_class = TeamMeetingAddForm
    title = gettext_lazy("Neue Teamsitzung")
    success_message = gettext_lazy("Das Protokoll ist gespeichert.")


class TeamMeetingEditView(PartEditView):
    page = TEAM
    model = TeamMeeting
    form_class = TeamMeetingForm
    change_permission = MINUTES
    undo_url_name = "team_meeting_undo"
    delete_url_name = "team_meeting_delete"
    delete_label = gettext_lazy("Dieses Protokoll löschen")
    title = gettext_lazy("Teamsitzung bearbeiten")
    success_message = gettext_lazy("Das Protokoll ist gespeichert.")


class TeamMeetingUndoView(PartUndoView):
    page = TEAM
    measure_permission = change_permission = MINUTES
    model = TeamMeeting


class TeamMeetingDeleteView(RemoveVersionedView):
    page = TEAM
    measure_permission = MINUTES
    model = TeamMeeting
    restore_url_name = "team_meeting_restore"
    anchor = "teamsitzungen"
    title = gettext_lazy("Protokoll löschen")

    def question(self) -> str:
        return _("Möchten Sie das Protokoll „%s“ löschen?") % self.part


class TeamMeetingRestoreView(PartRestoreView):
    page = TEAM
    measure_permission = MINUTES
    model = TeamMeeting


class ImpulseFormMixin:
    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        may_decide = self.request.user.has_perm("measures.decide_impulse")
        return {**super().get_form_kwargs(), "may_decide": may_decide}  # type: ignore[misc]


class ImpulseAddView(ImpulseFormMixin, PartAddView):
    page = TEAM
    measure_permission = "measures.add_impulse"
    model = Impulse
    form_class = ImpulseAddForm
    title = gettext_lazy("Neuer Impuls")
    success_message = gettext_lazy("Der Impuls ist angekommen; die Koordination prüft ihn.")

    def store(self, form: Any) -> Impulse:
        return give_impulse(impulse=form.instance, by=self.request.user)


class RuledByImpulse:
    """The rule is asked about the input itself, of which giver and fate count."""

    def ruled(self, part: Impulse) -> Impulse:
        return part


class ImpulseEditView(ImpulseFormMixin, RuledByImpulse, PartEditView):
    page = TEAM
    model = Impulse
    form_class = ImpulseForm
    change_permission = "measures.change_impulse"
    undo_url_name = "impulse_undo"
    title = gettext_lazy("Impuls bearbeiten")
    success_message = gettext_lazy("Der Impuls ist gespeichert.")


class ImpulseFateView(RuledByImpulse, PartEditView):
    page = TEAM
    model = Impulse
    form_class = ImpulseFateForm
    change_permission = "measures.decide_impulse"
    undo_url_name = "impulse_undo"
    title = gettext_lazy("Was wird aus dem Impuls?")
    success_message = gettext_lazy("Die Entscheidung ist gespeichert.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=f"{self.object.title}: {self.object.text}", **kwargs)


class ImpulseUndoView(PartUndoView):
    """Its giver takes back an edit, the coordinator that or a decision."""

    page = TEAM
    measure_permission = "measures.view_internals"
    change_permission = "measures.change_impulse"
    model = Impulse

    def require(self, permission: str, subject: Any) -> None:
        RuledView.require(self, permission, subject)

    def check_restored(self, before: Impulse, restored: Impulse) -> None:
        self.require(self.change_permission, restored)
