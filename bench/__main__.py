"""Prints `name  figure  goal  ok|short`, a line per benchmark; ends with 1 if any is short of its goal.

`make bench ARGS="report snapshot"` measures these alone.
"""

import logging
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module

import django

from bench.measuring import Figure

ALL = (
    *("measure_list", "public_pages", "rollout", "report", "snapshot", "report_size"),
    *("export", "time_machine"),
)
WITHOUT_DATA = ("stack",)
WHEN_NAMED = ("capacity", "files")
"""They take long and have no goals."""


def figures(chosen: Sequence[str]) -> Iterator[Figure]:
    """Of the modules that are named, or of all."""
    from bench import database

    def of(names: Sequence[str]) -> Iterator[Figure]:
        for name in names:
            if name in chosen or not (chosen or name in WHEN_NAMED):
                yield from import_module(f"bench.{name}").figures()

    with database.example_data():
        yield from of((*ALL, *WHEN_NAMED))
    yield from of(WITHOUT_DATA)


def main() -> int:
    chosen = sys.argv[1:]
    known = (*ALL, *WITHOUT_DATA, *WHEN_NAMED)
    if unknown := set(chosen) - set(known):
        sys.exit(f"There are no measurements {', '.join(unknown)}, but {', '.join(known)}.")
    logging.disable(logging.WARNING)
    django.setup()
    short = 0
    for figure in figures(chosen):
        print(figure, flush=True)
        short += figure.is_short
    return min(short, 1)


if __name__ == "__main__":
    sys.exit(main())
