"""Addresses of participation, one file per subject."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("participation.urls.access")),
    path("", include("participation.urls.network")),
    path("veranstaltungen/", include("participation.urls.events")),
    path("ideen/umfragen/", include("participation.urls.surveys")),
    path("ideen/", include("participation.urls.ideas")),
    path("", include("participation.urls.subscriptions")),
    path("", include("participation.urls.questions")),
]
