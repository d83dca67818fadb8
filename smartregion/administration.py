"""Django's administration site: accounts only; everything else is done in the portal itself."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AdministrationSite(admin.AdminSite):
    site_title = site_header = _("Administration")
    index_title = _("Konten und Rollen")
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("network.administer")
