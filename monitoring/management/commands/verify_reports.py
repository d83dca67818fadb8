"""`manage.py verify_reports`: finds a single changed byte in a report, its files or the history behind it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.models import Report
from monitoring.verify import verify_reports
from smartregion.base.jobs import consistent_read


class Command(BaseCommand):
    help = "Prüft alle zusammengestellten Berichte: Datenstand, Dateien, Prüfsummen und Verlauf."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="Nur melden, was beschädigt ist")

    def handle(self, *args: Any, quiet: bool, **options: Any) -> None:
        with consistent_read():
            number = Report.objects.compiled().count()
            findings = list(verify_reports())
        for finding in findings:
            if finding.is_damage:
                self.stderr.write(str(finding))
            elif not quiet:
                self.stdout.write(str(finding))
        damaged = {finding.report for finding in findings if finding.is_damage}
        if damaged:
            raise CommandError(f"{len(damaged)} von {number} Berichten sind beschädigt.")
        if not quiet:
            self.stdout.write(f"{number} Berichte geprüft, keiner ist beschädigt.")
