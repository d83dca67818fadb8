"""Addresses of participation, one file per subject."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("ideen/umfragen/", include("participation.urls.surveys")),
    path("ideen/", include("participation.urls.ideas")),
]
