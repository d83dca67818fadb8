"""`manage.py doctor`: each process of the portal under systemd, where one of two may be dead unseen."""

from pathlib import Path

import pytest

from smartregion.doctor import units
from smartregion.doctor.units import TIMERS, looked_at, web_ports
from tests.smartregion.doctor import FAIL, OK, WARN, Running, levels, text

LASTING = [f"smartregion-{name}.service" for name in ("web@8001", "web@8002", "worker", "beat")]
SECOND = "smartregion-web@8002.service"


@pytest.fixture
def installed(running: Running) -> Running:
    (running.units / "smartregion-web@.service").touch()
    running.enables(*LASTING, *TIMERS)
    for name in (*LASTING, *TIMERS):
        running.says(name)
    return running


def seen(machine: Running) -> list[tuple[str, str]]:
    """Level and first word of each finding."""
    found = looked_at(machine.systemd, machine.units, machine.secrets)
    return [(finding.level, finding.text.split()[0]) for finding in found]


def test_services_that_run_are_well_and_where_there_are_none_it_is_said(
    installed: Running, tmp_path: Path
) -> None:
    assert seen(installed) == [(OK, "alle")]
    installed.says("smartregion-doctor.service", ActiveState="failed")
    assert seen(installed) == [(OK, "alle")]

    (without,) = looked_at(tmp_path / "none", installed.units, installed.secrets)
    assert (without.level, "nicht angesehen" in without.text) == (OK, True)
    (without,) = looked_at(installed.systemd, tmp_path / "none", installed.secrets)
    assert (without.level, "nicht angesehen" in without.text) == (OK, True)


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({"ActiveState": "inactive", "SubState": "dead"}, FAIL),
        ({"ActiveState": "failed", "SubState": "failed"}, FAIL),
        ({"ActiveState": "activating", "SubState": "auto-restart", "NRestarts": "4"}, FAIL),
        ({"ActiveState": "activating", "SubState": "start-post"}, WARN),
        ({"up": 5, "NRestarts": "4"}, FAIL),
        ({"up": 5}, OK),
        ({"up": 3_000, "NRestarts": "4"}, OK),
        ({"up": 3_000, "NRestarts": "6"}, WARN),
        ({"up": 4_000, "NRestarts": "6"}, OK),
        ({"ActiveState": "reloading", "SubState": "reload"}, OK),
    ],
    ids=[
        "stopped",
        "failed",
        "loops",
        "starts",
        "was just started again",
        "is young",
        "once looped",
        "ends time and again",
        "ended time and again",
        "reloads",
    ],
)
def test_a_second_web_process_that_does_not_run_is_caught(
    installed: Running, told: dict[str, str], level: str
) -> None:
    installed.says(SECOND, **told)

    assert seen(installed) == [(level, "alle" if level == OK else SECOND)]


def test_a_timer_that_is_not_enabled_or_not_started_is_caught(installed: Running) -> None:
    backup, drill = TIMERS
    installed.says(backup, ActiveState="inactive", SubState="dead")
    (installed.units / "some.wants" / drill).unlink()

    assert seen(installed) == [(FAIL, backup), (FAIL, drill)]


def test_a_machine_that_makes_no_backups_needs_no_timers(installed: Running) -> None:
    """It has neither beat nor a password of the owner nor a key."""
    for name in ("smartregion-beat.service", *TIMERS):
        (installed.units / "some.wants" / name).unlink()
        installed.says(name, ActiveState="inactive", SubState="dead")

    assert seen(installed) == [(OK, "alle")]
    for name in ("owner.env", "backup.key"):
        (installed.secrets / name).touch()
        assert seen(installed) == [(FAIL, timer) for timer in TIMERS]
        (installed.secrets / name).unlink()
    installed.enables(TIMERS[0])
    assert seen(installed) == [(FAIL, TIMERS[0])]


def test_a_machine_on_which_only_the_timers_are_enabled_is_not_called_well(installed: Running) -> None:
    for name in LASTING:
        (installed.units / "some.wants" / name).unlink()
        installed.says(name, ActiveState="inactive", SubState="dead")

    assert seen(installed) == [(WARN, "Kein")]


def test_the_units_of_this_machine_are_looked_at(installed: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "SYSTEMD", installed.systemd)
    monkeypatch.setattr(units, "UNITS", installed.units)
    assert levels("Dienste") == [OK]

    installed.says(SECOND, ActiveState="inactive", SubState="dead")

    assert (levels("Dienste"), text("Dienste").startswith(SECOND)) == ([FAIL], True)


def test_what_failed_once_and_what_does_not_start_by_itself_is_caught(installed: Running) -> None:
    installed.says("smartregion-backup.service", ActiveState="failed", SubState="failed")
    (installed.units / "some.wants" / SECOND).unlink()

    assert seen(installed) == [(WARN, SECOND), (FAIL, "smartregion-backup.service")]


def test_a_refused_restore_is_never_to_be_started_again(installed: Running) -> None:
    name = "smartregion-restore@smartregion-20260131.age.service"
    installed.says(name, ActiveState="failed", SubState="failed")

    (finding,) = looked_at(installed.systemd, installed.units, installed.secrets)

    assert finding.level == WARN
    assert f"systemctl reset-failed '{name}'" in finding.text and "restart" not in finding.text


def test_a_systemd_that_does_not_answer_is_no_proof_that_all_is_well(installed: Running) -> None:
    installed.is_silent()

    (finding,) = looked_at(installed.systemd, installed.units, installed.secrets)

    assert (finding.level, "Failed to connect to bus" in finding.text) == (WARN, True)


def test_the_ports_of_web_are_those_of_its_enabled_units_and_the_usual_ones(installed: Running) -> None:
    installed.enables("smartregion-web@8010.service")

    assert web_ports(installed.units) == {8001, 8002, 8010}
