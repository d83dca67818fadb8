"""Addresses of terms and of a seat's end, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import membership

term = [
    path("bearbeiten/", membership.TermEditPage.as_view(), name="term_edit"),
    path("rueckgaengig/", membership.TermUndoPage.as_view(), name="term_undo"),
    path("entfernen/", membership.TermRemovePage.as_view(), name="term_remove"),
    path("wiederherstellen/", membership.TermRestorePage.as_view(), name="term_restore"),
]
urlpatterns = [
    path("amtszeiten/neu/", membership.TermAddPage.as_view(), name="term_add"),
    path("amtszeiten/<int:pk>/", include(term)),
    path("sitze/<int:pk>/beenden/", membership.SeatEndPage.as_view(), name="seat_end"),
    path("sitze/gemeinsam/<uuid:sign>/rueckgaengig/", membership.SeatsUndoPage.as_view(), name="seats_undo"),
]
