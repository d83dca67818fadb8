"""Addresses of the way back: tables that are read in."""

from django.urls import path

from measures.views import imports

IMPORT = "import/<int:pk>/"

urlpatterns = [
    path("import/", imports.ImportListView.as_view(), name="imports"),
    path("import/vorlage.xlsx", imports.ImportTemplateView.as_view(), name="import_template"),
    path(IMPORT, imports.ImportView.as_view(), name="import"),
    path(f"{IMPORT}stand/", imports.ImportProgressView.as_view(), name="import_progress"),
    path(f"{IMPORT}zuordnung/", imports.ImportMappingView.as_view(), name="import_mapping"),
    path(f"{IMPORT}pruefen/", imports.ImportCheckView.as_view(), name="import_check"),
    path(f"{IMPORT}uebernehmen/", imports.ImportApplyView.as_view(), name="import_apply"),
    path(f"{IMPORT}zuruecknehmen/", imports.ImportUndoView.as_view(), name="import_undo"),
    path(f"{IMPORT}verwerfen/", imports.ImportDiscardView.as_view(), name="import_discard"),
]
