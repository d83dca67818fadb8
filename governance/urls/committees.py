"""Addresses of a committee and its seats, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import committees

seat = [
    path("bearbeiten/", committees.SeatEditPage.as_view(), name="seat_edit"),
    path("rueckgaengig/", committees.SeatUndoPage.as_view(), name="seat_undo"),
    path("entfernen/", committees.SeatRemovePage.as_view(), name="seat_remove"),
    path("wiederherstellen/", committees.SeatRestorePage.as_view(), name="seat_restore"),
]
urlpatterns = [
    path("", committees.CommitteePage.as_view(), name="committee"),
    path("bearbeiten/", committees.CommitteeEditPage.as_view(), name="committee_edit"),
    path("rueckgaengig/", committees.CommitteeUndoPage.as_view(), name="committee_undo"),
    path("sitze/neu/", committees.SeatAddPage.as_view(), name="seat_add"),
    path("sitze/<int:pk>/", include(seat)),
]
