"""Addresses of resolutions, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import register, resolutions

resolution = [
    path("", resolutions.ResolutionPage.as_view(), name="resolution"),
    path("bearbeiten/", resolutions.ResolutionEditPage.as_view(), name="resolution_edit"),
    path("rueckgaengig/", resolutions.ResolutionUndoPage.as_view(), name="resolution_undo"),
    path("verknuepfen/", resolutions.ResolutionLinkPage.as_view(), name="resolution_link"),
    path("was-wurde-daraus/", register.WhereaboutsPage.as_view(), name="resolution_whereabouts"),
    path("ersetzen/", resolutions.ResolutionSupersedePage.as_view(), name="resolution_supersede"),
]
urlpatterns = [
    path(
        "beschluesse/dringlich/", resolutions.ResolutionUrgentPage.as_view(), name="resolution_record_urgent"
    ),
    path("beschluesse/<int:pk>/", include(resolution)),
]
