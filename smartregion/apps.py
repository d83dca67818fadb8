"""The site on top of the apps, with its commands, and the administration site of the role Administration."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps


class AdministrationConfig(apps.SimpleAdminConfig):
    """Without the tables that libraries would register by themselves."""

    default_site = "smartregion.administration.AdministrationSite"

    def ready(self) -> None:
        super().ready()
        import_module("network.admin")


class SiteConfig(AppConfig):
    """Has no models or templates of its own; as an app its commands are found."""

    name = "smartregion"
    label = "site"
