"""Round after round: ask, wait for a random moment, do harm, wait until all has ended, look at everything."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from random import Random
from statistics import median

from django.db import DatabaseError, connection

from drill import mails
from drill.faults import Fault
from drill.machine import Machine
from drill.orders import Desk, Order, nobody_wakes
from smartregion.base import jobs
from smartregion.base.models import Job
from smartregion.stack.supervisor import wait_for

STUCK_SECONDS = 300
LATER, EARLIER = 1.04, 0.85
"""How the aim follows what is hit; a hit in four of five keeps it where it is."""
OPEN = set(Job.OPEN)


@dataclass
class Round:
    fault: Fault
    is_hit: bool = False
    """Whether something was still to be done when the harm came."""
    seconds: float = 0
    """From the harm until all that had been asked for had ended."""
    published: int = 0
    failed: list[str] = field(default_factory=list)
    """The cause of each job that failed; a person's retry then published it, or it is broken."""
    broken: list[str] = field(default_factory=list)


class Drill:
    def __init__(self, machine: Machine, rng: Random) -> None:
        self.machine = machine
        self.rng = rng
        self.desk = Desk(machine.sink)
        self.pace: dict[str, float] = {}
        self.aim: dict[str, float] = {}
        """By fault: the share of the undisturbed time within which it comes."""

    def warm_up(self, tries: int) -> None:
        """Let what is due end, then see how long undisturbed work takes: harm will come within that."""
        self.machine.start_worker()
        self.machine.start_beat()
        self._until(lambda: not Job.objects.filter(status__in=OPEN).exists())
        for ask in (self.desk.report, self.desk.minutes, self.desk.mails):
            taken = [self._seconds_for(ask()) for _ in range(tries)]
            self.pace[ask.__name__] = median(taken)

    def _seconds_for(self, order: Order) -> float:
        start = time.monotonic()
        self._until(lambda: self._ended([order]))
        return time.monotonic() - start

    def round(self, fault: Fault) -> Round:
        """One fault with what was asked for before it and during it."""
        found = Round(fault)
        with nullcontext() if fault.wakes else nobody_wakes():
            orders = self.desk.some(self.rng)
        self._wait_for_harm(found, orders)
        connection.close()
        start = time.monotonic()
        orders += fault.harm(self.machine, self.rng, self.desk)
        if not self._until(lambda: self._ended(orders)):
            found.broken.append(f"stuck for more than {STUCK_SECONDS} s: {self._open(orders)}")
            return found
        found.seconds = time.monotonic() - start
        self._finish(orders)
        self._retry_failed(found, orders)
        self._finish(orders)
        found.published = sum(order.states().count(Job.Status.DONE) for order in orders) - len(found.failed)
        found.broken += [what for order in orders for what in order.damage()]
        return found

    def _wait_for_harm(self, found: Round, orders: list[Order]) -> None:
        """A random moment between the request and a little after the end, so that four in five are hits."""
        name = found.fault.name
        aim = self.aim.setdefault(name, 1.0)
        time.sleep(self.rng.uniform(0, aim * sum(self.pace[order.kind] for order in orders)))
        found.is_hit = not self._ended(orders)
        self.aim[name] = aim * (LATER if found.is_hit else EARLIER)

    def _retry_failed(self, found: Round, orders: list[Order]) -> None:
        """As the administration would, once the disturbance is over."""
        failed = list(Job.objects.failed().filter(pk__in=[key for order in orders for key in order.jobs]))
        found.broken += [what for order in orders if failed for what in order.damage()]
        for job in failed:
            found.failed.append(job.error)
            jobs.requeue(job)
        if not self._until(lambda: self._ended(orders)):
            found.broken.append(f"stuck after a retry: {self._open(orders)}")
        again = Job.objects.failed().filter(pk__in=[job.pk for job in failed])
        found.broken += [f"job {job.pk} fails again without any fault: {job.error}" for job in again]

    @staticmethod
    def _finish(orders: list[Order]) -> None:
        for order in orders:
            order.finish()

    def final_damage(self) -> Iterator[str]:
        """Everything once more, at the end of all rounds."""
        self._until(lambda: not Job.objects.filter(status__in=OPEN).exists())
        self._finish(self.desk.orders)
        for order in self.desk.orders:
            yield from order.damage()
        for job in Job.objects.filter(status__in=OPEN):
            yield f"job {job.pk} ({job.kind}) has not ended"

    @property
    def repeated_mails(self) -> int:
        return mails.repeats(self.machine.sink)

    @staticmethod
    def _ended(orders: list[Order]) -> bool:
        return not any(OPEN & set(order.states()) for order in orders)

    @staticmethod
    def _open(orders: list[Order]) -> list[str]:
        keys = [key for order in orders for key in order.jobs]
        try:
            return [f"{job} {job.status}" for job in Job.objects.filter(pk__in=keys, status__in=OPEN)]
        except DatabaseError as error:
            return [f"the database does not answer: {error}"]

    @staticmethod
    def _until(condition: Callable[[], bool]) -> bool:
        """Whether it came true in time; a database that is away is asked again."""

        def asked() -> bool:
            try:
                return condition()
            except DatabaseError:
                connection.close()
                return False

        return wait_for(asked, STUCK_SECONDS)
