"""`manage.py export_erasures [FILE]`: the log of erasures, to be kept beside the backups."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from smartregion.base.erasure_log import begin_log, line_of
from smartregion.base.models import Erasure


class Command(BaseCommand):
    help = "Schreibt das Protokoll der Löschungen, ohne Namen, in eine Datei oder auf die Ausgabe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="Zieldatei; ohne sie die Ausgabe")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        lines = "".join(line_of(erasure) for erasure in Erasure.objects.order_by("erased_at", "pk"))
        if file == settings.ERASURE_LOG:
            begin_log()
        if file:
            file.write_text(lines, encoding="utf-8")
        else:
            self.stdout.write(lines, ending="")
