"""Addresses of a series, below /gremien/<slug>/."""

from django.urls import path

from governance.views import series

urlpatterns = [
    path("terminreihen/neu/", series.SeriesAddPage.as_view(), name="series_add"),
    path("terminreihen/<int:pk>/bearbeiten/", series.SeriesEditPage.as_view(), name="series_edit"),
    path("terminreihen/<int:pk>/rueckgaengig/", series.SeriesUndoPage.as_view(), name="series_undo"),
]
