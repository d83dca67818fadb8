"""Brings database and static files up to date, in one process so that Django is loaded once.

Run as `python -m smartregion.stack.prepare PART …`; each part that has work to do prints its line.
"""

import logging
import sys
import traceback

import django
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from smartregion.bootstrap import ROOT, RUN_LOCK, VAR, Failure, digest, is_stamped, one_line, step

STATIC_STAMP = VAR / "static.stamp"


def static_digest() -> str:
    """Names and contents of all static sources, and the versions of the packages that bring some.

    Not their times: an image of a container keeps those only roughly.
    """
    folders = (ROOT / "static", VAR / "assets")
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    places = [str(path.relative_to(ROOT)) for path in files]
    return "\n".join([digest(RUN_LOCK, ROOT / "smartregion" / "settings.py", *files), *places])


def static_is_current() -> bool:
    return (VAR / "static").is_dir() and is_stamped(STATIC_STAMP, static_digest())


def migrate() -> None:
    """Migrate when the database lacks a migration; whether it does is asked of the database itself."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    if not static_is_current():
        fingerprint = static_digest()
        call_command("collectstatic", interactive=False, verbosity=0)
        STATIC_STAMP.write_text(fingerprint)


PARTS = {
    "migrate": ("Datenbank auf Stand", migrate),
    "load_data": ("Daten", lambda: call_command("load_data", verbosity=0)),
    "collectstatic": ("Statische Dateien", collect_static),
}


def main(*parts: str) -> int:
    logging.disable(logging.INFO)
    django.setup()
    for part in parts:
        label, work = PARTS[part]
        try:
            with step(label):
                work()
        except OperationalError as error:
            raise Failure(
                f"PostgreSQL antwortet nicht wie erwartet: {first_line(error)} Bitte prüfen Sie DATABASE_URL."
            ) from error
        except Exception as error:
            log = VAR / "log" / "prepare.log"
            log.write_text(traceback.format_exc())
            raise Failure(
                f"„{label}“ ist gescheitert: {first_line(error)} Einzelheiten: {log.relative_to(ROOT)}"
            ) from error
    return 0


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".") + "."


if __name__ == "__main__":
    sys.exit(one_line(main, *sys.argv[1:]))
