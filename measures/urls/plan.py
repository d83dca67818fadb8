"""Addresses of a measure's plan, and of the catalogue of criteria that all measures share."""

from django.urls import path

from measures.views import criteria, plan

CRITERIA = "massnahmen/kriterien/"
PLAN = "massnahmen/<slug:slug>/plan/"
CHECK = f"{PLAN}erfuellt/<int:pk>/"
LINK = f"{PLAN}abhaengigkeiten/<int:pk>/"
TASK = f"{PLAN}aufgaben/<int:pk>/"
RISK = f"{PLAN}risiken/<int:pk>/"

urlpatterns = [
    path(CRITERIA, criteria.CriteriaView.as_view(), name="gate_criteria"),
    path(f"{CRITERIA}neu/", criteria.CriterionAddView.as_view(), name="gate_criterion_add"),
    path(f"{CRITERIA}<int:pk>/", criteria.CriterionEditView.as_view(), name="gate_criterion_edit"),
    path(
        f"{CRITERIA}<int:pk>/rueckgaengig/", criteria.CriterionUndoView.as_view(), name="gate_criterion_undo"
    ),
    path(
        f"{CRITERIA}<int:pk>/loeschen/", criteria.CriterionDeleteView.as_view(), name="gate_criterion_delete"
    ),
    path(
        f"{CRITERIA}<int:pk>/wiederherstellen/",
        criteria.CriterionRestoreView.as_view(),
        name="gate_criterion_restore",
    ),
    path(PLAN, plan.PlanView.as_view(), name="measure_plan"),
    path(
        f"{PLAN}kriterien/<int:criterion>/erfuellt/", plan.GateCheckAddView.as_view(), name="gate_check_add"
    ),
    path(CHECK, plan.GateCheckEditView.as_view(), name="gate_check_edit"),
    path(f"{CHECK}rueckgaengig/", plan.GateCheckUndoView.as_view(), name="gate_check_undo"),
    path(f"{CHECK}loeschen/", plan.GateCheckDeleteView.as_view(), name="gate_check_delete"),
    path(f"{CHECK}wiederherstellen/", plan.GateCheckRestoreView.as_view(), name="gate_check_restore"),
    path(
        f"{PLAN}meilensteine/<int:pk>/setzt-voraus/",
        plan.MilestoneLinkAddView.as_view(),
        name="milestone_link_add",
    ),
    path(f"{LINK}loeschen/", plan.MilestoneLinkDeleteView.as_view(), name="milestone_link_delete"),
    path(f"{LINK}wiederherstellen/", plan.MilestoneLinkRestoreView.as_view(), name="milestone_link_restore"),
    path(f"{PLAN}aufgaben/neu/", plan.TaskAddView.as_view(), name="task_add"),
    path(TASK, plan.TaskEditView.as_view(), name="task_edit"),
    path(f"{TASK}erledigt/", plan.TaskDoneView.as_view(), name="task_done"),
    path(f"{TASK}rueckgaengig/", plan.TaskUndoView.as_view(), name="task_undo"),
    path(f"{TASK}loeschen/", plan.TaskDeleteView.as_view(), name="task_delete"),
    path(f"{TASK}wiederherstellen/", plan.TaskRestoreView.as_view(), name="task_restore"),
    path(f"{PLAN}risiken/neu/", plan.RiskAddView.as_view(), name="risk_add"),
    path(RISK, plan.RiskEditView.as_view(), name="risk_edit"),
    path(f"{RISK}rueckgaengig/", plan.RiskUndoView.as_view(), name="risk_undo"),
    path(f"{RISK}loeschen/", plan.RiskDeleteView.as_view(), name="risk_delete"),
    path(f"{RISK}wiederherstellen/", plan.RiskRestoreView.as_view(), name="risk_restore"),
]
