"""Addresses of the wave planner."""

from django.urls import path

from measures.views import waves

urlpatterns = [
    path("roll-out/wellen/", waves.WavesView.as_view(), name="waves"),
    path("roll-out/wellen/<slug:slug>/", waves.WavePlanView.as_view(), name="waves_of_measure"),
    path("roll-out/wellen/<slug:slug>/rueckgaengig/", waves.WavePlanUndoView.as_view(), name="waves_undo"),
    path(
        "kommunen/<slug:slug>/<slug:measure_slug>/start/",
        waves.AnswerStartView.as_view(),
        name="answer_start",
    ),
]
