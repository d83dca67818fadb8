from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BaseConfig(AppConfig):
    name = "smartregion.base"
    label = "base"

    def ready(self) -> None:
        autodiscover_modules("rules", "panels", "worklist", "occasions", "jobs", "agenda")
