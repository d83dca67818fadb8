"""The plan of a measure: phase gates, milestones with what they wait for, tasks and risks."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.plan import (
    GateCheckAddForm,
    GateCheckForm,
    MilestoneLinkForm,
    RiskAddForm,
    RiskForm,
    TaskAddForm,
    TaskForm,
)
from measures.models import GateCheck, GateCriterion, Measure, Milestone, MilestoneLink, Risk, Task
from measures.plan import gates_of, milestones_with_links, risk_matrix
from measures.services.plan import restore_task
from measures.views.page import MeasurePageView
from measures.views.parts import (
    PartAddView,
    PartEditView,
    PartRestoreView,
    PartUndoView,
    RemoveVersionedView,
    RemoveView,
    TodayView,
)

PLAN = "measure_plan"


class PlanView(MeasurePageView):
    page = PLAN
    template_name = "measures/measure_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure, user = self.object, self.request.user
        sees_internals = user.has_perm("measures.view_internals")
        tasks = measure.tasks.select_related("seat__organisation") if sees_internals else Task.objects.none()
        risks = list(Risk.objects.visible_to(user).filter(measure=measure))
        return super().get_context_data(
            gates=gates_of(measure),
            milestones=milestones_with_links(measure, user),
            sees_internals=sees_internals,
            may_change_tasks=user.has_perm("measures.change_task", measure),
            open_tasks=[task for task in tasks if task.done_on is None],
            done_tasks=[task for task in tasks if task.done_on],
            risks=risks,
            matrix=risk_matrix(risks),
            **kwargs,
        )


class GateCheckAddView(PartAddView):
    page = PLAN
    model = GateCheck
    form_class = GateCheckAddForm
    title = gettext_lazy("Kriterium als erfüllt vermerken")
    success_message = gettext_lazy("Das Kriterium ist als erfüllt vermerkt.")

    @cached_property
    def criterion(self) -> GateCriterion:
        return get_object_or_404(GateCriterion, pk=self.kwargs["criterion"])

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["instance"].criterion, kwargs["instance"].noted_by = self.criterion, self.request.user
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.criterion, **kwargs)


class GateCheckEditView(PartEditView):
    page = PLAN
    model = GateCheck
    form_class = GateCheckForm
    change_permission = "measures.change_measure"
    undo_url_name = "gate_check_undo"
    delete_url_name = "gate_check_delete"
    delete_label = gettext_lazy("Doch nicht erfüllt: Vermerk löschen")
    title = gettext_lazy("Erfülltes Kriterium bearbeiten")
    success_message = gettext_lazy("Der Vermerk ist gespeichert.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.object.criterion, **kwargs)


class GateCheckUndoView(PartUndoView):
    page = PLAN
    model = GateCheck


class GateCheckDeleteView(RemoveVersionedView):
    page = PLAN
    model = GateCheck
    restore_url_name = "gate_check_restore"
    anchor = "phasen"
    title = gettext_lazy("Vermerk löschen")

    def question(self) -> str:
        return _("Ist „%s“ doch nicht erfüllt?") % self.part


class GateCheckRestoreView(PartRestoreView):
    page = PLAN
    model = GateCheck


class MilestoneLinkAddView(PartAddView):
    page = PLAN
    model = MilestoneLink
    form_class = MilestoneLinkForm
    title = gettext_lazy("Neue Abhängigkeit")
    success_message = gettext_lazy("Die Abhängigkeit ist eingetragen.")

    @cached_property
    def milestone(self) -> Milestone:
        return get_object_or_404(self.measure.milestones.select_related("measure"), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        visible = Measure.objects.visible_to(self.request.user)
        others = Milestone.objects.filter(measure__in=visible).exclude(pk=self.milestone.pk)
        choices = others.select_related("measure").order_by("measure__no", "planned_date", "pk")
        return {**super().get_form_kwargs(), "choices": choices}

    def new_part(self) -> MilestoneLink:
        return MilestoneLink(milestone=self.milestone)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.milestone, **kwargs)


class OwnLinks:
    """Dependencies of the measure's milestones, as far as the user may see both ends."""

    measure: Measure
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def part(self) -> Any:
        links = MilestoneLink.objects.visible_to(self.request.user).filter(milestone__measure=self.measure)
        return get_object_or_404(links.select_related("milestone", "predecessor"), pk=self.kwargs["pk"])


class MilestoneLinkDeleteView(OwnLinks, RemoveView):
    page = PLAN
    model = MilestoneLink
    restore_url_name = "milestone_link_restore"
    anchor = "meilensteine"
    title = gettext_lazy("Abhängigkeit löschen")

    def question(self) -> str:
        names = {"later": self.part.milestone, "earlier": self.part.predecessor}
        return _("Setzt „%(later)s“ nicht mehr „%(earlier)s“ voraus?") % names


class MilestoneLinkRestoreView(PartRestoreView):
    page = PLAN
    model = MilestoneLink

    def owner(self) -> dict[str, Any]:
        return {"milestone__measure": self.measure}


class TaskAddView(PartAddView):
    page = PLAN
    measure_permission = "measures.change_task"
    model = Task
    form_class = TaskAddForm
    title = gettext_lazy("Neue Aufgabe")
    success_message = gettext_lazy("Die Aufgabe ist angelegt.")


class TaskEditView(PartEditView):
    page = PLAN
    model = Task
    form_class = TaskForm
    change_permission = "measures.change_task"
    undo_url_name = "task_undo"
    delete_url_name = "task_delete"
    delete_label = gettext_lazy("Diese Aufgabe löschen")
    title = gettext_lazy("Aufgabe bearbeiten")
    success_message = gettext_lazy("Die Aufgabe ist gespeichert.")

    def get_queryset(self) -> QuerySet[Task]:
        return super().get_queryset().select_related("measure", "seat__organisation")


class TaskDoneView(TodayView):
    page = PLAN
    measure_permission = "measures.change_task"
    model = Task
    field = "done_on"
    reason = gettext_lazy("Als erledigt gemeldet")
    done_message = gettext_lazy("„%s“ ist heute erledigt.")
    changed_message = gettext_lazy(
        "„%s“ wurde inzwischen geändert und nicht als erledigt gemeldet. Bitte prüfen Sie die Aufgabe."
    )
    undo_url_name = "task_undo"


class TaskUndoView(PartUndoView):
    page = PLAN
    measure_permission = change_permission = "measures.change_task"
    model = Task


class TaskDeleteView(RemoveVersionedView):
    page = PLAN
    measure_permission = "measures.change_task"
    model = Task
    restore_url_name = "task_restore"
    anchor = "aufgaben"
    title = gettext_lazy("Aufgabe löschen")

    def question(self) -> str:
        return _("Möchten Sie die Aufgabe „%s“ löschen?") % self.part


class TaskRestoreView(PartRestoreView):
    page = PLAN
    measure_permission = "measures.change_task"
    model = Task

    def restore(self, pk: int) -> Task:
        return restore_task(pk=pk, measure=self.measure, by=self.request.user)


class RiskAddView(PartAddView):
    page = PLAN
    model = Risk
    form_class = RiskAddForm
    title = gettext_lazy("Neues Risiko")
    success_message = gettext_lazy("Das Risiko ist angelegt.")


class RiskEditView(PartEditView):
    page = PLAN
    model = Risk
    form_class = RiskForm
    change_permission = "measures.change_measure"
    undo_url_name = "risk_undo"
    delete_url_name = "risk_delete"
    delete_label = gettext_lazy("Dieses Risiko löschen")
    title = gettext_lazy("Risiko bearbeiten")
    success_message = gettext_lazy("Das Risiko ist gespeichert.")


class RiskUndoView(PartUndoView):
    page = PLAN
    model = Risk


class RiskDeleteView(RemoveVersionedView):
    page = PLAN
    model = Risk
    restore_url_name = "risk_restore"
    anchor = "risiken"
    title = gettext_lazy("Risiko löschen")

    def question(self) -> str:
        return _("Möchten Sie das Risiko „%s“ löschen?") % self.part


class RiskRestoreView(PartRestoreView):
    page = PLAN
    model = Risk
