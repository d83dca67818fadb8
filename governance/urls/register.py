"""Addresses of what all committees resolved."""

from django.urls import path

from governance.views import register
from measures.urls.export import formats

urlpatterns = [
    *formats("beschluesse/", register.ResolutionExportView, "resolutions"),
    path("beschluesse/", register.ResolutionListPage.as_view(), name="resolutions"),
    path("beschluesse/kontrolle/", register.ControlPage.as_view(), name="resolution_control"),
]
