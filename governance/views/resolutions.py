"""Resolutions: reading, recording for good, superseding."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, FormView, TemplateView

from governance.forms.resolutions import (
    FollowUpRows,
    LinkForm,
    ResolutionForm,
    ResolutionVisibilityForm,
    SupersedeForm,
    UrgentForm,
)
from governance.journal import journal_of_resolution
from governance.models import AgendaItem, Circular, FollowUp, Meeting, Resolution
from governance.models.resolution import COUNTED
from governance.panels import cells_of
from governance.services.resolutions import (
    is_recommendation,
    link_resolution,
    next_number,
    record_resolution,
    supersede_resolution,
    takes_approval_back,
)
from governance.views.agenda import OnAgenda
from governance.views.base import CHANGE, EditPage, InCommittee, KeepingPage, UndoPage
from governance.views.followups import REPORT, with_seen_meetings
from measures.models import BudgetLine, Measure
from smartregion.base.access import PUBLIC
from smartregion.base.drafts import DraftedForm


class ResolutionPage(InCommittee, TemplateView):
    """A public resolution of an internal meeting is shown, without a word of the meeting or its item."""

    permission = PUBLIC
    template_name = "governance/resolution.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        visible = self.visible(Resolution)
        resolution = get_object_or_404(visible.with_control(), pk=self.kwargs["pk"])
        follow_ups = list(resolution.follow_ups.all())
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
            follow_ups=with_seen_meetings(follow_ups, user),
            reports=bool(follow_ups) and user.has_perm(REPORT, follow_ups[0]),
            done_choices=self.meetings_that_may_note(resolution) if keeps else [],
            measures=Measure.objects.reachable_by(user).filter(resolution_links__resolution=resolution),
            cells=cells_of(resolution, user),
            lines=BudgetLine.objects.visible_to(user)
            .filter(resolution_links__resolution=resolution)
            .select_related("measure"),
            biased=resolution.biased.all(),
            circular=self.visible(Circular).filter(resolution=resolution).first(),
            approves=visible.filter(pk=resolution.approves_id).first(),
            changes=journal_of_resolution(resolution) if keeps else None,
            crumbs=self.crumbs((resolution.number, "")),
            **kwargs,
        )

    def meetings_that_may_note(self, resolution: Resolution) -> list[Meeting]:
        if not resolution.is_open:
            return []
        later = self.visible(Meeting).filter(starts_at__date__gte=resolution.resolved_on)
        return [meeting for meeting in later if meeting.has_come]


def refuse(form: Any, error: ValidationError) -> None:
    """Say it at the fields that it names, or above the form where the form has no such field."""
    named = set(getattr(error, "error_dict", {}))
    form.add_error(None, error if named <= {NON_FIELD_ERRORS, *form.fields} else error.messages)


class RecordingPage(KeepingPage, DraftedForm, CreateView[Any, Any]):
    """Two steps: the form, then what was entered is read back, since it can never be changed."""

    template_name = "governance/resolution_form.html"
    submit_label = _("Weiter zur Prüfung")

    def new_resolution(self) -> Resolution:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.new_resolution()}

    def form_valid(self, form: Any) -> HttpResponse:
        step = self.request.POST.get("step")
        if step == "back":
            return self.form_invalid(form)
        if step != "record":
            context = self.get_context_data(form=form, resolution=form.instance, **self.read_back(form))
            return render(self.request, "governance/resolution_check.html", context)
        try:
            resolution = self.store(form)
        except ValidationError as error:
            before = self.recorded_before(form)
            if before is None:
                refuse(form, error)
                return self.form_invalid(form)
            resolution = before
        messages.success(self.request, gettext("Der Beschluss ist festgehalten."))
        return HttpResponseRedirect(resolution.get_absolute_url())

    def recorded_before(self, form: Any) -> Resolution | None:
        """What was refused may stand there already, word for word: someone clicked twice."""
        return self.visible(Resolution).recorded_as(form.instance).first()

    def read_back(self, form: Any) -> dict[str, Any]:
        row = form.instance
        row.is_recommendation = is_recommendation(row)
        year = row.resolved_on.year
        return {
            "measures": form.cleaned_data["measures"],
            "biased": form.cleaned_data.get("biased"),
            "number": row.number or next_number(committee=self.committee, year=year)[1],
            "follow_ups": form.follow_ups(),
            "default_follow_up": FollowUp.WHOLE if row.is_binding and not row.approves else "",
        }

    def what_was_typed(self, form: Any) -> dict[str, Any]:
        """As the services take it."""
        return {
            "resolution": form.instance,
            "measures": form.cleaned_data["measures"],
            "follow_ups": form.follow_ups(),
            "biased": form.cleaned_data.get("biased") or [],
            "by": self.request.user,
        }

    def store(self, form: Any) -> Resolution:
        return record_resolution(**self.what_was_typed(form))


def address_of(name: str, *args: Any) -> str:
    """Of a page that the portal may not have."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


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
        kwargs |= {"committee": self.committee, "meeting": self.meeting}
        kwargs["attendance_url"] = address_of("attendance", self.committee.slug, self.meeting.pk)
        return {**super().get_context_data(**kwargs), "lead": lead}


class ResolutionUrgentPage(RecordingPage):
    """What had to be decided before the next meeting, in place of the committee."""

    form_class = UrgentForm
    page_title = _("Dringlichkeitsentscheidung festhalten")
    lead = _("Sie bleibt offen, bis das Gremium sie mit einem eigenen Beschluss genehmigt.")

    def new_resolution(self) -> Resolution:
        urgent = Resolution.Procedure.URGENT
        return Resolution(committee=self.committee, procedure=urgent, resolved_on=localdate())


class ResolutionSupersedePage(RecordingPage):
    form_class = SupersedeForm
    page_title = _("Beschluss durch einen neuen ersetzen")

    @cached_property
    def old(self) -> Resolution:
        return get_object_or_404(self.visible(Resolution), pk=self.kwargs["pk"])

    def new_resolution(self) -> Resolution:
        kept = ["title", "wording", "outcome", "votes_for", "votes_against", "abstentions", "vote_note"]
        kept += ["visibility", "procedure", "approves", *COUNTED]
        values = {name: getattr(self.old, name) for name in kept}
        if self.old.procedure == Resolution.Procedure.CIRCULAR:
            values["procedure"] = Resolution.Procedure.MEETING
        return Resolution(committee=self.committee, supersedes=self.old, resolved_on=localdate(), **values)

    def get_initial(self) -> dict[str, Any]:
        open_ones = [row for row in self.old.open_follow_ups if not row.is_approval]
        chosen = {"measures": self.old.measures.all(), "biased": self.old.biased.all()}
        return {**chosen, **FollowUpRows.initial_of(open_ones)}

    def get_back_url(self) -> str:
        return self.old.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "lead": str(self.old)}

    def read_back(self, form: Any) -> dict[str, Any]:
        told = super().read_back(form)
        told["reopened"] = self.old.approves if takes_approval_back(self.old, form.instance) else None
        return told

    def store(self, form: Any) -> Resolution:
        reason = form.cleaned_data["reason"]
        return supersede_resolution(old=self.old, reason=reason, **self.what_was_typed(form))


class ResolutionLinkPage(KeepingPage, FormView[LinkForm]):
    form_class = LinkForm
    page_title = _("Beschluss verknüpfen")
    lead = _("Was einmal verknüpft ist, bleibt verknüpft.")

    @cached_property
    def resolution(self) -> Resolution:
        return get_object_or_404(self.visible(Resolution), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "resolution": self.resolution, "user": self.request.user}

    def get_back_url(self) -> str:
        return self.resolution.get_absolute_url()

    def form_valid(self, form: LinkForm) -> HttpResponse:
        link_resolution(resolution=self.resolution, **form.cleaned_data, by=self.request.user)
        messages.success(self.request, gettext("Verknüpft."))
        return HttpResponseRedirect(self.get_back_url())


class ResolutionEditPage(EditPage):
    form_class = ResolutionVisibilityForm
    page_title = _("Sichtbarkeit bearbeiten")
    lead = _("Wortlaut, Ergebnis und Stimmen ändern sich nie; ein neuer Beschluss kann sie ersetzen.")

    def get_queryset(self) -> QuerySet[Resolution]:
        return self.visible(Resolution).select_related("supersedes", "committee")


class ResolutionUndoPage(UndoPage):
    def get_object(self) -> Resolution:
        return get_object_or_404(self.visible(Resolution), pk=self.kwargs["pk"])
