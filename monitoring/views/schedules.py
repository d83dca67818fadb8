"""Schedules of reports in the browser: list, keep, and approve ahead what they will ask for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, FormView, TemplateView

from governance.forms.base import ReasonForm
from monitoring.forms.schedules import ScheduleForm, VersionForm
from monitoring.models import ReportSchedule
from monitoring.offices import chair_office, coordination_office
from monitoring.periods import Period
from monitoring.services.schedules import approve_ahead, release_ahead, withdraw_ahead
from monitoring.views.base import crumbs_of
from smartregion.base.access import RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import GONE, TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict

KEEP = "monitoring.keep_schedules"
CHANGED = gettext_lazy("Jemand anderes hat den Plan inzwischen geändert. Bitte sehen Sie noch einmal nach.")


@dataclass(frozen=True)
class Row:
    """A schedule with the period that comes next and the day on which its report is compiled."""

    schedule: ReportSchedule
    period: Period
    due_on: date
    is_approved_ahead: bool


class SchedulesPage(RuledView):
    permission = KEEP
    page_title: Any = gettext_lazy("Berichtspläne")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_list = isinstance(self, ScheduleListView)
        above = [] if is_list else [(_("Berichtspläne"), reverse("report_schedules"))]
        return super().get_context_data(  # type: ignore[misc]
            title=self.page_title,
            page_title=self.page_title,
            crumbs=crumbs_of(*above, (self.page_title, "")),
            cancel_url=reverse("report_schedules"),
            **kwargs,
        )

    @cached_property
    def schedule(self) -> ReportSchedule:
        return get_object_or_404(ReportSchedule.objects.select_related("template"), pk=self.kwargs["pk"])


class ScheduleListView(SchedulesPage, TemplateView):
    """The coordinator keeps the schedules, the chair approves ahead."""

    permission = "monitoring.read_schedules"
    template_name = "monitoring/schedules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = localdate()
        schedules = ReportSchedule.objects.select_related("template").order_by("-is_active", "kind", "pk")
        approved = set(ReportSchedule.objects.approved_ahead().values_list("pk", flat=True))
        rows = []
        for schedule in schedules:
            period = schedule.next_period(today)
            rows.append(Row(schedule, period, schedule.due_on(period), schedule.pk in approved))
        return super().get_context_data(rows=rows, **kwargs)


class ScheduleAddView(SchedulesPage, DraftedForm, CreateView[ReportSchedule, ScheduleForm]):
    writes = ("post",)
    model = ReportSchedule
    form_class = ScheduleForm
    template_name = "monitoring/form.html"
    page_title = gettext_lazy("Neuer Berichtsplan")

    def get_form_kwargs(self) -> dict[str, Any]:
        first = Period.quarter(localdate()).start
        return {**super().get_form_kwargs(), "instance": ReportSchedule(first_period_start=first)}

    def form_valid(self, form: ScheduleForm) -> HttpResponse:
        try:
            with recorded(by=self.request.user):
                form.save()
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Der Berichtsplan ist angelegt."))
        return HttpResponseRedirect(reverse("report_schedules"))


class ScheduleEditView(SchedulesPage, VersionedEditView):
    change_permission = KEEP
    model = ReportSchedule
    form_class = ScheduleForm
    template_name = "monitoring/schedule.html"
    page_title = gettext_lazy("Berichtsplan bearbeiten")

    def get_queryset(self) -> QuerySet[ReportSchedule]:
        return ReportSchedule.objects.select_related("template")

    def get_undo_url(self, saved: Any) -> str:
        return f"{reverse('report_schedule_undo', args=[saved.pk])}?version={saved.version}"

    def get_success_url(self) -> str:
        return reverse("report_schedules")


class ScheduleUndoView(SchedulesPage, UndoView):
    change_permission = KEEP

    def get_object(self) -> ReportSchedule:
        return self.schedule

    def check_restored(self, before: ReportSchedule, restored: ReportSchedule) -> None:
        """Undoing must not approve anything: that takes the two people themselves."""
        gained = (restored.released_as and not before.released_as) or (
            restored.approved_as and not before.approved_as
        )
        if gained:
            raise ValidationError(_("Die Vorab-Freigabe gilt nicht mehr. Bitte erteilen Sie sie neu."))


class ScheduleRemoveView(SchedulesPage, FormView[ReasonForm]):
    writes = ("post",)
    form_class = ReasonForm
    template_name = "governance/form.html"
    page_title = gettext_lazy("Berichtsplan entfernen")

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.schedule.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hint = _("Berichte, die es schon gibt, bleiben. Neue entstehen nicht mehr von selbst.")
        return super().get_context_data(
            question=str(self.schedule), hint=hint, submit_label=_("Entfernen"), **kwargs
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            with recorded(by=self.request.user, reason=form.cleaned_data["reason"]):
                self.schedule.delete_over(form.cleaned_data["version"])
        except EditConflict:
            messages.warning(self.request, str(CHANGED))
            return HttpResponseRedirect(self.request.path)
        except ReportSchedule.DoesNotExist:
            messages.warning(self.request, str(GONE))
        else:
            undo = reverse("report_schedule_restore", args=[self.kwargs["pk"]])
            messages.success(self.request, _("Der Berichtsplan ist entfernt."), extra_tags=f"undo {undo}")
        return HttpResponseRedirect(reverse("report_schedules"))


class ScheduleRestoreView(SchedulesPage, RestoreView):
    """What comes back is approved by nobody ahead: that takes the two people themselves."""

    model = ReportSchedule

    @transaction.atomic
    def restore(self, pk: int) -> ReportSchedule:
        schedule: ReportSchedule = super().restore(pk)
        if schedule.released_as:
            withdraw_ahead(schedule=schedule, version=schedule.version, by=self.request.user)
        return schedule

    def owner(self) -> dict[str, Any]:
        return {}

    def get_back_url(self) -> str:
        return reverse("report_schedules")


class AheadView(SchedulesPage):
    """POST with `version` takes one step with what a schedule will ask for; a subclass does it in `act`."""

    writes = ("post",)
    done_message: Any = ""

    def act(self, version: int | None) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = VersionForm(request.POST)
        try:
            self.act(form.cleaned_data["version"] if form.is_valid() else None)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        except EditConflict:
            messages.warning(request, str(CHANGED))
        else:
            messages.success(request, str(self.done_message))
        return HttpResponseRedirect(reverse("report_schedules"))


class ReleaseAheadView(AheadView):
    done_message = gettext_lazy("Vorab freigegeben. Der Vorsitz kann jetzt vorab genehmigen.")

    def act(self, version: int | None) -> None:
        office = coordination_office()
        release_ahead(schedule=self.schedule, version=version, by=self.request.user, office=office)


class ApproveAheadView(AheadView):
    permission = "monitoring.approve_report"
    done_message = gettext_lazy("Vorab genehmigt. Berichte dieses Plans werden von selbst versiegelt.")

    def act(self, version: int | None) -> None:
        office = chair_office(self.request.user)
        approve_ahead(schedule=self.schedule, version=version, by=self.request.user, office=office)


class WithdrawAheadView(AheadView):
    permission = "monitoring.read_schedules"
    done_message = gettext_lazy("Zurückgenommen. Jeder Bericht dieses Plans wartet jetzt auf Freigabe.")

    def act(self, version: int | None) -> None:
        withdraw_ahead(schedule=self.schedule, version=version, by=self.request.user)
