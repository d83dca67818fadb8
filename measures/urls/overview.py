"""Addresses of the views over all measures beside the list: timeline and board of phases."""

from django.urls import path

from measures.views import phases, timeline

urlpatterns = [
    path("massnahmen/zeitplan/", timeline.TimelineView.as_view(), name="measure_timeline"),
    path("massnahmen/phasen/", phases.PhaseBoardView.as_view(), name="measure_phases"),
    path("massnahmen/<slug:slug>/phase/", phases.PhaseMoveView.as_view(), name="measure_phase"),
]
