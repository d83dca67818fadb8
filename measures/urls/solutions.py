"""Addresses of the catalogue of solutions, of their maturity and of the scale."""

from django.urls import path

from measures.urls.export import formats
from measures.views import maturity, solutions
from measures.views.export import SolutionExportView

SOLUTION = "loesungen/<slug:slug>/"

urlpatterns = [
    *formats("loesungen/", SolutionExportView, "solutions"),
    path("loesungen/", solutions.SolutionListView.as_view(), name="solutions"),
    path("loesungen/neu/", solutions.SolutionAddView.as_view(), name="solution_add"),
    path("loesungen/skala/", maturity.ScaleView.as_view(), name="scale"),
    path("loesungen/skala/neu/", maturity.ScalePublishView.as_view(), name="scale_publish"),
    path("loesungen/skala/<int:number>/", maturity.ScaleView.as_view(), name="scale_version"),
    path(SOLUTION, solutions.SolutionView.as_view(), name="solution"),
    path(f"{SOLUTION}bearbeiten/", solutions.SolutionEditView.as_view(), name="solution_edit"),
    path(f"{SOLUTION}rueckgaengig/", solutions.SolutionUndoView.as_view(), name="solution_undo"),
    path(f"{SOLUTION}bewerten/<int:number>/", maturity.AssessView.as_view(), name="solution_assess"),
    path(f"{SOLUTION}bewertungen/<int:pk>/", maturity.AssessmentView.as_view(), name="solution_assessment"),
    path(f"{SOLUTION}verknuepfungen/neu/", solutions.LinkAddView.as_view(), name="solution_link_add"),
    path(
        f"{SOLUTION}verknuepfungen/<int:pk>/entfernen/",
        solutions.LinkRemoveView.as_view(),
        name="solution_link_remove",
    ),
    path(
        f"{SOLUTION}verknuepfungen/<int:pk>/wiederherstellen/",
        solutions.LinkRestoreView.as_view(),
        name="solution_link_restore",
    ),
]
