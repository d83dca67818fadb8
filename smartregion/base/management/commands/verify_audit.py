"""`manage.py verify_audit`: reads the whole audit log and says whether it is as it was written."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from smartregion.base.audit import Damage, Head, verify


class Command(BaseCommand):
    help = "Prüft das Protokoll und nennt den ersten Eintrag, der nicht ist, wie er geschrieben wurde."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            help="früher notierter Stand NUMMER:PRÜFSUMME, den das Protokoll noch enthalten muss",
        )

    def handle(self, *args: Any, head: list[str], **options: Any) -> None:
        try:
            heads = [Head.read(text) for text in head]
        except ValueError as error:
            raise CommandError(f"„{error}“ ist kein Stand: NUMMER:PRÜFSUMME.") from error
        found = verify(heads)
        if isinstance(found, Damage):
            raise CommandError(f"Das Protokoll ist beschädigt, Eintrag {found.number}: {found.problem}.")
        self.stdout.write(f"Das Protokoll ist unversehrt. Stand: {found}")
