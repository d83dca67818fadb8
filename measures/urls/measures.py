"""Addresses of the list, of a measure and of its parts."""

from django.urls import path

from measures.views import field, measures, parts

MEASURE = "massnahmen/<slug:slug>/"

urlpatterns = [
    path("handlungsfelder/<slug:slug>/", field.FieldView.as_view(), name="field"),
    path("massnahmen/", measures.MeasureListView.as_view(), name="measures"),
    path("massnahmen/neu/", measures.MeasureAddView.as_view(), name="measure_add"),
    path(MEASURE, measures.MeasureView.as_view(), name="measure"),
    path(f"{MEASURE}bearbeiten/", measures.MeasureEditView.as_view(), name="measure_edit"),
    path(f"{MEASURE}rueckgaengig/", measures.MeasureUndoView.as_view(), name="measure_undo"),
    path(f"{MEASURE}meilensteine/neu/", parts.MilestoneAddView.as_view(), name="milestone_add"),
    path(f"{MEASURE}meilensteine/<int:pk>/", parts.MilestoneEditView.as_view(), name="milestone_edit"),
    path(
        f"{MEASURE}meilensteine/<int:pk>/erreicht/",
        parts.MilestoneReachedView.as_view(),
        name="milestone_reached",
    ),
    path(
        f"{MEASURE}meilensteine/<int:pk>/rueckgaengig/",
        parts.MilestoneUndoView.as_view(),
        name="milestone_undo",
    ),
    path(
        f"{MEASURE}meilensteine/<int:pk>/loeschen/",
        parts.MilestoneDeleteView.as_view(),
        name="milestone_delete",
    ),
    path(
        f"{MEASURE}meilensteine/<int:pk>/wiederherstellen/",
        parts.MilestoneRestoreView.as_view(),
        name="milestone_restore",
    ),
    path(f"{MEASURE}team/neu/", parts.TeamMemberAddView.as_view(), name="team_add"),
    path(f"{MEASURE}team/<int:pk>/entfernen/", parts.TeamMemberDeleteView.as_view(), name="team_delete"),
    path(
        f"{MEASURE}team/<int:pk>/wiederherstellen/",
        parts.TeamMemberRestoreView.as_view(),
        name="team_restore",
    ),
    path(f"{MEASURE}sachstand/neu/", parts.StatusUpdateAddView.as_view(), name="status_update_add"),
    path(f"{MEASURE}sachstand/<int:pk>/", parts.StatusUpdateEditView.as_view(), name="status_update_edit"),
    path(
        f"{MEASURE}sachstand/<int:pk>/rueckgaengig/",
        parts.StatusUpdateUndoView.as_view(),
        name="status_update_undo",
    ),
]
