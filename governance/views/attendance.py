"""Who takes part in a meeting: the coordinator's page for all seats, a member's or deputy's answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.forms.attendance import AnswerForm, AttendanceForm
from governance.models import Meeting
from governance.presence import Part, Place, count_in, parts_of, places_at
from governance.services.attendance import AnswersChanged, answer_invitation, record_attendance
from governance.views.base import CHANGE, InCommittee
from smartregion.base.access import SIGNED_IN

CONFLICT = _("Inzwischen wurde anderswo geantwortet. Bitte sehen Sie die markierten Sitze noch einmal an.")


class AtMeeting(InCommittee, TemplateView):
    """Members, their deputies and the coordinator; for everybody else there is nothing here."""

    permission = SIGNED_IN
    writes = ("post",)
    template_name = "governance/attendance.html"

    @cached_property
    def meeting(self) -> Meeting:
        meeting = get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])
        self.require("governance.see_attendance", meeting.committee)
        return meeting

    @cached_property
    def places(self) -> list[Place]:
        return places_at(self.meeting)

    def get_page_url(self) -> str:
        return reverse("attendance", args=[self.committee.slug, self.meeting.pk])

    @property
    def own_parts(self) -> list[Part]:
        return parts_of(self.request.user, self.places)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.meeting
        keeps = self.request.user.has_perm(CHANGE)
        if keeps and "form" not in kwargs:
            kwargs["form"] = AttendanceForm(meeting=meeting)
        if "answers" not in kwargs and meeting.takes_answers:
            kwargs["answers"] = [AnswerForm(part=part) for part in self.own_parts]
        crumbs = self.crumbs((meeting.title, meeting.get_absolute_url()), (_("Teilnahme"), ""))
        return super().get_context_data(
            committee=self.committee,
            meeting=meeting,
            places=self.places,
            count=count_in(meeting, self.places),
            keeps=keeps,
            crumbs=crumbs,
            **kwargs,
        )

    def refuse(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=409)


class AttendancePage(AtMeeting):
    """All seats; POST is the coordinator's."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        meeting = self.meeting
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        form = AttendanceForm(request.POST, meeting=meeting)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        rest_present = meeting.has_come and "rest" in request.POST
        try:
            record_attendance(
                meeting=meeting, answers=form.answers(rest_present=rest_present), by=request.user
            )
        except AnswersChanged as conflict:
            merged = AttendanceForm(form.merged_data(), meeting=meeting)
            return self.refuse(form=merged, changed=conflict.seats, conflict=CONFLICT)
        except ValidationError as refusal:
            return self.refuse(form=form, conflict=" ".join(refusal.messages))
        messages.success(request, gettext("Die Teilnahme ist gespeichert."))
        return HttpResponseRedirect(self.get_page_url())


class AttendanceAnswerPage(AtMeeting):
    """POST: what a member or a deputy answers for a seat of their own."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.get_page_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require("governance.attend", self.meeting.committee)
        forms = [AnswerForm(request.POST, part=part) for part in self.own_parts]
        sent = next((form for form in forms if form.prefix == request.POST.get("place")), None)
        if sent is None:
            raise Http404
        if not sent.is_valid():
            return self.render_to_response(self.get_context_data(answers=self._shown(sent)))
        try:
            answer_invitation(meeting=self.meeting, answer=sent.answer(), by=request.user)
        except AnswersChanged:
            return self.refuse(conflict=CONFLICT)
        except ValidationError as refusal:
            return self.refuse(conflict=" ".join(refusal.messages))
        messages.success(request, gettext("Danke, Ihre Antwort ist gespeichert."))
        return HttpResponseRedirect(self.get_page_url())

    def _shown(self, sent: AnswerForm) -> list[AnswerForm]:
        """The sent form with its faults, and the others as they were."""
        return [sent if part.seat == sent.part.seat else AnswerForm(part=part) for part in self.own_parts]
