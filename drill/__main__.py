"""`make drill`: all drills one after the other, and one table; ends with 1 and the names of what broke."""

import argparse
import logging
import os
import sys
from random import Random
from typing import Final

import django
from django.core.management import call_command

from drill.outcome import Options, Outcome, outcome_of, table, told
from smartregion.bootstrap import step

MAX_SEED = 10**6
DRILLS: Final = {
    "faults": "drill.killing",
    "lost-updates": "drill.lost_updates",
    "point-in-time": "drill.point_in_time",
    "restore": "drill.restore",
    "upgrade": "drill.upgrade.session",
    "nodes": "drill.nodes",
}
"""Each by the module whose `run(options)` does it and returns an `Outcome`."""


def main(*words: str) -> int:
    options = parser().parse_args(words)
    chosen = ["faults"] if options.fault else options.only or list(DRILLS)
    given = Options(short=options.short, seed=options.seed, fault=options.fault)
    outcomes: dict[str, Outcome] = {}
    for name in chosen:
        print(f"\n== {name} ==", flush=True)
        outcomes[name] = outcome_of(DRILLS[name], given)
    print("\n".join(["", *table(outcomes), *told(outcomes)]), flush=True)
    return int(any(each.broken for each in outcomes.values()))


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="make drill", description=__doc__)
    arguments.add_argument("--short", action="store_true", help="a little of each, some minutes")
    arguments.add_argument("--seed", type=int, default=Random().randrange(MAX_SEED))
    arguments.add_argument("--only", action="append", choices=DRILLS, help="this drill alone")
    arguments.add_argument(
        "--fault", default="", help="of the faults this kind alone, as it is called in the table"
    )
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
