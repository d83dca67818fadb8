"""Addresses of circular decisions, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import circulars

circular = [
    path("", circulars.CircularPage.as_view(), name="circular"),
    path("stimme/", circulars.BallotPage.as_view(), name="circular_vote"),
    path("bearbeiten/", circulars.CircularEditPage.as_view(), name="circular_edit"),
    path("rueckgaengig/", circulars.CircularUndoPage.as_view(), name="circular_undo"),
    path("entfernen/", circulars.CircularRemovePage.as_view(), name="circular_remove"),
    path("wiederherstellen/", circulars.CircularRestorePage.as_view(), name="circular_restore"),
    path("eroeffnen/", circulars.CircularOpenPage.as_view(), name="circular_open"),
    path("abschliessen/", circulars.CircularClosePage.as_view(), name="circular_close"),
    path("zurueckziehen/", circulars.CircularWithdrawPage.as_view(), name="circular_withdraw"),
    path("siegel.json", circulars.SealedRecordView.as_view(), name="circular_sealed"),
]
urlpatterns = [
    path("umlauf/", circulars.CircularListPage.as_view(), name="circulars"),
    path("umlauf/neu/", circulars.CircularAddPage.as_view(), name="circular_add"),
    path("umlauf/<int:pk>/", include(circular)),
]
