"""`manage.py load_data`: fills an empty portal once; a filled one is left alone."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from network.models import Region
from smartregion.base.erasure_log import begin_log
from smartregion.regions.example import load_example
from smartregion.regions.reader import RegionFileError
from smartregion.regions.region import setup_region


class Command(BaseCommand):
    help = "Lädt einmalig die mitgelieferte Region und im Demobetrieb die Beispieldaten."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if Region.objects.exists():
            return
        begin_log()
        try:
            with transaction.atomic():
                region = setup_region(settings.BASE_DIR / "fixtures" / "region.json")
                if settings.DEMO:
                    load_example(settings.BASE_DIR / "fixtures" / "example.json")
        except RegionFileError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"{region.name} ist geladen.")
