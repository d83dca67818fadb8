"""Addresses of reports."""

from django.urls import path

from monitoring.views import report_schema, reports

urlpatterns = [
    path("", reports.ReportListView.as_view(), name="reports"),
    path("schema.json", report_schema.ReportSchemaView.as_view(), name="report_schema"),
    path("anfordern/", reports.ReportRequestView.as_view(), name="report_request"),
    path("<int:pk>/", reports.ReportView.as_view(), name="report"),
    path("<int:pk>/fortschritt/", reports.ReportProgressView.as_view(), name="report_progress"),
    path("<int:pk>/erneut/", reports.ReportRetryView.as_view(), name="report_retry"),
    path("<int:pk>/bericht.<slug:file_format>", reports.ReportFileView.as_view(), name="report_file"),
]
