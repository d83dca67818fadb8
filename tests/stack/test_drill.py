"""The fault drill itself: a short one breaks nothing, and where a guard is missing it finds what broke."""

import os
import re
import subprocess
import sys

from smartregion.bootstrap import ROOT

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


def drill(*words: str, prelude: str = "") -> subprocess.CompletedProcess[str]:
    """With services of its own, which it may kill."""
    code = f"import sys; from drill.__main__ import main; sys.exit(main(*{words!r}, prelude={prelude!r}))"
    services = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in services},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def test_a_short_drill_breaks_nothing() -> None:
    result = drill("--short", "--seed", "7")

    told = result.stdout + result.stderr
    seen = {row["fault"]: (int(row["n"]), int(row["broken"])) for row in LINE.finditer(result.stdout)}
    faults = {"pool child killed": 2, "worker group killed": 2, "beat killed": 1, "Redis killed": 1}
    faults |= {"FLUSHALL": 1, "PostgreSQL restarted": 1}
    if "no disk is filled" not in result.stdout:
        faults["disk full"] = 1
    expected = {name: (n, 0) for name, n in faults.items()} | {"all": (sum(faults.values()), 0)}
    assert (seen, result.returncode) == (expected, 0), told


def test_a_drill_finds_reports_whose_job_ended_before_they_were_published() -> None:
    """The negative control: publishing in the transaction that ends the job is what the drill relies on."""
    result = drill("--short", "--seed", "7", "--fault", "FLUSHALL", prelude=DONE_BEFORE_IT_IS_PUBLISHED)

    told = result.stdout + result.stderr
    assert result.returncode == 1, told
    assert re.search(r"BROKEN .*report \d+: its job is done, but it was never published", told), told
