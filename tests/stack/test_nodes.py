"""Two workers on nodes of their own: one is cut off with a compiled report, and comes back too late."""

import os
import re
import subprocess
import sys

import pytest

from drill.network import why_not
from smartregion.bootstrap import ROOT
from tests.monitoring.test_worker_killed import WITHOUT_FENCE
from tests.scale import on_its_turn

pytestmark = on_its_turn(0, of=4)

SESSION = """
from functools import partial
from drill.__main__ import prepare
from drill.cluster import Cluster
from drill.machine import running_as
from drill.network import network

with network(["one", "other"]) as made, running_as(partial(Cluster, network=made)) as cluster:
    prepare()
    from drill import cuts, reports
    cluster.of_nodes["DATABASE_URL"] += cuts.UNGUARDED  # so that the connection is still there on the return
    cluster.start_worker_on("other")
    cluster.start_beat_on("other")
    asked = 0
    for prelude in ("", {without_fence!r}):
        cluster.start_worker_on("one", prelude)
        cluster.hold("one")
        found = [reports.request(asked + number) for number in range(4)]
        asked += len(found)
        print("RETURNED", cuts.second_publication(cluster, "one"), flush=True)
        if not prelude:
            cuts.journals.wait_for_jobs()
            for report in found:
                reports.publish(report.pk)
            print("DAMAGE", [what for report in found for what in reports.damage(report.pk)], flush=True)
        cluster.kill("one")
"""


@pytest.fixture(scope="module")
def told() -> str:
    if reason := why_not():
        pytest.skip(f"no node can be cut off here: {reason}")
    services = {"DATABASE_URL", "REDIS_URL"}
    result = subprocess.run(
        [sys.executable, "-c", SESSION.format(without_fence=WITHOUT_FENCE)],
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
    return result.stdout


def test_a_worker_that_returns_cannot_publish_what_another_has_published(told: str) -> None:
    """The second word is the negative control: without the fence it ends the job once more."""
    assert re.findall(r"RETURNED (\w+)", told) == ["refused", "ended"], told


def test_each_report_was_published_once(told: str) -> None:
    assert "DAMAGE []" in told, told
