"""Addresses of resolutions, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import resolutions

resolution = [
    path("", resolutions.ResolutionPage.as_view(), name="resolution"),
    path("bearbeiten/", resolutions.ResolutionEditPage.as_view(), name="resolution_edit"),
    path("rueckgaengig/", resolutions.ResolutionUndoPage.as_view(), name="resolution_undo"),
    path("ersetzen/", resolutions.ResolutionSupersedePage.as_view(), name="resolution_supersede"),
]
urlpatterns = [
    path("beschluesse/<int:pk>/", include(resolution)),
]
