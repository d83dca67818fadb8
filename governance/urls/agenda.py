"""Addresses of an agenda, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import agenda, resolutions

item = [
    path("bearbeiten/", agenda.ItemEditPage.as_view(), name="item_edit"),
    path("rueckgaengig/", agenda.ItemUndoPage.as_view(), name="item_undo"),
    path("verschieben/", agenda.ItemMovePage.as_view(), name="item_move"),
    path("entfernen/", agenda.ItemRemovePage.as_view(), name="item_remove"),
    path("wiederherstellen/", agenda.ItemRestorePage.as_view(), name="item_restore"),
    path("beschluss/", resolutions.ResolutionRecordPage.as_view(), name="resolution_record"),
]
urlpatterns = [
    path("sitzungen/<int:meeting>/top/neu/", agenda.ItemAddPage.as_view(), name="item_add"),
    path("sitzungen/<int:meeting>/top/<int:pk>/", include(item)),
]
