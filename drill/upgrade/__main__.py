"""The drill of an upgrade: `python -m drill.upgrade [REVISION] [--rows N]`; ends with 1 if it breaks."""

import argparse
import sys

from drill.release import FIRST
from drill.upgrade.session import ROWS, lines, upgrade
from smartregion.bootstrap import one_line


def main(*words: str) -> int:
    arguments = argparse.ArgumentParser(prog="python -m drill.upgrade", description=__doc__)
    arguments.add_argument("revision", nargs="?", default=FIRST)
    arguments.add_argument("--rows", type=int, default=ROWS, help="so long is the history")
    options = arguments.parse_args(words)
    course = upgrade(options.revision, options.rows)
    print("\n".join([*lines(course), *(f"BROKEN: {what}" for what in course.broken)]), flush=True)
    return int(bool(course.broken))


if __name__ == "__main__":
    sys.exit(one_line(main, *sys.argv[1:]))
