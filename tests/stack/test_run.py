"""`make run` as a person meets it: real processes, a real port, real signals."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from smartregion.bootstrap import ROOT
from smartregion.stack.instance import throw_away
from smartregion.stack.supervisor import Supervisor
from tests.scale import by_turns
from tests.stack.portal import START_SECONDS, Portal, running, started_in, survivors, taken_port

STOP_SECONDS = 60


def stop_group(portal: Portal) -> None:
    os.killpg(portal.process.pid, signal.SIGINT)


def stop_make_only(portal: Portal) -> None:
    portal.process.send_signal(signal.SIGINT)


def terminate_make(portal: Portal) -> None:
    portal.process.terminate()


def ends_in_time(portal: Portal, stop: Callable[[Portal], None]) -> None:
    processes = portal.everything()
    asked = time.monotonic()
    stop(portal)
    portal.status_after(STOP_SECONDS)
    assert survivors(processes, STOP_SECONDS - (time.monotonic() - asked)) == []
    assert portal.error_lines == []


@pytest.mark.parametrize("stop", by_turns([stop_group, stop_make_only], of=2))
def test_every_way_to_stop_ends_all_processes(tree: Path, stop) -> None:
    with running(tree) as portal:
        ends_in_time(portal, stop)


def test_it_answers_a_second_start_in_the_same_folder_says_that_it_runs_and_make_ends_it(tree: Path) -> None:
    with running(tree) as portal:
        with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/gesundheit/") as answer:
            assert answer.status == 200
        assert f"Anmelden:          http://127.0.0.1:{portal.port}/anmelden/" in portal.output
        assert portal.error_lines == []
        second = Portal(tree, "second")
        assert second.status_after(START_SECONDS) == 2
        assert second.error_lines == [
            "Fehler: Das Portal läuft aus diesem Ordner bereits. "
            "Beenden Sie es dort mit Strg+C, oder nehmen Sie einen zweiten Klon."
        ]
        ends_in_time(portal, terminate_make)


@pytest.mark.parametrize(
    ("words", "label", "log"),
    by_turns(
        [
            (("celery", "--pool"), "Der Celery-Worker", "worker"),
            (("celery", "--schedule"), "Der Celery-Zeitplan", "beat"),
            (("valkey-server",), "Redis", "redis"),
        ],
        of=3,
    ),
)
def test_a_dead_child_ends_the_rest_with_one_line(tree: Path, words, label: str, log: str) -> None:
    with running(tree) as portal:
        processes = portal.everything()
        portal.child(*words).kill()
        assert portal.status_after(STOP_SECONDS) == 2
        assert survivors(processes, 1) == []
        assert portal.error_lines == [
            f"Fehler: {label} hat sich unerwartet beendet (Signal 9), alles wird angehalten. "
            f"Die Ursache steht in var/log/{log}.log; danach bitte erneut starten."
        ]


def test_children_end_with_a_killed_supervisor_and_the_next_start_works(tree: Path) -> None:
    with running(tree) as portal:
        processes = portal.everything()
        portal.supervisor().kill()
        with running(tree):
            assert survivors(processes, STOP_SECONDS) == []


def test_data_survive_a_killed_database(tree: Path) -> None:
    control_file = tree / "var" / "postgres" / "global" / "pg_control"
    with running(tree) as portal:
        made = control_file.stat().st_ino
        portal.child("bin/postgres").kill()
        portal.status_after(STOP_SECONDS)
    with running(tree):
        assert control_file.stat().st_ino == made


def test_a_warm_start_takes_less_than_half_of_the_first_one(tree: Path) -> None:
    """Alone it takes three seconds instead of a minute; other tests run beside it."""
    while len(started_in) < 2:
        with running(tree):
            pass
    assert min(started_in[1:]) < started_in[0] / 2


def test_a_taken_port_is_named_before_anything_starts(tree: Path) -> None:
    with taken_port() as port:
        portal = Portal(tree, PORT=str(port))
        assert portal.status_after(STOP_SECONDS) == 2
        assert portal.error_lines == [
            f"Fehler: Port {port} ist belegt. Wählen Sie einen anderen: make run PORT={port + 1}"
        ]
        assert "PostgreSQL" not in portal.output


def test_tests_that_do_not_exist_are_named_before_anything_starts() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "smartregion/bootstrap.py", "test", "tests/gibtesnicht"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = "Fehler: „tests/gibtesnicht“ gibt es nicht. Unter tests/ steht, welche Tests es gibt.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_who_has_stopped_its_processes_can_still_be_stopped_itself() -> None:
    with throw_away("test-signals") as instance, Supervisor(instance):
        found = signal.getsignal(signal.SIGTERM)
        assert found is not signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) is found
