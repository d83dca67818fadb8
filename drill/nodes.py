"""Nodes that are cut off and come back; only root can make the network namespaces of their own in which two
nodes of web and three of worker stand."""

from functools import partial

from drill.__main__ import prepare
from drill.cluster import WEB, WORKERS, Cluster
from drill.machine import running_as
from drill.network import NoNetwork, network
from drill.outcome import Options, Outcome

CUTS, FENCES = 15, 5
"""Cut off at a random moment, by turns for all nodes; and between compiling and publishing."""
SHORT_CUTS, SHORT_FENCES = 2, 1


def run(options: Options) -> Outcome:
    cuts, fences = (SHORT_CUTS, SHORT_FENCES) if options.short else (CUTS, FENCES)
    try:
        with (
            network([*WEB, *WORKERS]) as made,
            running_as(partial(Cluster, network=made)) as cluster,
        ):
            prepare()
            from drill.cuts import drill  # needs Django's models

            return drill(cluster, seed=options.seed, cuts=cuts, fences=fences)
    except NoNetwork as error:
        return Outcome(0, "nodes cut off", [f"nothing was tried: {error}"])
