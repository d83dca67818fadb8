"""Who asks a portal of several nodes: people who keep to one node each, and somebody who wants reports."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from django.db import connection

from drill import reports
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


class Clients:
    """A context manager: as long as it lasts each client asks and writes, and reports are requested."""

    def __init__(self, cluster: Cluster, nodes: list[str], number: int) -> None:
        self.people = population.make("", number)
        self.node_of = {person.account: nodes[place % len(nodes)] for place, person in enumerate(self.people)}
        for person in self.people:
            person.portal = cluster.portal_of(self.node_of[person.account])
            person.browser.headers.update({"Host": NAME, "Connection": "close"})
            person.patience = PATIENCE
            person.sign_in()
        self.steps: list[Step] = []
        self.reports: list[int] = []
        self._ended = threading.Event()

    def __enter__(self) -> "Clients":
        work = [threading.Thread(target=self._live, args=(person,)) for person in self.people]
        self._threads = [*work, threading.Thread(target=self._request)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _live(self, person: Person) -> None:
        node, faults = self.node_of[person.account], person.journal.faults
        while not self._ended.wait(person.rng.expovariate(1 / THINK)):
            begin, before = time.monotonic(), len(faults)
            person.act()
            told = "; ".join(faults[before:])
            self.steps.append(Step(node, begin, time.monotonic(), told))

    def _request(self) -> None:
        while not self._ended.wait(REPORT_EVERY):
            self.reports.append(reports.request(len(self.reports)).pk)
        connection.close()
