"""Nodes that are cut off and come back (`python -m drill.nodes`); ends with 1 and the names of what broke.

Two nodes of web and three of worker stand in network namespaces of their own; only root can make these.
"""

import argparse
import os
import sys
from functools import partial
from random import Random

from drill.__main__ import MAX_SEED, prepare
from drill.cluster import WEB, WORKERS, Cluster
from drill.machine import running_as
from drill.network import NoNetwork, network


def main(*words: str) -> int:
    options = parser().parse_args(words)
    try:
        with (
            network([*WEB, *WORKERS]) as made,
            running_as(partial(Cluster, network=made)) as cluster,
        ):
            prepare()
            from drill.cuts import drill  # needs Django's models

            return drill(cluster, seed=options.seed, cuts=options.cuts, fences=options.fences)
    except NoNetwork as error:
        print(f"Nothing was tried: {error}")
        return 1


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="python -m drill.nodes", description=__doc__)
    arguments.add_argument("--seed", type=int, default=Random().randrange(MAX_SEED))
    arguments.add_argument("--cuts", type=int, default=15, help="at a random moment, by turns for all nodes")
    arguments.add_argument("--fences", type=int, default=5, help="between compiling and publishing")
    return arguments


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartregion.settings")
    sys.exit(main(*sys.argv[1:]))
