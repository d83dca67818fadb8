"""`manage.py restore_drill`: tries to bring the newest backup back, in a database of its own."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from smartregion.backup import BackupError
from smartregion.backup.keys import Key
from smartregion.backup.rehearsal import rehearse


class Command(BaseCommand):
    help = "Spielt die neueste Sicherung zur Probe in eine eigene Datenbank ein und vergleicht jede Zeile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.BACKUP_FOLDER, help="Ordner der Sicherungen"
        )
        parser.add_argument("--key", type=Path, help="Schlüsseldatei; sonst SMARTREGION_BACKUP_KEY")

    def handle(self, *args: Any, folder: Path, key: Path | None, **options: Any) -> None:
        try:
            done = rehearse(folder, Key.read(key))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(file)s vom %(moment)s: %(rows)d Zeilen in %(tables)d Tabellen stimmen überein.")
            % {
                "file": done.path.name,
                "moment": date_format(localtime(done.made_at), "SHORT_DATETIME_FORMAT"),
                "rows": done.rows,
                "tables": done.tables,
            }
        )
