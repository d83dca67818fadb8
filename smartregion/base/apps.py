from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules


class BaseConfig(AppConfig):
    name = "smartregion.base"
    label = "base"

    def ready(self) -> None:
        autodiscover_modules("rules", "panels", "worklist", "occasions", "jobs", "agenda", "ownership")
        autodiscover_modules("privacy", "search", "public_news")
        pre_migrate.connect(drop_derived, sender=self)
        post_migrate.connect(create_derived, sender=self)


def drop_derived(plan: list[Any], **_signal: Any) -> None:
    from smartregion.base import past_tables, search_index  # models are there only once the apps are ready

    if plan:
        past_tables.drop_views()
        search_index.drop_index()


def create_derived(**_signal: Any) -> None:
    """What is made from the tables as they are now."""
    from smartregion.base import past_tables, row_security, search_index

    past_tables.create_views()
    search_index.create_index()
    row_security.create_policies()
