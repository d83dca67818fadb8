"""Addresses of editing one field, of many measures at once, and of what is done to a measure as a whole."""

from django.urls import path

from measures.views import archive, bulk, copying, inline, merging

MEASURE = "massnahmen/<slug:slug>/"

urlpatterns = [
    path("massnahmen/sammelbearbeitung/", bulk.BulkView.as_view(), name="measures_bulk"),
    path(
        "massnahmen/gemeinsam/<uuid:sign>/rueckgaengig/",
        bulk.TogetherUndoView.as_view(),
        name="measures_undo_together",
    ),
    path(f"{MEASURE}feld/<slug:name>/", inline.MeasureFieldView.as_view(), name="measure_field"),
    path(f"{MEASURE}kopieren/", copying.MeasureCopyView.as_view(), name="measure_copy"),
    path(f"{MEASURE}zusammenfuehren/", merging.MeasureMergeView.as_view(), name="measure_merge"),
    path(f"{MEASURE}archivieren/", archive.MeasureArchiveView.as_view(), name="measure_archive"),
    path(f"{MEASURE}zurueckholen/", archive.MeasureUnarchiveView.as_view(), name="measure_unarchive"),
]
