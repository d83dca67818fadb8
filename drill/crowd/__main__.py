"""`make crowd`: many signed-in people read and write while reports are compiled; ends with 1 if anything of
it got lost, failed, or took too long."""

import argparse
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from random import Random
from statistics import quantiles

from django.db import connection

from drill.__main__ import prepare
from drill.crowd.person import Journal, Person
from drill.machine import Machine, running
from smartregion.bootstrap import step

PACE = {"SMARTREGION_JOB_LEASE_SECONDS": "45", "SMARTREGION_JOB_TICK_SECONDS": "30"}
"""As in production; the drill of faults is in a hurry."""
IDLE_STEPS = 300
REPORTS = 10
GOAL = 5
AS_DEPLOYED = 10
"""The worker's priority, as its systemd unit sets it."""


def main(*words: str) -> int:
    options = parser().parse_args(words)
    with running() as machine, closing(socket.create_server(("127.0.0.1", 0))) as web:
        os.environ.update(PACE)
        prepare()
        return crowd(machine, web, options)


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="make crowd", description=__doc__)
    arguments.add_argument("--people", type=int, default=200)
    arguments.add_argument("--minutes", type=float, default=5)
    arguments.add_argument("--think", type=float, default=30, help="mean seconds between a person's steps")
    arguments.add_argument(
        "--pause", type=float, default=0, help="seconds from one report to the next; 0 asks for ten at once"
    )
    return arguments


def crowd(machine: Machine, web: socket.socket, options: argparse.Namespace) -> int:
    from drill.crowd import journals, population  # need Django's models
    from drill.crowd.watch import Watch

    machine.start_web(web)
    machine.start_worker(nice=AS_DEPLOYED)
    machine.start_beat()
    portal = f"http://127.0.0.1:{web.getsockname()[1]}"
    everyone = population.make(portal, options.people)
    with step("Signing in"):
        for person in everyone:
            person.sign_in()
    with step("What is due"):
        journals.wait_for_jobs()
    with step("Idle"):
        idle = alone(everyone)
    end = time.monotonic() + 60 * options.minutes
    with step("All at once"), Watch(machine) as watch, asking(options.pause, end) as reports:
        together(everyone, until=end, think=options.think)
    with step("Reports"):
        journals.wait_for_jobs()
    found = [person.journal for person in everyone]
    problems = [*faults(found), *journals.lost(found), *journals.damaged(reports)]
    busy = seconds(found, until=journals.all_compiled_at(reports))
    ratio = p95(busy) / p95(idle)
    saved, told = sum(len(each.saved) for each in found), sum(each.conflicts for each in found)
    print(
        f"{options.people} people, {options.minutes:g} minutes, a step every {options.think:g} s on average"
    )
    print(f"{len(seconds(found))} answers, {saved} writes acknowledged, {told} conflicts told")
    print(f"{len(reports)} reports; {len(busy)} answers until the last of them was compiled")
    print(f"p95 idle {p95(idle):.3f} s, until then {p95(busy):.3f} s, ratio {ratio:.1f} (goal {GOAL})")
    print("\n".join([*watch.lines(), *(f"BROKEN: {problem}" for problem in problems)]), flush=True)
    return int(bool(problems) or ratio > GOAL)


@contextmanager
def asking(pause: float, end: float) -> Iterator[list[int]]:
    """The keys of the reports asked for: ten at once, or one after each pause until the end."""
    from drill.crowd import journals

    keys: list[int] = []
    if not pause:
        keys += [journals.request_report(number) for number in range(REPORTS)]
        yield keys
        return

    def ask() -> None:
        while time.monotonic() < end:
            keys.append(journals.request_report(len(keys)))
            time.sleep(pause)
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    yield keys
    thread.join()


def alone(everyone: list[Person]) -> list[float]:
    """Seconds of the answers when one person after the other does one step; their journals begin anew."""
    rng = Random(1)
    for _ in range(IDLE_STEPS):
        rng.choice(everyone).act()
    taken = seconds([person.journal for person in everyone])
    for person in everyone:
        person.journal.answers = []
    return taken


def together(everyone: list[Person], *, until: float, think: float) -> None:
    threads = [threading.Thread(target=live, args=(person, until, think)) for person in everyone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def live(person: Person, until: float, think: float) -> None:
    """Steps at random moments until the time is over."""
    while (pause := person.rng.expovariate(1 / think)) + time.monotonic() < until:
        time.sleep(pause)
        person.act()


def seconds(journals: list[Journal], *, until: datetime | None = None) -> list[float]:
    return [taken for journal in journals for at, taken in journal.answers if until is None or at <= until]


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def faults(journals: list[Journal]) -> Iterator[str]:
    for journal in journals:
        yield from journal.faults


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartregion.settings")
    sys.exit(main(*sys.argv[1:]))
