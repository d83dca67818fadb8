"""Addresses of reports."""

from django.urls import path

from monitoring import views

urlpatterns = [
    path("", views.ReportListView.as_view(), name="reports"),
    path("anfordern/", views.ReportRequestView.as_view(), name="report_request"),
    path("<int:pk>/", views.ReportView.as_view(), name="report"),
    path("<int:pk>/fortschritt/", views.ReportProgressView.as_view(), name="report_progress"),
    path("<int:pk>/erneut/", views.ReportRetryView.as_view(), name="report_retry"),
    path("<int:pk>/bericht.<slug:file_format>", views.ReportFileView.as_view(), name="report_file"),
]
