"""Addresses of indicators, their values and their tables."""

from django.urls import path

from measures.urls.export import formats
from monitoring.views import indicator_tables as tables
from monitoring.views import indicator_values as values
from monitoring.views import indicators

IMPORT = "import/<int:pk>/"
INDICATOR = "<slug:indicator>/"
TARGET = f"{INDICATOR}ziele/<int:pk>/"
VALUE = f"{INDICATOR}werte/<int:pk>/"

urlpatterns = [
    *formats("", tables.IndicatorExportView, "indicators"),
    *formats("werte/", tables.ValueExportView, "indicator_values"),
    path("", indicators.IndicatorListView.as_view(), name="indicators"),
    path("neu/", indicators.IndicatorAddView.as_view(), name="indicator_add"),
    path("erfassen/", values.QuickEntryView.as_view(), name="value_entry"),
    path("import/", tables.ValueImportListView.as_view(), name="value_imports"),
    path("import/vorlage.xlsx", tables.ValueTemplateView.as_view(), name="value_template"),
    path(IMPORT, tables.ValueImportView.as_view(), name="value_import"),
    path(f"{IMPORT}uebernehmen/", tables.ImportApplyView.as_view(), name="value_import_apply"),
    path(f"{IMPORT}zuruecknehmen/", tables.ImportUndoView.as_view(), name="value_import_undo"),
    path(f"{IMPORT}verwerfen/", tables.ImportDiscardView.as_view(), name="value_import_discard"),
    path(
        "geloescht/<int:pk>/wiederherstellen/",
        indicators.IndicatorRestoreView.as_view(),
        name="indicator_restore",
    ),
    path(INDICATOR, indicators.IndicatorView.as_view(), name="indicator"),
    path(f"{INDICATOR}bearbeiten/", indicators.IndicatorEditView.as_view(), name="indicator_edit"),
    path(f"{INDICATOR}rueckgaengig/", indicators.IndicatorUndoView.as_view(), name="indicator_undo"),
    path(f"{INDICATOR}loeschen/", indicators.IndicatorDeleteView.as_view(), name="indicator_delete"),
    path(f"{INDICATOR}ziele/neu/", indicators.TargetAddView.as_view(), name="target_add"),
    path(TARGET, indicators.TargetEditView.as_view(), name="target_edit"),
    path(f"{TARGET}rueckgaengig/", indicators.TargetUndoView.as_view(), name="target_undo"),
    path(f"{TARGET}entfernen/", indicators.TargetRemoveView.as_view(), name="target_remove"),
    path(f"{TARGET}wiederherstellen/", indicators.TargetRestoreView.as_view(), name="target_restore"),
    path(f"{INDICATOR}werte/neu/", values.ValueAddView.as_view(), name="value_add"),
    path(VALUE, values.CorrectionView.as_view(), name="value_edit"),
    path(f"{VALUE}rueckgaengig/", values.ValueUndoView.as_view(), name="value_undo"),
    path(f"{VALUE}zurueckziehen/", values.ValueWithdrawView.as_view(), name="value_withdraw"),
    path(f"{VALUE}wiederherstellen/", values.ValueRestoreView.as_view(), name="value_restore"),
]
