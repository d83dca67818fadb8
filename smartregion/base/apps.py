from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules


class BaseConfig(AppConfig):
    name = "smartregion.base"
    label = "base"

    def ready(self) -> None:
        autodiscover_modules("rules", "panels", "worklist", "occasions", "jobs", "agenda", "search")
        pre_migrate.connect(drop_past, sender=self)
        post_migrate.connect(create_past, sender=self)


def drop_past(plan: list[Any], **_signal: Any) -> None:
    from smartregion.base.past_tables import drop_views  # models are there only once the apps are ready

    if plan:
        drop_views()


def create_past(**_signal: Any) -> None:
    from smartregion.base.past_tables import create_views

    create_views()
