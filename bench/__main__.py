"""Prints `name  figure  goal  ok|short`, a line per benchmark; ends with 1 if any is short of its goal."""

import logging
import sys
from collections.abc import Iterator

import django

from bench.measuring import Figure


def figures() -> Iterator[Figure]:
    from bench import (
        database,
        export,
        idea_list,
        measure_list,
        public_pages,
        report,
        report_size,
        rollout,
        search,
        snapshot,
        stack,
        time_machine,
    )

    with database.example_data():
        yield from measure_list.figures()
        yield from idea_list.figures()
        yield from public_pages.figures()
        yield from search.figures()
        yield from rollout.figures()
        yield from report.figures()
        yield from snapshot.figures()
        yield from report_size.figures()
        yield from export.figures()
        yield from time_machine.figures()
    yield from stack.figures()


def main() -> int:
    logging.disable(logging.WARNING)
    django.setup()
    short = 0
    for figure in figures():
        print(figure, flush=True)
        short += figure.is_short
    return min(short, 1)


if __name__ == "__main__":
    sys.exit(main())
