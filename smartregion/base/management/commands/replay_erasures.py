"""`manage.py replay_erasures [FILE]`: after restoring a backup, erase again who was erased since then."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartregion.base.erasure_log import is_whole
from smartregion.base.erasure_replay import replay
from smartregion.base.new_keys import skip_given_keys


class Command(BaseCommand):
    help = "Wiederholt nach dem Einspielen einer älteren Sicherung die Löschungen, die sie noch nicht kennt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="Protokoll; sonst SMARTREGION_ERASURE_LOG")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        source = file or settings.ERASURE_LOG
        try:
            lines = source.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise CommandError(f"{source}: {error.strerror}") from error
        if not all(map(is_whole, lines)):
            raise CommandError(_("%(path)s ist kein Protokoll der Löschungen.") % {"path": source})
        number = len(replay(lines))
        skip_given_keys()
        self.stdout.write(ngettext("%d Löschung wiederholt.", "%d Löschungen wiederholt.", number) % number)
