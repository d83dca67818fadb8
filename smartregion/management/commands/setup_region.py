"""`manage.py setup_region FILE`: sets up the region, or brings it up to the file's state. Migrates first."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.models import Region
from smartregion.base import audit
from smartregion.base.erasure_log import begin_log
from smartregion.regions.reader import RegionFileError
from smartregion.regions.region import setup_region
from smartregion.stack.prepare import migrate


class Command(BaseCommand):
    help = "Richtet die Region aus einer Datei ein oder gleicht sie mit ihr ab. Löscht nichts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="Regionsdatei, siehe docs/region-file.md")

    def handle(self, *args: Any, file: Path, verbosity: int, **options: Any) -> None:
        migrate()
        try:
            if not Region.objects.exists():
                begin_log()
            region = setup_region(file)
            audit.note(audit.Kind.SETTINGS_CHANGED, what="region")
        except (RegionFileError, OSError) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"{region.name} ist eingerichtet.")
