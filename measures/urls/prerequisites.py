"""Addresses of what a measure builds upon."""

from django.urls import path

from measures.views import prerequisites

PAGE = "massnahmen/<slug:slug>/voraussetzungen/"

urlpatterns = [
    path(PAGE, prerequisites.PrerequisitesView.as_view(), name="prerequisites"),
    path(f"{PAGE}neu/", prerequisites.PrerequisiteAddView.as_view(), name="prerequisite_add"),
    path(
        f"{PAGE}<int:pk>/entfernen/",
        prerequisites.PrerequisiteDeleteView.as_view(),
        name="prerequisite_delete",
    ),
    path(
        f"{PAGE}<int:pk>/wiederherstellen/",
        prerequisites.PrerequisiteRestoreView.as_view(),
        name="prerequisite_restore",
    ),
]
