"""The site on top of the apps, with its commands, and the administration site of the role Administration."""

from django.apps import AppConfig
from django.contrib.admin import apps


class AdministrationConfig(apps.AdminConfig):
    default_site = "smartregion.administration.AdministrationSite"


class SiteConfig(AppConfig):
    """Has no models or templates of its own; as an app its commands are found."""

    name = "smartregion"
    label = "site"
