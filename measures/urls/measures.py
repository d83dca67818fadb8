"""Addresses of the list, of a measure and of its parts."""

from django.urls import path

from measures.views import field, measures, parts

MEASURE = "massnahmen/<slug:slug>/"

urlpatterns = [
    path("handlungsfelder/", field.FieldListView.as_view(), name="fields"),
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
]
