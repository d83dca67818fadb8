"""Addresses of saved views."""

from django.urls import path

from measures.views import saved_views

VIEWS = "massnahmen/ansichten/"

urlpatterns = [
    path(VIEWS, saved_views.SavedViewListView.as_view(), name="saved_views"),
    path(f"{VIEWS}neu/", saved_views.SavedViewAddView.as_view(), name="saved_view_add"),
    path(f"{VIEWS}<int:pk>/", saved_views.SavedViewEditView.as_view(), name="saved_view_edit"),
    path(f"{VIEWS}<int:pk>/loeschen/", saved_views.SavedViewDeleteView.as_view(), name="saved_view_delete"),
    path(
        f"{VIEWS}<int:pk>/wiederherstellen/",
        saved_views.SavedViewRestoreView.as_view(),
        name="saved_view_restore",
    ),
]
