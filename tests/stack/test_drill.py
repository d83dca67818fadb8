"""The fault drill itself: a short one breaks nothing, and where a guard is missing it finds what broke."""

import os
import re
import subprocess
import sys

import pytest

from smartregion.bootstrap import ROOT
from tests.scale import by_turns

LINE = re.compile(r"^(?P<fault>\S.*?)  +(?P<n>\d+) +\d+ +(?P<ok>\d+) +(?P<broken>\d+) ", re.MULTILINE)
DONE_BEFORE_IT_IS_PUBLISHED = """
import django; django.setup()
import os, signal
from smartregion.base import jobs
def run(job_id):
    job = jobs.claim(job_id)
    if job is not None:
        finish = jobs.KINDS[job.kind].work(job)
        jobs._end(job)
        os.kill(os.getpid(), signal.SIGKILL)
        finish()
jobs.run = run
"""
"""A worker that ends a job in one transaction and publishes in the next, and dies between the two."""


ALL = {
    "pool child killed": 2,
    "worker group killed": 2,
    "beat killed": 1,
    "Redis killed": 1,
    "FLUSHALL": 1,
    "PostgreSQL restarted": 1,
    "disk full": 1,
}
"""How often a short drill does each harm."""
FAULTS = {name: ALL[name] for name in by_turns(ALL, of=3)}
SESSION = """
from drill.__main__ import prepare
from drill.machine import running
with running() as machine:
    prepare()
    from drill.session import drill
    print("ends with", len(drill(machine, seed=7, short=True, only={only!r}).broken))
    for name in ("worker", "beat"):
        machine.kill(name)
    machine.prelude = {prelude!r}
    print("WITHOUT THE GUARD", flush=True)
    print("ends with", min(1, len(drill(machine, seed=7, short=True, only=["FLUSHALL"]).broken)))
"""


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What a drill says, and what the next one on the same machine says that takes a guard away."""
    services = {"DATABASE_URL", "REDIS_URL"}
    result = subprocess.run(
        [sys.executable, "-c", SESSION.format(only=[*FAULTS], prelude=DONE_BEFORE_IT_IS_PUBLISHED)],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name not in services},
            "DJANGO_SETTINGS_MODULE": "smartregion.settings",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout.split("WITHOUT THE GUARD")


def test_a_short_drill_breaks_nothing(told: list[str]) -> None:
    seen = {row["fault"]: (int(row["n"]), int(row["broken"])) for row in LINE.finditer(told[0])}
    is_left_out = "disk full" if "no disk is filled" in told[0] else None
    faults = {name: n for name, n in FAULTS.items() if name != is_left_out}
    expected = {name: (n, 0) for name, n in faults.items()} | {"all": (sum(faults.values()), 0)}
    assert seen == expected, told[0]
    assert "ends with 0" in told[0]


def test_a_drill_finds_work_whose_job_ended_before_it_was_published(told: list[str]) -> None:
    """The negative control: publishing in the transaction that ends the job is what the drill relies on."""
    assert re.search(r"BROKEN .*(report|minutes) \d+: \w+ job is done, but", told[1]), told[1]
    assert "ends with 1" in told[1]
