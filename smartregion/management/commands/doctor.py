"""`manage.py doctor`: looks at everything that an operator forgets; ends with 1 if something is wrong."""

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from smartregion.doctor import CHECKS, Level, examined

ROOMS: Final = ("settings", "database", "guards", "services", "units", "proxy", "machine", "keeping")


class Command(BaseCommand):
    help = "Prüft den Betrieb; jede Zeile sagt, was zu tun ist. Endet mit 1, wenn etwas nicht stimmt."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="nur, was nicht stimmt")

    def handle(self, *args: Any, quiet: bool, **options: Any) -> None:
        for room in ROOMS:
            import_module(f"smartregion.doctor.{room}")
        counts = dict.fromkeys(Level, 0)
        with _silent_log():
            self._examine(counts, quiet=quiet)
        if not quiet:
            self.stdout.write(_summary(counts))
        if counts[Level.FAIL]:
            sys.exit(1)

    def _examine(self, counts: dict[Level, int], *, quiet: bool) -> None:
        for title, look in CHECKS.items():
            for finding in examined(look):
                counts[finding.level] += 1
                if not quiet or finding.level is not Level.OK:
                    self.stdout.write(f"{finding.level:<5} {title}: {finding.text}")


@contextmanager
def _silent_log() -> Iterator[None]:
    """What libraries remark on the way is said by the findings."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _summary(counts: dict[Level, int]) -> str:
    wrong = ngettext("%d Fehler", "%d Fehler", counts[Level.FAIL]) % counts[Level.FAIL]
    warned = ngettext("%d Hinweis", "%d Hinweise", counts[Level.WARN]) % counts[Level.WARN]
    return f"{wrong}, {warned}."
