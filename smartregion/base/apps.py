from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules


class BaseConfig(AppConfig):
    name = "smartregion.base"
    label = "base"

    def ready(self) -> None:
        autodiscover_modules("rules", "panels", "worklist", "occasions", "jobs", "agenda", "ownership")
        autodiscover_modules("privacy", "search", "public_news", "ways_in")
        from smartregion.base import derived  # models are there only once the apps are ready

        pre_migrate.connect(derived.drop_derived, sender=self)
        post_migrate.connect(derived.create_derived, sender=self)
