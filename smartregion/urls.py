"""All addresses. German words, each with a policy (see `smartregion.base.access`)."""

from django.contrib import admin
from django.urls import include, path

from smartregion import views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("gesundheit/", views.HealthView.as_view(), name="health"),
    path("", include("fields.urls")),
    path("", include("network.urls")),
    path("", include("measures.urls")),
    path("gremien/", include("governance.urls")),
    path("berichte/", include("monitoring.urls")),
    path("verwaltung/", admin.site.urls),
]
