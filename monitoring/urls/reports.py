"""Addresses of reports."""

from django.urls import path

from monitoring.views import (
    errata,
    report_approval,
    report_comparison,
    report_drafts,
    report_schema,
    report_templates,
    reports,
)

REPORT = "<int:pk>/"
TEXT = f"{REPORT}texte/<slug:section>/"
ERRATUM = f"{REPORT}berichtigungen/<int:erratum>/"
TEMPLATE = "vorlagen/<int:pk>/"

urlpatterns = [
    path("", reports.ReportListView.as_view(), name="reports"),
    path("schema.json", report_schema.ReportSchemaView.as_view(), name="report_schema"),
    path("neu/", reports.ReportAddView.as_view(), name="report_request"),
    path("vergleich/", report_comparison.ReportComparisonView.as_view(), name="report_comparison"),
    path("vorlagen/", report_templates.ReportTemplateListView.as_view(), name="report_templates"),
    path("vorlagen/neu/", report_templates.ReportTemplateAddView.as_view(), name="report_template_add"),
    path(TEMPLATE, report_templates.ReportTemplateEditView.as_view(), name="report_template"),
    path(
        f"{TEMPLATE}rueckgaengig/",
        report_templates.ReportTemplateUndoView.as_view(),
        name="report_template_undo",
    ),
    path(
        f"{TEMPLATE}loeschen/",
        report_templates.ReportTemplateDeleteView.as_view(),
        name="report_template_delete",
    ),
    path(
        f"{TEMPLATE}wiederherstellen/",
        report_templates.ReportTemplateRestoreView.as_view(),
        name="report_template_restore",
    ),
    path(REPORT, reports.ReportView.as_view(), name="report"),
    path(TEXT, report_drafts.ReportTextView.as_view(), name="report_text"),
    path(f"{TEXT}rueckgaengig/", report_drafts.ReportTextUndoView.as_view(), name="report_text_undo"),
    path(f"{REPORT}vorschau/", report_drafts.ReportPreviewView.as_view(), name="report_preview"),
    path(f"{REPORT}vorschau.pdf", report_drafts.ReportPreviewPdfView.as_view(), name="report_preview_pdf"),
    path(f"{REPORT}zusammenstellen/", report_drafts.ReportCompileView.as_view(), name="report_compile"),
    path(f"{REPORT}verwerfen/", report_drafts.ReportDiscardView.as_view(), name="report_discard"),
    path(f"{REPORT}wiederherstellen/", report_drafts.ReportRestoreView.as_view(), name="report_restore"),
    path(f"{REPORT}fortschritt/", reports.ReportProgressView.as_view(), name="report_progress"),
    path(f"{REPORT}erneut/", reports.ReportRetryView.as_view(), name="report_retry"),
    path(f"{REPORT}freigeben/", report_approval.ReportReleaseView.as_view(), name="report_release"),
    path(f"{REPORT}genehmigen/", report_approval.ReportApproveView.as_view(), name="report_approve"),
    path(f"{REPORT}zurueckgeben/", report_approval.ReportReturnView.as_view(), name="report_return"),
    path(f"{REPORT}berichtigungen/neu/", errata.ErratumAddView.as_view(), name="erratum_add"),
    path(f"{ERRATUM}genehmigen/", errata.ErratumApproveView.as_view(), name="erratum_approve"),
    path(f"{ERRATUM}zurueckziehen/", errata.ErratumWithdrawView.as_view(), name="erratum_withdraw"),
    path(f"{REPORT}bericht.<slug:file_format>", reports.ReportFileView.as_view(), name="report_file"),
]
