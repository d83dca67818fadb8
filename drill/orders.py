"""What the drill asks for, whatever it is: a key to look at, and the jobs that have to end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random

from django.db import connection, transaction

from drill import mails, minutes, reports
from smartregion.base.models import Job
from tests.mail_server import MailServer


@dataclass(frozen=True)
class Order:
    kind: str
    jobs: list[int]
    damage: Callable[[], Iterator[str]]
    finish: Callable[[], None] = lambda: None
    """What people do once its jobs are done."""

    def states(self) -> list[str]:
        return list(Job.objects.filter(pk__in=self.jobs).values_list("status", flat=True))


class Desk:
    """Takes orders, each number once."""

    def __init__(self, sink: MailServer) -> None:
        self.sink = sink
        self.orders: list[Order] = []

    def some(self, rng: Random) -> list[Order]:
        """One or two reports; now and then minutes or a round of mails, too."""
        asked = [self.report() for _ in range(rng.randint(1, 2))]
        if rng.random() < 0.2:
            asked.append(self.minutes())
        if rng.random() < 0.2:
            asked.append(self.mails())
        rng.shuffle(asked)
        return asked

    def report(self) -> Order:
        report = reports.request(len(self.orders))
        key, jobs = report.pk, [report.job_id] if report.job_id else []
        finish = partial(reports.publish, key)
        return self._kept(Order("report", jobs, partial(reports.damage, key), finish))

    def minutes(self) -> Order:
        approved = minutes.approve(len(self.orders))
        jobs = [approved.job_id] if approved.job_id else []
        return self._kept(Order("minutes", jobs, partial(minutes.damage, approved.pk)))

    def mails(self) -> Order:
        opened = mails.open_next(len(self.orders))
        jobs = Job.objects.filter(round_mails__invitation__round=opened).distinct()
        keys = list(jobs.values_list("pk", flat=True))
        return self._kept(Order("mails", keys, partial(mails.damage, opened.pk, self.sink)))

    def _kept(self, order: Order) -> Order:
        self.orders.append(order)
        return order


@contextmanager
def nobody_wakes() -> Iterator[None]:
    """Whoever asks ends right after the commit, before the queue heard of it: the tick must find the job."""
    with transaction.atomic():
        yield
        connection.run_on_commit.clear()
