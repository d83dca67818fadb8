"""Resolutions: reading, recording for good, superseding, noting as done."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, TemplateView

from governance.forms.resolutions import DoneForm, ResolutionFollowUpForm, ResolutionForm, SupersedeForm
from governance.models import AgendaItem, Meeting, Resolution
from governance.services.resolutions import note_done, record_resolution, supersede_resolution, take_back_done
from governance.views.agenda import OnAgenda
from governance.views.base import CHANGE, AskPage, EditPage, InCommittee, KeepingPage, UndoPage
from measures.models import Measure
from smartregion.base.access import PUBLIC
from smartregion.base.drafts import DraftedForm
from smartregion.base.history import changes_of


class ResolutionPage(InCommittee, TemplateView):
    """A public resolution of an internal meeting is shown, without a word of the meeting or its item."""

    permission = PUBLIC
    template_name = "governance/resolution.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        visible = self.visible(Resolution)
        resolution = get_object_or_404(visible.select_related("superseded_by"), pk=self.kwargs["pk"])
        meetings = self.visible(Meeting)
        keeps = user.has_perm(CHANGE)
        return super().get_context_data(
            committee=self.committee,
            resolution=resolution,
            item=AgendaItem.objects.visible_to(user)
            .filter(pk=resolution.item_id)
            .select_related("meeting__committee")
            .first(),
            supersedes=visible.filter(pk=resolution.supersedes_id).first(),
            superseded_by=visible.filter(supersedes=resolution).first(),
            done_in=meetings.filter(pk=resolution.noted_done_in_id).first(),
            done_choices=[
                meeting
                for meeting in meetings.filter(starts_at__date__gte=resolution.resolved_on)
                if meeting.has_come
            ]
            if keeps and resolution.is_open
            else [],
            measures=Measure.objects.reachable_by(user).filter(resolution_links__resolution=resolution),
            changes=changes_of(resolution) if keeps else None,
            crumbs=self.crumbs((resolution.number, "")),
            **kwargs,
        )


class RecordingPage(KeepingPage, DraftedForm, CreateView[Any, Any]):
    """Two steps: the form, then what was entered is read back, since it can never be changed."""

    template_name = "governance/form.html"
    submit_label = _("Weiter zur Prüfung")

    def new_resolution(self) -> Resolution:
        raise NotImplementedError

    def store(self, form: Any) -> Resolution:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.new_resolution()}

    def form_valid(self, form: Any) -> HttpResponse:
        step = self.request.POST.get("step")
        if step == "back":
            return self.form_invalid(form)
        if step != "record":
            form.number_it()
            context = self.get_context_data(form=form, resolution=form.instance, **self.read_back(form))
            return render(self.request, "governance/resolution_check.html", context)
        try:
            resolution = self.store(form)
        except ValidationError as error:
            before = self.recorded_before(form)
            if before is None:
                form.add_error(None, error)
                return self.form_invalid(form)
            resolution = before
        messages.success(self.request, gettext("Der Beschluss ist festgehalten."))
        return HttpResponseRedirect(resolution.get_absolute_url())

    def recorded_before(self, form: Any) -> Resolution | None:
        """What was refused may stand there already, word for word: someone clicked twice."""
        return self.visible(Resolution).recorded_as(form.instance).first()

    def read_back(self, form: Any) -> dict[str, Any]:
        return {"measures": form.cleaned_data["measures"]}


class ResolutionRecordPage(OnAgenda, RecordingPage):
    form_class = ResolutionForm
    page_title = _("Beschluss festhalten")

    @cached_property
    def item(self) -> AgendaItem:
        return self.get_item()

    def new_resolution(self) -> Resolution:
        item = self.item
        return Resolution(
            committee=self.committee,
            item=item,
            title=item.title,
            resolved_on=self.meeting.day,
            visibility=item.visibility,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.meeting.title} · {self.item}"
        return {**super().get_context_data(**kwargs), "lead": lead}

    def store(self, form: Any) -> Resolution:
        return record_resolution(
            resolution=form.instance, measures=form.cleaned_data["measures"], by=self.request.user
        )


class ResolutionSupersedePage(RecordingPage):
    form_class = SupersedeForm
    page_title = _("Beschluss durch einen neuen ersetzen")

    @cached_property
    def old(self) -> Resolution:
        return get_object_or_404(self.visible(Resolution), pk=self.kwargs["pk"])

    def new_resolution(self) -> Resolution:
        kept = ["title", "wording", "outcome", "votes_for", "votes_against", "abstentions", "vote_note"]
        kept += ["responsible", "due_on", "visibility"]
        values = {name: getattr(self.old, name) for name in kept}
        return Resolution(committee=self.committee, supersedes=self.old, resolved_on=localdate(), **values)

    def get_initial(self) -> dict[str, Any]:
        return {"measures": self.old.measures.all()}

    def get_back_url(self) -> str:
        return self.old.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "lead": str(self.old)}

    def store(self, form: Any) -> Resolution:
        return supersede_resolution(
            old=self.old,
            resolution=form.instance,
            measures=form.cleaned_data["measures"],
            by=self.request.user,
            reason=form.cleaned_data["reason"],
        )


class ResolutionEditPage(EditPage):
    form_class = ResolutionFollowUpForm
    page_title = _("Umsetzung und Sichtbarkeit bearbeiten")
    lead = _("Wortlaut, Ergebnis und Stimmen ändern sich nie; ein neuer Beschluss kann sie ersetzen.")

    def get_queryset(self) -> QuerySet[Resolution]:
        return self.visible(Resolution).select_related("supersedes", "committee")


class ResolutionUndoPage(UndoPage):
    def get_object(self) -> Resolution:
        return get_object_or_404(self.visible(Resolution), pk=self.kwargs["pk"])

    def check_restored(self, before: Resolution, restored: Resolution) -> None:
        """What the committee noted in a meeting is taken back with a reason only (`take_back_done`)."""
        if before.noted_done_in_id != restored.noted_done_in_id:
            raise ValidationError(gettext("Die Feststellung der Erledigung ändert sich nur auf eigenem Weg."))


class ResolutionDonePage(InCommittee):
    """POST with `meeting`: the committee noted the resolution as done in it."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        resolution = get_object_or_404(self.visible(Resolution), pk=self.kwargs["pk"])
        form = DoneForm(request.POST, resolution=resolution)
        if not form.is_valid():
            messages.error(request, gettext("Bitte wählen Sie eine Sitzung dieses Gremiums."))
            return HttpResponseRedirect(resolution.get_absolute_url())
        meeting = form.cleaned_data["meeting"]
        try:
            note_done(resolution=resolution, meeting=meeting, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, gettext("Als erledigt festgestellt: %s") % resolution)
        back = meeting if request.POST.get("back") == "meeting" else resolution
        return HttpResponseRedirect(back.get_absolute_url())


class ResolutionReopenPage(AskPage):
    page_title = _("Feststellung zurücknehmen")
    submit_label = _("Zurücknehmen")
    done_message = _("Der Beschluss ist wieder offen.")

    def get_subject(self) -> Resolution:
        return get_object_or_404(self.visible(Resolution), pk=self.kwargs["pk"])

    def get_back_url(self) -> str:
        return self.subject.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Der Beschluss steht danach wieder auf jeder Tagesordnung.")
        return super().get_context_data(question=str(self.subject), loss=loss, **kwargs)

    def act(self, subject: Resolution, *, reason: str, version: int | None) -> None:
        take_back_done(resolution=subject, version=version, by=self.request.user, reason=reason)
