"""`manage.py backup_key FILE`: a new key for the backups, as `age-keygen` would write it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from smartregion.backup import BackupError
from smartregion.backup.keys import make_key


class Command(BaseCommand):
    help = "Schreibt einen neuen Schlüssel der Sicherungen. Bewahren Sie eine Kopie anderswo auf."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            self.stdout.write(make_key(file))
        except BackupError as error:
            raise CommandError(str(error)) from error
