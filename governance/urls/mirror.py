"""Addresses of mirrors, below /gremien/spiegel/, and of what was copied for a committee."""

from django.urls import include, path

from governance.views import mirror

one = [
    path("", mirror.MirrorPage.as_view(), name="mirror"),
    path("bearbeiten/", mirror.MirrorEditPage.as_view(), name="mirror_edit"),
    path("rueckgaengig/", mirror.MirrorUndoPage.as_view(), name="mirror_undo"),
    path("loeschen/", mirror.MirrorRemovePage.as_view(), name="mirror_remove"),
    path("abgleichen/", mirror.MirrorRunPage.as_view(), name="mirror_run"),
    path("fortschritt/", mirror.MirrorProgressPage.as_view(), name="mirror_progress"),
    path("zuordnungen/neu/", mirror.LinkAddPage.as_view(), name="mirror_link"),
    path("zuordnungen/<int:link>/loesen/", mirror.UnlinkPage.as_view(), name="mirror_unlink"),
]
urlpatterns = [
    path("spiegel/", mirror.MirrorListPage.as_view(), name="mirrors"),
    path("spiegel/neu/", mirror.MirrorAddPage.as_view(), name="mirror_add"),
    path("spiegel/<int:pk>/", include(one)),
    path("<slug:slug>/ratsinformation/", mirror.MirroredPage.as_view(), name="mirrored"),
]
