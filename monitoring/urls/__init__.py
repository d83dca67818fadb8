"""Addresses of monitoring, one file per subject."""

from django.urls import include, path

urlpatterns = [
    path("monitoring/", include("monitoring.urls.steering")),
    path("berichte/plaene/", include("monitoring.urls.schedules")),
    path("berichte/", include("monitoring.urls.reports")),
    path("evaluation/", include("monitoring.urls.evaluation")),
    path("indikatoren/", include("monitoring.urls.indicators")),
    path("", include("monitoring.urls.tokens")),
]
