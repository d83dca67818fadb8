from django.urls import include, path

from measures.views import field, measures

urlpatterns = [
    path("handlungsfelder/<slug:slug>/", field.FieldView.as_view(), name="field"),
    path("massnahmen/", measures.MeasureListView.as_view(), name="measures"),
    path("massnahmen/neu/", measures.MeasureAddView.as_view(), name="measure_add"),
    path("massnahmen/<slug:slug>/", measures.MeasureView.as_view(), name="measure"),
    path("massnahmen/<slug:slug>/bearbeiten/", measures.MeasureEditView.as_view(), name="measure_edit"),
    path("massnahmen/<slug:slug>/rueckgaengig/", measures.MeasureUndoView.as_view(), name="measure_undo"),
    path(
        "massnahmen/<slug:slug>/meilensteine/neu/", measures.MilestoneAddView.as_view(), name="milestone_add"
    ),
    path(
        "massnahmen/<slug:slug>/meilensteine/<int:pk>/",
        measures.MilestoneEditView.as_view(),
        name="milestone_edit",
    ),
    path("massnahmen/<slug:slug>/sachstand/neu/", measures.StatusUpdateAddView.as_view(), name="update_add"),
    path("", include("measures.rollout_urls")),
]
