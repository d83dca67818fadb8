"""`make drill`: prints a table of what was seen; ends with 1 and the names of what broke."""

import argparse
import logging
import os
import sys
from random import Random

import django
from django.core.management import call_command

from drill.machine import running
from smartregion.bootstrap import step

MAX_SEED = 10**6


def main(*words: str) -> int:
    options = parser().parse_args(words)
    with running() as machine:
        prepare()
        from drill.session import drill  # needs Django's models

        return drill(
            machine, seed=options.seed, short=options.short, only=[options.fault] if options.fault else []
        )


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="make drill", description=__doc__)
    arguments.add_argument("--short", action="store_true", help="a few faults of each kind, about a minute")
    arguments.add_argument("--seed", type=int, default=Random().randrange(MAX_SEED))
    arguments.add_argument("--fault", default="", help="this kind alone, as it is called in the table")
    return arguments


def prepare() -> None:
    """Django, tables and the example data, by our own environment, which names the machine's services."""
    logging.disable(logging.WARNING)
    django.setup()
    with step("Datenbank auf Stand"):
        call_command("migrate", interactive=False, verbosity=0)
    with step("Daten"):
        call_command("load_data", verbosity=0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartregion.settings")
    sys.exit(main(*sys.argv[1:]))
