"""Pages of minutes: write, read, present, approve, download, correct."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, FormView
from django_htmx.http import HttpResponseClientRefresh

from governance.forms.minutes import AmendmentForm, ApprovalForm, MinutesForm
from governance.journal import journal_of_meeting
from governance.models import AgendaItem, Amendment, Meeting, Minutes, MinutesFile, Resolution
from governance.models.approved import APPROVED
from governance.services.minutes import (
    MinutesConflict,
    amend_minutes,
    approve_minutes,
    new_minutes,
    present_minutes,
    save_minutes,
    undo_minutes,
)
from governance.views.base import CHANGE, InCommittee, KeepingPage
from smartregion.base.access import PUBLIC
from smartregion.base.drafts import DraftedForm
from smartregion.base.jobs import requeue
from smartregion.base.languages import German
from smartregion.base.versioned import EditConflict


class OfMeeting(InCommittee):
    """A page about the minutes of a meeting."""

    @cached_property
    def meeting(self) -> Meeting:
        return get_object_or_404(self.visible(Meeting), pk=self.kwargs["pk"])

    @cached_property
    def minutes(self) -> Minutes:
        """Those that the user may see; the coordinator begins them once the day of the meeting has come."""
        visible = Minutes.objects.visible_to(self.request.user).filter(meeting=self.meeting)
        found = visible.select_related("job", "approved_in").first()
        if found:
            found.meeting = self.meeting
            return found
        if self.request.user.has_perm(CHANGE) and self.meeting.has_come:
            return new_minutes(self.meeting)
        raise Http404

    def items(self) -> QuerySet[AgendaItem]:
        return AgendaItem.objects.visible_to(self.request.user).filter(meeting=self.meeting)

    def get_back_url(self) -> str:
        return reverse("minutes", args=[self.committee.slug, self.meeting.pk])

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return super().crumbs(
            (German(self.meeting.title), self.meeting.get_absolute_url()),
            (gettext("Niederschrift"), self.get_back_url()),
            *further,
        )


class MinutesPage(OfMeeting, DraftedForm, FormView[MinutesForm]):
    """For readers the minutes; for the coordinator, until they are approved, the form that writes them."""

    permission = PUBLIC
    writes = ("post",)
    form_class = MinutesForm
    template_name = "governance/minutes.html"

    @property
    def is_written(self) -> bool:
        return self.request.user.has_perm(CHANGE) and not self.minutes.is_approved

    @property
    def keeps_drafts(self) -> bool:  # type: ignore[override]
        return self.is_written

    def get_form_kwargs(self) -> dict[str, Any]:
        items = self.items().order_by("number")
        return {**super().get_form_kwargs(), "minutes": self.minutes, "items": items}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        if not self.is_written:
            kwargs["form"] = None
        resolutions = Resolution.objects.visible_to(user).with_control()
        items = self.items().prefetch_related(
            Prefetch("resolutions", resolutions, to_attr="visible_resolutions")
        )
        return super().get_context_data(
            committee=self.committee,
            meeting=self.meeting,
            minutes=self.minutes,
            items=[] if self.is_written else items,
            files=files_for(self.minutes, user),
            amendments=Amendment.objects.visible_to(user).filter(minutes=self.minutes.pk),
            changes=journal_of_meeting(self.meeting) if user.has_perm(CHANGE) else None,
            crumbs=[*self.crumbs()[:-1], (gettext("Niederschrift"), "")],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require(CHANGE, self.meeting)
        if not self.is_written:
            return self.show_what_came_too_late(request)
        return super().post(request, *args, **kwargs)

    def show_what_came_too_late(self, request: HttpRequest) -> HttpResponse:
        """Somebody approved the minutes meanwhile: what was typed is shown, so that it is not lost."""
        unsaved = self.get_form().typed
        messages.warning(request, str(APPROVED))
        return render(request, self.template_name, self.get_context_data(unsaved=unsaved), status=409)

    def form_valid(self, form: MinutesForm) -> HttpResponse:
        can_be_undone = self.minutes.pk is not None
        try:
            sign = save_minutes(meeting=self.meeting, head=form.head, items=form.texts, by=self.request.user)
        except MinutesConflict as conflict:
            return self.show_conflict(form, conflict)
        except (ValidationError, IntegrityError) as refusal:
            form.add_error(None, getattr(refusal, "messages", [gettext("Bitte speichern Sie noch einmal.")]))
            return self.form_invalid(form)
        undo = reverse("minutes_undo", args=[self.committee.slug, self.meeting.pk, sign])
        messages.success(
            self.request, gettext("Gespeichert."), extra_tags=f"undo {undo}" if can_be_undone else ""
        )
        return HttpResponseRedirect(self.get_back_url())

    def show_conflict(self, form: MinutesForm, conflict: MinutesConflict) -> HttpResponse:
        """The form once more over what is stored now; what was typed stays in it."""
        del self.minutes
        fresh = MinutesForm(**{**self.get_form_kwargs(), "data": form.data})
        fresh.is_valid()
        fresh.show_overlaps(conflict.overlaps)
        return render(self.request, self.template_name, self.get_context_data(form=fresh), status=409)


def files_for(minutes: Minutes, user: Any) -> QuerySet[MinutesFile]:
    return MinutesFile.objects.visible_to(user).filter(minutes=minutes.pk).without_content()


class MinutesUndoPage(OfMeeting):
    """POST takes back what was saved at once, if nothing of it has been changed since."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = self.get_back_url()
        try:
            undo_minutes(kwargs["sign"], by=request.user)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        except (ObjectDoesNotExist, EditConflict):
            messages.warning(
                request, gettext("Inzwischen wurde weiter geschrieben; das lässt sich nicht zurücknehmen.")
            )
        else:
            messages.success(request, gettext("Die letzte Änderung wurde zurückgenommen."))
        return HttpResponseRedirect(back)


class MinutesPresentPage(OfMeeting):
    """POST gives the draft to the members."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            present_minutes(meeting=self.meeting, by=request.user)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            messages.success(request, gettext("Die Niederschrift liegt den Mitgliedern vor."))
        return HttpResponseRedirect(self.get_back_url())


class MinutesApprovePage(OfMeeting, KeepingPage, FormView[ApprovalForm]):
    form_class = ApprovalForm
    page_title = _("Niederschrift genehmigen")
    submit_label = _("Genehmigen und versiegeln")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "minutes": self.minutes}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Danach ändern sich Tagesordnung, Teilnahme und Texte dieser Sitzung nicht mehr.")
        return super().get_context_data(question=self.meeting.title, loss=loss, **kwargs)

    def form_valid(self, form: ApprovalForm) -> HttpResponse:
        values = form.cleaned_data
        try:
            approve_minutes(minutes=self.minutes, by=self.request.user, **values)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except EditConflict:
            messages.warning(
                self.request,
                gettext("Inzwischen wurde weiter geschrieben. Bitte sehen Sie noch einmal nach."),
            )
            return HttpResponseRedirect(self.get_back_url())
        messages.success(self.request, gettext("Genehmigt. Die Dateien werden jetzt versiegelt."))
        return HttpResponseRedirect(self.get_back_url())


class MinutesProgressPage(OfMeeting):
    """The bar alone, for a page that asks again and again."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = self.minutes.job
        if job is None:
            raise Http404
        if not job.is_open:
            return HttpResponseClientRefresh()
        if request.GET.get("state") == job.state:
            return HttpResponse(status=204)
        context = {"minutes": self.minutes, "meeting": self.meeting, "committee": self.committee}
        return render(request, "governance/_minutes_progress.html", context)


class MinutesRetryPage(OfMeeting):
    """POST gives a failed sealing a fresh start."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.minutes.job:
            requeue(self.minutes.job)
        return HttpResponseRedirect(self.get_back_url())


class AmendPage(OfMeeting, KeepingPage, DraftedForm, CreateView[Amendment, AmendmentForm]):
    form_class = AmendmentForm
    page_title = _("Niederschrift berichtigen")
    submit_label = _("Berichtigung versiegeln")
    lead = _("Die versiegelte Niederschrift bleibt, wie sie ist; die Berichtigung steht daneben.")

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.minutes.is_sealed:
            raise Http404
        amendment = Amendment(minutes=self.minutes, on=localdate(), visibility=self.meeting.visibility)
        return {**super().get_form_kwargs(), "instance": amendment}

    def form_valid(self, form: AmendmentForm) -> HttpResponse:
        try:
            amend_minutes(amendment=form.instance, by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Die Berichtigung ist versiegelt."))
        return HttpResponseRedirect(self.get_back_url())
