"""Addresses by which people without an account reach their data."""

from django.urls import path, re_path

from participation.views import access as views

urlpatterns = [
    path("datenschutz/auskunft/", views.AccessAskView.as_view(), name="access"),
    path("datenschutz/auskunft/gesendet/", views.AccessSentView.as_view(), name="access_sent"),
    path("datenschutz/auskunft/<str:secret>/", views.AccessDataView.as_view(), name="access_data"),
    re_path(
        r"^datenschutz/auskunft/(?P<secret>[^/]+)/daten\.(?P<file_format>json|pdf)$",
        views.AccessFileView.as_view(),
        name="access_file",
    ),
    path("datenschutz/auskunft/<str:secret>/loeschen/", views.AccessEraseView.as_view(), name="access_erase"),
]
