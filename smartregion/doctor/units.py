"""The portal's units, where systemd runs them: one of two web processes may be dead, and nobody sees it."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from smartregion.doctor import Finding, check, fail, ok, warn
from smartregion.doctor.machine import OWNERS, SETTINGS

SYSTEMD: Final = Path("/run/systemd/system")
"""Is there where systemd runs (sd_booted)."""
UNITS: Final = Path("/etc/systemd/system")
OURS: Final = "smartregion-*"
TIMERS: Final = ("smartregion-backup.timer", "smartregion-restore-drill.timer")
BEAT: Final = "smartregion-beat.service"
DOCTOR: Final = "smartregion-doctor.service"
"""Fails whenever it finds something, which is no finding."""
RESTORE: Final = "smartregion-restore@"
"""Whoever starts it again overwrites what people have written since."""
LASTING: Final = re.compile(r"smartregion-(web@(?P<port>\d+)|worker|beat)\.service")
USUAL_PORTS: Final = {8001, 8002}
ASKED: Final = "Id,ActiveState,SubState,NRestarts,ActiveEnterTimestampMonotonic"
PATIENCE: Final = 10
SETTLED_AFTER: Final = 60
"""Seconds; whoever ended within them time and again is not running."""
OFTEN: Final = 5
WELL_AFTER: Final = 3_600
"""Seconds; whoever was started again more often than that has to run for so long to be well."""


class CannotTell(Exception):
    """Says why."""


@dataclass(frozen=True)
class Unit:
    name: str
    active: str
    sub: str
    restarts: int
    """By systemd, since somebody started it."""
    up: float
    """Seconds since it became active."""

    @property
    def loops(self) -> bool:
        return self.restarts > 0 and (self.active == "activating" or self.up < SETTLED_AFTER)

    @property
    def runs(self) -> bool:
        return self.active in {"active", "reloading"} and not self.loops


def states(names: Iterable[str]) -> dict[str, Unit]:
    """Of these units and of whatever else systemd knows of the portal; anybody may ask.

    Raises:
        CannotTell: systemd did not answer.
    """
    words = [shutil.which("systemctl") or "systemctl", "show", f"--property={ASKED}", "--", *names, OURS]
    try:
        told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    except subprocess.CalledProcessError as error:
        raise CannotTell(error.stderr.strip() or error.returncode) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotTell(type(error).__name__) from error
    found = (_unit(dict(re.findall(r"^(\w+)=(.*)$", block, re.M))) for block in told.strip().split("\n\n"))
    return {unit.name: unit for unit in found}


def _unit(told: dict[str, str]) -> Unit:
    return Unit(
        name=told["Id"],
        active=told["ActiveState"],
        sub=told["SubState"],
        restarts=int(told.get("NRestarts") or 0),
        up=time.monotonic() - int(told.get("ActiveEnterTimestampMonotonic") or 0) / 1_000_000,
    )


def enabled_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob(f"*.wants/{OURS}")}


def web_ports(folder: Path = UNITS) -> set[int]:
    found = map(LASTING.fullmatch, enabled_in(folder))
    return USUAL_PORTS | {int(match["port"]) for match in found if match and match["port"]}


def has_just_started(name: str, systemd: Path = SYSTEMD) -> bool:
    """So that it could not yet give a sign; whoever is started again and again never has just started."""
    if not systemd.exists():
        return False
    try:
        unit = states([name])[name]
    except CannotTell:
        return False
    return unit.active == "active" and unit.restarts == 0 and unit.up < SETTLED_AFTER


@check("Dienste")
def services() -> Iterator[Finding]:
    yield from looked_at(SYSTEMD, UNITS, SETTINGS)


def looked_at(systemd: Path, folder: Path, secrets: Path) -> Iterator[Finding]:
    if not systemd.exists():
        yield ok("nicht angesehen: hier läuft kein systemd")
        return
    if not any(folder.glob(OURS)):
        yield ok(f"nicht angesehen: in {folder} liegen keine Units des Portals")
        return
    enabled = enabled_in(folder)
    try:
        units = states(sorted({*enabled, *TIMERS}))
    except CannotTell as error:
        yield warn(
            f"systemd sagt nicht, was läuft ({error}).",
            "Sehen Sie selbst nach: systemctl list-units --all 'smartregion-*'",
        )
        return
    needed = set(TIMERS) if makes_backups(enabled, secrets) else enabled & set(TIMERS)
    found = [
        *_any_lasting(enabled),
        *_lasting(units, enabled),
        *_timers(units, enabled, needed),
        *_failed(units, enabled),
    ]
    backups = "" if needed else ", Sicherungen macht ein anderer Rechner"
    yield from found or [ok(f"alle laufen ({len(enabled)} eingeschaltet{backups})")]


def makes_backups(enabled: set[str], secrets: Path) -> bool:
    """Of several machines the one with beat, or with the owner's password or a key."""
    return BEAT in enabled or any(path for pattern in OWNERS for path in secrets.glob(pattern))


def _any_lasting(enabled: set[str]) -> Iterator[Finding]:
    if not any(map(LASTING.fullmatch, enabled)):
        yield warn(
            "Kein Prozess des Portals ist hier eingeschaltet.",
            "systemctl enable --now smartregion-web@8001 smartregion-web@8002 smartregion-worker, und auf "
            "einem einzigen Rechner smartregion-beat",
        )


def _lasting(units: dict[str, Unit], enabled: set[str]) -> Iterator[Finding]:
    for name, unit in sorted(units.items()):
        if not LASTING.fullmatch(name):
            continue
        if name not in enabled:
            if unit.runs:
                yield warn(
                    f"{name} startet nach einem Neustart nicht von selbst.", f"systemctl enable {name}"
                )
        elif unit.loops:
            yield fail(
                f"{name} wurde {unit.restarts}-mal neu gestartet, zuletzt eben.", _read_and_start(name)
            )
        elif unit.active == "activating":
            yield warn(f"{name} startet gerade.", "Fragen Sie in zwei Minuten noch einmal.")
        elif not unit.runs:
            yield fail(f"{name} läuft nicht ({unit.active}, {unit.sub}).", _read_and_start(name))
        elif unit.restarts > OFTEN and unit.up < WELL_AFTER:
            yield warn(
                f"{name} wurde {unit.restarts}-mal neu gestartet, zuletzt vor {unit.up / 60:.0f} Minuten.",
                f"Sehen Sie nach, warum: journalctl -u {name} -n 200",
            )


def _read_and_start(name: str) -> str:
    return f"Sehen Sie nach, warum (journalctl -u {name} -n 50), dann: systemctl restart {name}"


def _timers(units: dict[str, Unit], enabled: set[str], needed: set[str]) -> Iterator[Finding]:
    for name in sorted(needed):
        if name not in enabled or not units[name].runs:
            yield fail(f"{name} ist nicht eingeschaltet oder läuft nicht.", f"systemctl enable --now {name}")


def _failed(units: dict[str, Unit], enabled: set[str]) -> Iterator[Finding]:
    for name, unit in sorted(units.items()):
        if unit.active != "failed" or name in {*enabled, DOCTOR}:
            continue
        if name.startswith(RESTORE):
            yield warn(
                f"{name}: eine Rückkehr zu dieser Sicherung wurde abgelehnt oder brach ab.",
                f"Sehen Sie nach, warum (journalctl -u '{name}' -n 50). Dass Sie es gelesen haben, sagt: "
                f"systemctl reset-failed '{name}'",
            )
        else:
            yield fail(f"{name} ist gescheitert.", _read_and_start(name))
