"""`manage.py verify_reports`: compares all compiled reports with their checksums and their history.

What is compared, and what that cannot find, says docs/decisions/0015.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.verify import check, reports_to_check


class Command(BaseCommand):
    help = "Prüft alle zusammengestellten Berichte: Zeilen, Dateien, Prüfsummen, Datenstand und Verlauf."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="Nur melden, was beschädigt ist")

    def handle(self, *args: Any, quiet: bool, **options: Any) -> None:
        keys, damaged = reports_to_check(), 0
        for checked in map(check, keys):
            damaged += bool(checked.damages)
            for line in checked.damages:
                self.stderr.write(line)
            for line in [] if quiet else checked.notes:
                self.stdout.write(line)
        if damaged:
            raise CommandError(f"{damaged} von {len(keys)} Berichten sind beschädigt.")
        if not quiet:
            self.stdout.write(f"{len(keys)} Berichte geprüft, keiner ist beschädigt.")
