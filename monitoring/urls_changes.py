"""Addresses of monitoring beside the reports."""

from django.urls import path

from monitoring import views_changes

urlpatterns = [path("aenderungen/", views_changes.ChangesView.as_view(), name="changes")]
