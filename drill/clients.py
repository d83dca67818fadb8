"""Who asks a portal of several nodes: people who keep to one node each, and somebody who wants reports."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import connection

from drill import reports
from drill.beside import Beside
from drill.cluster import NAME, Cluster
from drill.crowd import population
from drill.crowd.person import Person

PATIENCE = 15
"""Seconds; longer than a busy node needs, shorter than most cuts."""
THINK = 1.0
REPORT_EVERY = 4.0


@dataclass(frozen=True)
class Step:
    node: str
    begin: float
    end: float
    fault: str


class Clients(Beside):
    """A context manager: as long as it lasts each client asks and writes, and reports are requested."""

    def __init__(self, cluster: Cluster, nodes: list[str], number: int) -> None:
        self.people = population.make("", number)
        self.node_of = {person.account: nodes[place % len(nodes)] for place, person in enumerate(self.people)}
        for person in self.people:
            person.portal = cluster.portal_of(self.node_of[person.account])
            person.browser.headers["Host"] = NAME
            person.patience = PATIENCE
            person.sign_in()
        self.steps: list[Step] = []
        self.reports: list[int] = []

    def work(self) -> list[Callable[[], None]]:
        return [*(partial(self._live, person) for person in self.people), self._request]

    def _live(self, person: Person) -> None:
        node, faults = self.node_of[person.account], person.journal.faults
        while not self.ended.wait(person.rng.expovariate(1 / THINK)):
            begin, before = time.monotonic(), len(faults)
            person.act()
            told = "; ".join(faults[before:])
            self.steps.append(Step(node, begin, time.monotonic(), told))

    def _request(self) -> None:
        while not self.ended.wait(REPORT_EVERY):
            self.reports.append(reports.request(len(self.reports)).pk)
        connection.close()
