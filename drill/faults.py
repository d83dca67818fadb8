"""The harm that is done, at a random moment, and how an operator's systemd would put it right."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from drill.machine import Machine
from drill.orders import Desk, Order

LONGEST_OUTAGE = 2.0

Harm = Callable[[Machine, Random, Desk], list[Order]]
"""Does the harm and puts it right; returns what was asked for meanwhile."""


@dataclass(frozen=True)
class Fault:
    name: str
    harm: Harm
    full: int
    """How often in the full size."""
    short: int = 1
    wakes: bool = True
    """Whether a queue hears of what is asked for before it; otherwise only the tick finds it."""


def kill_pool_child(machine: Machine, rng: Random, desk: Desk) -> list[Order]:
    machine.kill_pool_child()
    return []


def kill_worker(machine: Machine, rng: Random, desk: Desk) -> list[Order]:
    machine.kill("worker")
    machine.start_worker()
    return []


def kill_beat(machine: Machine, rng: Random, desk: Desk) -> list[Order]:
    machine.kill("beat")
    machine.start_beat()
    return []


def kill_redis(machine: Machine, rng: Random, desk: Desk) -> list[Order]:
    machine.kill("redis")
    meanwhile = [desk.report()]
    _outage(rng)
    machine.start_redis()
    return meanwhile


def empty_queue(machine: Machine, rng: Random, desk: Desk) -> list[Order]:
    machine.empty_queue()
    return []


def restart_postgres(machine: Machine, rng: Random, desk: Desk) -> list[Order]:
    """A fast shutdown, an immediate one, or none at all."""
    machine.kill("postgres", rng.choice([signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]))
    _outage(rng)
    machine.start_postgres()
    return []


def fill_disk(machine: Machine, rng: Random, desk: Desk) -> list[Order]:
    """PostgreSQL may end over it; with room again it is started anew."""
    machine.disk.fill()
    _outage(rng)
    machine.disk.clear()
    if not machine.is_up("postgres"):
        machine.kill("postgres")
        machine.start_postgres()
    return []


def _outage(rng: Random) -> None:
    time.sleep(rng.uniform(0.2, LONGEST_OUTAGE))


FAULTS = [
    Fault("pool child killed", kill_pool_child, full=100, short=2),
    Fault("worker group killed", kill_worker, full=100, short=2),
    Fault("beat killed", kill_beat, full=100, wakes=False),
    Fault("Redis killed", kill_redis, full=20),
    Fault("FLUSHALL", empty_queue, full=5),
    Fault("PostgreSQL restarted", restart_postgres, full=20),
    Fault("disk full", fill_disk, full=20),
]
