"""Addresses of the dashboard and of the check before a report."""

from django.urls import path

from monitoring.views import steering

urlpatterns = [
    path("", steering.DashboardView.as_view(), name="dashboard"),
    path("bereit/", steering.ReadinessView.as_view(), name="readiness"),
]
