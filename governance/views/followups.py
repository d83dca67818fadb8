"""Follow-ups: adding, editing, reporting as done, and noting as done in a meeting."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.forms.followups import DoneForm, FollowUpForm, ReportForm
from governance.models import FollowUp, Meeting, Resolution
from governance.services.followups import note_done, take_back_done
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, UndoPage
from smartregion.base.access import SIGNED_IN

REPORT = "governance.report_follow_up"
REPORTED = {"reported_on", "evidence", "evidence_url"}


def with_seen_meetings(rows: Iterable[FollowUp], user: Any) -> list[FollowUp]:
    """The rows, each with the meeting in which it was noted as done, if the user may see that one."""
    rows = list(rows)
    noted_in = {row.noted_in_id for row in rows} - {None}
    meetings = Meeting.objects.visible_to(user).select_related("committee").in_bulk(noted_in)
    for row in rows:
        row.seen_in = meetings.get(row.noted_in_id)  # type: ignore[attr-defined]
    return rows


class OfCommittee(InCommittee):
    """A page about one follow-up of a committee's resolution."""

    def follow_ups(self) -> Any:
        visible = FollowUp.objects.visible_to(self.request.user).with_resolution()
        return visible.filter(resolution__committee=self.committee)

    def get_follow_up(self) -> FollowUp:
        return get_object_or_404(self.follow_ups(), pk=self.kwargs["pk"])

    def open_ones(self) -> QuerySet[FollowUp]:
        """An approval is a resolution of its own."""
        return self.follow_ups().open().filter(is_approval=False)


class FollowUpAddPage(AddPage):
    form_class = FollowUpForm
    page_title = _("Auftrag ergänzen")

    @cached_property
    def resolution(self) -> Resolution:
        return get_object_or_404(self.visible(Resolution).in_force(), pk=self.kwargs["pk"])

    def new_row(self) -> FollowUp:
        return FollowUp(resolution=self.resolution, is_example=self.resolution.is_example)

    def get_back_url(self) -> str:
        return self.resolution.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "lead": str(self.resolution)}


class FollowUpEditPage(OfCommittee, EditPage):
    form_class = FollowUpForm
    page_title = _("Auftrag bearbeiten")

    def get_queryset(self) -> QuerySet[FollowUp]:
        return self.open_ones()


class FollowUpReportPage(OfCommittee, EditPage):
    """Whoever does it says so; the resolution stays open until the committee notes it."""

    permission = SIGNED_IN
    change_permission = REPORT
    form_class = ReportForm
    page_title = _("Als umgesetzt melden")
    submit_label = _("Melden")
    success_message = _("Gemeldet. Das Gremium stellt die Erledigung in seiner nächsten Sitzung fest.")

    def get_queryset(self) -> QuerySet[FollowUp]:
        return self.open_ones()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.object.resolution.number}: {self.object.what}"
        return {**super().get_context_data(**kwargs), "lead": lead}

    def get_undo_url(self, saved: Any) -> str:
        own = self.request.path.removesuffix("melden/")
        return f"{own}{self.undo_suffix}?version={saved.version}"


class FollowUpUndoPage(OfCommittee, UndoPage):
    permission = SIGNED_IN
    change_permission = REPORT

    def get_object(self) -> FollowUp:
        return self.get_follow_up()

    def check_restored(self, before: FollowUp, restored: FollowUp) -> None:
        """What the committee noted in a meeting is taken back with a reason only (`take_back_done`)."""
        if before.noted_in_id != restored.noted_in_id:
            raise ValidationError(gettext("Die Feststellung der Erledigung ändert sich nur auf eigenem Weg."))
        names = {field.attname for field in FollowUp._meta.concrete_fields} - REPORTED - {"version"}
        others = [name for name in names if getattr(before, name) != getattr(restored, name)]
        if others and not self.request.user.has_perm(CHANGE):
            raise ValidationError(gettext("Das hat die Koordinierungsstelle geändert."))


class FollowUpDonePage(OfCommittee):
    """POST with `meeting`: the committee noted the follow-up as done in it."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        follow_up = self.get_follow_up()
        form = DoneForm(request.POST, follow_up=follow_up)
        if not form.is_valid():
            messages.error(request, gettext("Bitte wählen Sie eine Sitzung dieses Gremiums."))
            return HttpResponseRedirect(follow_up.get_absolute_url())
        meeting = form.cleaned_data["meeting"]
        try:
            note_done(follow_up=follow_up, meeting=meeting, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, gettext("Als erledigt festgestellt: %s") % follow_up)
        back = meeting if request.POST.get("back") == "meeting" else follow_up
        return HttpResponseRedirect(back.get_absolute_url())


class FollowUpReopenPage(OfCommittee, AskPage):
    page_title = _("Feststellung zurücknehmen")
    submit_label = _("Zurücknehmen")
    done_message = _("Der Auftrag ist wieder offen.")

    def get_subject(self) -> FollowUp:
        return self.get_follow_up()

    def get_back_url(self) -> str:
        return self.subject.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Der Auftrag steht danach wieder auf jeder Tagesordnung.")
        return super().get_context_data(question=str(self.subject), loss=loss, **kwargs)

    def act(self, subject: FollowUp, *, reason: str, version: int | None) -> None:
        take_back_done(follow_up=subject, version=version, by=self.request.user, reason=reason)
