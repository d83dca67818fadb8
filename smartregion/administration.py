"""Django's administration site: accounts only; everything else is done in the portal itself."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _


class AdministrationSite(admin.AdminSite):
    site_title = site_header = _("Administration")
    index_title = _("Konten und Rollen")
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("network.administer")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the shortcut to a row's public page, which needs an app that the portal does not have."""
        left_out = {"view_on_site", "password_change_done"}
        return [entry for entry in super().get_urls() if getattr(entry, "name", "") not in left_out]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door: the portal's own, which counts failed tries."""
        return redirect_to_login(reverse("admin:index"), settings.LOGIN_URL)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")
