"""`manage.py permission_matrix`: asks every address as everybody and writes docs/permissions.md."""

import logging
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)


class Command(BaseCommand):
    help = "Fragt in jeder Rolle und schreibt docs/permissions.md. Braucht eine leere Datenbank."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            matrix: Any = import_module("tests.permission_matrix")
            rights: Any = import_module("tests.rights")
        except ModuleNotFoundError as error:
            raise CommandError(f"Die Tests und ihre Bausteine fehlen hier: {error}") from error
        settings.WHITENOISE_AUTOREFRESH = True
        logging.disable(logging.ERROR)
        setup_test_environment()
        databases = setup_databases(verbosity=0, interactive=False)
        try:
            text = matrix.make_file(rights.make_tables)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        finally:
            teardown_databases(databases, verbosity=0)
            teardown_test_environment()
            logging.disable(logging.NOTSET)
        (settings.BASE_DIR / "docs" / "permissions.md").write_text(text, encoding="utf-8")
        self.stdout.write(f"{text.count(chr(10) + '| `/')} Adressen stehen in docs/permissions.md.")
