"""Addresses by which people without an account reach their data."""

from django.urls import path

from participation.views import access as views

urlpatterns = [
    path("datenschutz/auskunft/", views.AccessAskView.as_view(), name="access"),
    path("datenschutz/auskunft/gesendet/", views.AccessSentView.as_view(), name="access_sent"),
    path("datenschutz/auskunft/<str:link>/", views.AccessDataView.as_view(), name="access_data"),
    path(
        "datenschutz/auskunft/<str:link>/daten.<slug:file_format>",
        views.AccessFileView.as_view(),
        name="access_file",
    ),
    path("datenschutz/auskunft/<str:link>/loeschen/", views.AccessEraseView.as_view(), name="access_erase"),
]
