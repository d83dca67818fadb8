"""`manage.py restore FILE`: brings a backup back, compares every row, erases again who was erased since."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartregion.backup import BackupError
from smartregion.backup.keys import Key
from smartregion.backup.restoring import check, restore
from smartregion.base import audit


class Command(BaseCommand):
    help = "Spielt eine Sicherung in eine leere Datenbank ein. Halten Sie vorher Web, Worker und Zeitplan an."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, help="Schlüsseldatei; sonst SMARTREGION_BACKUP_KEY")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="auch wenn die Datenbank nicht leer ist; sie bleibt unter anderem Namen liegen",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="nur Datei, Schlüssel und Protokoll prüfen; das Portal läuft weiter",
        )
        log = parser.add_mutually_exclusive_group()
        log.add_argument(
            "--erasures",
            type=Path,
            default=settings.ERASURE_LOG,
            help="Protokoll der Löschungen; sonst SMARTREGION_ERASURE_LOG",
        )
        log.add_argument(
            "--erasures-lost",
            action="store_true",
            help="das Protokoll ist verloren: nur die Löschungen bis zur Sicherung sind bekannt",
        )

    def handle(
        self,
        *args: Any,
        file: Path,
        key: Path | None,
        replace: bool,
        erasures: Path,
        erasures_lost: bool,
        **options: Any,
    ) -> None:
        log = None if erasures_lost else erasures
        try:
            if options["check"]:
                made_at = date_format(
                    localtime(check(file, Key.read(key), erasures=log)), "SHORT_DATETIME_FORMAT"
                )
                self.stdout.write(_("Die Sicherung vom %(moment)s ist lesbar.") % {"moment": made_at})
                return
            done = restore(file, Key.read(key), replace=replace, erasures=log)
        except BackupError as error:
            raise CommandError(str(error)) from error
        audit.note(audit.Kind.BACKUP_RESTORED, made_on=f"{localtime(done.made_at):%d.%m.%Y}")
        self.stdout.write(
            _("Sicherung vom %(moment)s eingespielt: %(rows)d Zeilen in %(tables)d Tabellen verglichen.")
            % {
                "moment": date_format(localtime(done.made_at), "SHORT_DATETIME_FORMAT"),
                "rows": done.rows,
                "tables": done.tables,
            }
        )
        if not done.has_known_key:
            self.stderr.write(
                _(
                    "Die Sicherung ist von einer früheren Fassung und sagt nicht, mit welchem "
                    "SMARTREGION_SECRET_KEY sie gemacht wurde. War es ein anderer, stehen Menschen wieder "
                    "da, die danach gelöscht wurden."
                )
            )
        number = done.erased_again
        self.stdout.write(ngettext("%d Löschung wiederholt.", "%d Löschungen wiederholt.", number) % number)
        if done.kept_as:
            self.stdout.write(_("Die bisherige Datenbank heißt jetzt %(name)s.") % {"name": done.kept_as})
