"""The administration site, open to the role Administration only."""

from django.contrib.admin import apps


class AdministrationConfig(apps.AdminConfig):
    default_site = "smartregion.administration.AdministrationSite"
