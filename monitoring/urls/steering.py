"""Addresses of the dashboard, of what has changed, and of the check before a report."""

from django.urls import path

from monitoring.views import changes, steering

urlpatterns = [
    path("", steering.DashboardView.as_view(), name="dashboard"),
    path("aenderungen/", changes.ChangesView.as_view(), name="changes"),
    path("bereit/", steering.ReadinessView.as_view(), name="readiness"),
    path("bereit/erinnern/", steering.RemindView.as_view(), name="readiness_remind"),
]
