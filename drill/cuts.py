"""Cuts nodes off and looks from outside at what the portal, its clients and its reports made of it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random
from urllib.parse import quote

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Q

from drill import reports
from drill.clients import Clients
from drill.cluster import WEB, WITH_BEAT, WORKERS, Cluster
from drill.crowd import journals
from drill.outcome import Outcome
from measures.models import Measure
from monitoring.models import Report
from smartregion.base.models import Job, JobAttempt
from smartregion.bootstrap import step
from smartregion.stack.supervisor import wait_for

PEOPLE = 8
PATIENCE = 180
SHORTEST, LONGEST = 2.0, 35.0
"""Seconds of a cut: some end before anybody has noticed, some after everything was given up."""
NO_LIMITS = "-c tcp_keepalives_idle=0 -c idle_in_transaction_session_timeout=0"
UNGUARDED = f"?keepalives=0&tcp_user_timeout=0&options={quote(NO_LIMITS)}"
"""What an address says goes before the portal's own limits: with this there are none."""
HOLDER = """
import sys, django; django.setup()
from django.db import transaction
from measures.models import Measure
with transaction.atomic():
    Measure.objects.select_for_update(of=("self",)).get(pk={key})
    print("held", flush=True)
    sys.stdin.read()
"""
LOCK_PATIENCE = 75


class Late(Exception):
    """What must come did not come within minutes."""


def until(condition: Callable[[], bool], what: str) -> None:
    if not wait_for(condition, PATIENCE):
        raise Late(what)


@dataclass
class Cut:
    node: str
    begin: float
    back: float = 0
    works_again: float = 0
    elsewhere: list[float] = field(default_factory=list)
    """Seconds of the answers of the web nodes that were not cut off."""
    done: int = 0
    """Reports that were compiled while the node was away."""

    def row(self) -> str:
        longest = f"{max(self.elsewhere, default=0):.1f}"
        return (
            f"{self.node:<10}{self.back - self.begin:>8.1f}{self.works_again - self.back:>12.1f}"
            f"{len(self.elsewhere):>12}{longest:>10}{self.done:>10}"
        )


HEAD = f"{'node':<10}{'cut, s':>8}{'again, s':>12}{'answers':>12}{'longest':>10}{'reports':>10}"


def drill(cluster: Cluster, *, seed: int, cuts: int, fences: int) -> Outcome:
    rng = Random(seed)
    with step("Nodes"):
        for node in WEB:
            cluster.start_web_on(node)
        for node in WORKERS:
            cluster.start_worker_on(node)
        cluster.start_beat_on(WITH_BEAT)
        journals.wait_for_jobs()
        clients = Clients(cluster, WEB, PEOPLE)
    print(
        f"Seed {seed}. {PEOPLE} people, half of them at each web node; a report every few seconds.",
        flush=True,
    )
    done: list[Cut] = []
    with clients:
        outcomes = [second_publication(cluster, WORKERS[0]) for _ in range(fences)]
        print(
            f"Returned with a report that another had published: {', '.join(outcomes)}\n\n{HEAD}", flush=True
        )
        for node in islice(cycle([*WORKERS, *WEB]), cuts):
            done.append(cut_off(cluster, node, rng, clients))
            print(done[-1].row(), flush=True)
    held = [seconds_until_lock_goes(cluster, WEB[0], more) for more in ("", "", "", UNGUARDED)]
    print(f"\nA lock of a node that was cut off goes after, s: {[round(each, 1) for each in held[:-1]]}")
    print(f"Without keepalive and limits: still there after {held[-1]:.0f} s")
    journals.wait_for_jobs()
    broken = [
        *(f"a returned worker published again ({each})" for each in outcomes if each not in HARMLESS),
        *(f"a lock stayed for {each:.0f} s" for each in held[:-1] if each > LOCK_PATIENCE - 1),
        *damage(clients, done),
    ]
    print("\n".join(told(clients)), flush=True)
    longest = max((each.works_again - each.back for each in done), default=0)
    return Outcome(len(done) + len(outcomes), "nodes cut off", broken, longest)


HARMLESS = {"refused", "failed"}
"""The fence refused it, or its connection had ended meanwhile."""


def second_publication(cluster: Cluster, node: str) -> str:
    """A worker is cut off when it has compiled a report and comes back when another has published that.

    Returns:
        what became of its attempt to publish, by its own notes.
    """
    cluster.hold(node)
    until(lambda: _last(cluster, node)[0] == "holds", f"{node} compiles a report")
    job = _last(cluster, node)[1]
    cluster.network.cut(node)
    until(lambda: Job.objects.get(pk=job).status == Job.Status.DONE, f"another does job {job}")
    cluster.network.join(node)
    cluster.let_go(node)
    until(lambda: _last(cluster, node) != ("holds", job), f"{node} tries to publish")
    return next(word for word, key in reversed(cluster.noted(node)) if key == job)


def _last(cluster: Cluster, node: str) -> tuple[str, int]:
    return (cluster.noted(node) or [("", 0)])[-1]


def cut_off(cluster: Cluster, node: str, rng: Random, clients: Clients) -> Cut:
    """For a random time, a worker while it compiles; it works again when it answers or has ended a job."""
    if node in WORKERS:
        until(lambda: _last(cluster, node)[0] == "claimed", f"{node} has a job")
    cluster.network.cut(node)
    cut = Cut(node, time.monotonic())
    compiled = Report.objects.compiled().count()
    time.sleep(rng.uniform(SHORTEST, LONGEST))
    cut.done = Report.objects.compiled().count() - compiled
    cluster.network.join(node)
    cut.back = time.monotonic()
    before = _ended(cluster, node)
    until(
        lambda: _ended(cluster, node) > before if node in WORKERS else cluster.answers(node),
        f"{node} works again",
    )
    cut.works_again = time.monotonic()
    cut.elsewhere = [
        each.end - each.begin
        for each in clients.steps
        if each.node != node and cut.begin < each.end < cut.back
    ]
    return cut


def _ended(cluster: Cluster, node: str) -> int:
    return sum(word == "ended" for word, _job in cluster.noted(node)) if node in WORKERS else 0


def seconds_until_lock_goes(cluster: Cluster, node: str, more: str) -> float:
    """A transaction holds a row when its node is cut off; how long another has to wait for the row."""
    key = Measure.objects.earliest("pk").pk
    words = [*cluster.network.within(node), sys.executable, "-c", HOLDER.format(key=key)]
    variables = {**os.environ, **cluster.of_nodes}
    variables["DATABASE_URL"] += more
    with subprocess.Popen(words, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        if holder.stdout is None or not holder.stdout.readline():
            raise Late("a transaction holds a row")
        cluster.network.cut(node)
        begin = time.monotonic()
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}s'")
            Measure.objects.select_for_update(of=("self",)).get(pk=key)
        waited = time.monotonic() - begin
        holder.kill()
        cluster.network.join(node)
    return waited


def damage(clients: Clients, cuts: list[Cut]) -> Iterator[str]:
    for each in clients.steps:
        if each.fault and not any(_explains(cut, each.node, each.begin, each.end) for cut in cuts):
            yield f"{each.node} failed though it was not cut off: {each.fault}"
    yield from journals.lost([person.journal for person in clients.people])
    for key in clients.reports:
        reports.publish(key)
        yield from reports.damage(key)
    done = Count("tries", filter=Q(tries__outcome=JobAttempt.Outcome.DONE))
    for key, times in Job.objects.annotate(done=done).filter(done__gt=1).values_list("pk", "done"):
        yield f"job {key} was ended {times} times"


def _explains(cut: Cut, node: str, begin: float, end: float) -> bool:
    return cut.node == node and begin < cut.works_again and end > cut.begin


def told(clients: Clients) -> Iterator[str]:
    written = [person.journal for person in clients.people]
    saved, sent = (sum(len(getattr(each, name)) for each in written) for name in ("saved", "sent"))
    states = list(Report.objects.filter(pk__in=clients.reports).values_list("job__status", "sealed_at"))
    sealed = sum(at is not None for _status, at in states)
    failed = sum(status == Job.Status.FAILED for status, _at in states)
    lost = JobAttempt.objects.filter(outcome=JobAttempt.Outcome.LOST).count()
    yield f"{len(clients.steps)} steps of clients, {sum(bool(each.fault) for each in clients.steps)} failed"
    conflicts = sum(each.conflicts for each in written)
    yield f"{sent} writes sent, {saved} acknowledged, {conflicts} conflicts told"
    yield f"{len(states)} reports: {sealed} published, {failed} failed; {lost} attempts lost their worker"
