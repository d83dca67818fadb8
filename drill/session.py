"""One drill of faults, from its plan to its table."""

import time
from collections.abc import Collection, Iterator
from random import Random

from drill import mails
from drill.faults import FAULTS, fill_disk
from drill.machine import Machine
from drill.outcome import Outcome
from drill.rounds import Drill, Round
from drill.table import table
from smartregion.bootstrap import step

NEWS_EVERY = 25


def drill(machine: Machine, *, seed: int, short: bool, only: Collection[str] = ()) -> Outcome:
    """Do a whole plan."""
    rng = Random(seed)
    faults = [fault for fault in FAULTS if not only or fault.name in only]
    if not faults:
        names = ", ".join(fault.name for fault in FAULTS)
        return Outcome(0, "faults", [f"No fault is called “{', '.join(only)}”. There are: {names}."])
    if not machine.disk.how:
        faults = [fault for fault in faults if fault.harm is not fill_disk]
    plan = [fault for fault in faults for _ in range(fault.short if short else fault.full)]
    rng.shuffle(plan)
    mails.fill_in_addresses()
    run = Drill(machine, rng)
    with step("Undisturbed work"):
        run.warm_up(tries=1 if short else 3)
    pace = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in run.pace.items())
    print(f"Seed {seed}, {len(plan)} faults, each within the time that its work takes undisturbed: {pace}.")
    print(f"Disk: {machine.disk.how or 'none may be mounted here, so no disk is filled'}.", flush=True)
    start = time.monotonic()
    rounds: list[Round] = []
    for number, fault in enumerate(plan, start=1):
        rounds.append(run.round(fault))
        for what in rounds[-1].broken:
            print(f"BROKEN in round {number} ({fault.name}): {what}", flush=True)
        if number % NEWS_EVERY == 0:
            print(f"{number} of {len(plan)} faults, {time.monotonic() - start:.0f} s", flush=True)
    final = list(run.final_damage())
    print("\n".join(["", *table(rounds), "", *_remarks(run.repeated_mails, rounds, final)]), flush=True)
    broken = [*(what for each in rounds for what in each.broken), *final]
    return Outcome(len(rounds), "faults", broken, max((each.seconds for each in rounds), default=0))


def _remarks(repeated: int, rounds: list[Round], final: list[str]) -> Iterator[str]:
    causes = sorted({cause for each in rounds for cause in each.failed})
    yield f"Mails handed over again with the same Message-ID: {repeated}"
    yield "Causes of failed jobs: " + ("; ".join(causes) or "none")
    yield from (f"BROKEN at the end: {what}" for what in final)
