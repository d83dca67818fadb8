"""`manage.py backup`: one encrypted file with the database and the log of erasures."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from smartregion.backup import BackupError
from smartregion.backup.making import make_backup
from smartregion.base import audit


class Command(BaseCommand):
    help = "Sichert Datenbank und Protokoll der Löschungen, verschlüsselt, in eine Datei."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.BACKUP_FOLDER, help="Ordner der Sicherungen"
        )
        parser.add_argument("--keep", type=int, default=settings.BACKUPS_KEPT, help="so viele bleiben liegen")

    def handle(self, *args: Any, folder: Path, keep: int, **options: Any) -> None:
        if keep < 1:
            raise CommandError("--keep muss mindestens 1 sein.")
        try:
            self.stdout.write(str(make_backup(folder, keep=keep)))
            audit.note(audit.Kind.BACKUP_MADE)
        except BackupError as error:
            raise CommandError(str(error)) from error
