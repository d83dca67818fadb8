"""`python -m smartregion.stack run|assets|manage …|exec -- COMMAND …|drill …|crowd …`, from `.venv`."""

import compileall
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress

from smartregion import bootstrap
from smartregion.bootstrap import Failure
from smartregion.catalogues import APPS
from smartregion.stack.instance import PORTAL, Instance, throw_away
from smartregion.stack.lint import PRODUCTION
from smartregion.stack.portal import prepare, run
from smartregion.stack.services import start_services
from smartregion.stack.supervisor import Supervisor, with_parent

STOP_SECONDS = 8
NOWHERE = {"DATABASE_URL": "postgresql://", "REDIS_URL": "redis://"}


def execute(*words: str) -> int:
    """Run a command beside throw-away services and return its exit code."""
    from smartregion.stack.prepare import static_is_current

    command = words[1:] if words[:1] == ("--",) else words
    if not command:
        raise Failure("Es fehlt ein Befehl: python -m smartregion.stack exec -- BEFEHL …")
    base = os.environ.get("SMARTREGION_STACK_NAME") or "test"
    if not re.fullmatch(r"test(-[a-z0-9]+)*", base):
        raise Failure("SMARTREGION_STACK_NAME muss „test“ sein oder mit „test-“ beginnen.")
    if browser := os.environ.get("SMARTREGION_CHROMIUM") or bootstrap.find_browser():
        os.environ["SMARTREGION_CHROMIUM"] = browser
    with throw_away(base) as instance, Supervisor(instance) as supervisor:
        start_services(supervisor)
        if not static_is_current():
            prepare("collectstatic")
        return in_foreground(command)


def manage(*words: str) -> int:
    """Run a command of manage.py on the portal's own data, whether the portal runs at the moment or not."""
    command = [sys.executable, "manage.py", *words]
    instance = Instance(PORTAL)
    with instance.claimed() as mine:
        if mine:
            with Supervisor(instance) as supervisor, instance.announced(start_services(supervisor)):
                return in_foreground(command)
    addresses = instance.announcement()
    if addresses is None:
        raise Failure(
            "Das Portal wird gerade gestartet oder beendet. Bitte versuchen Sie es gleich noch einmal."
        )
    os.environ.update({"DJANGO_SETTINGS_MODULE": "smartregion.settings", **addresses})
    os.environ.setdefault("SMARTREGION_DEMO", "1")
    return in_foreground(command)


def assets() -> int:
    """Static files and byte code for an operator's processes, which cannot write beside the program.

    Asks no service, needs no setting.
    """
    os.environ.update({"DJANGO_SETTINGS_MODULE": "smartregion.settings", **PRODUCTION, **NOWHERE})
    prepare("collectstatic")
    with bootstrap.step("Programm"):
        for name in APPS:
            compileall.compile_dir(bootstrap.ROOT / name, quiet=1)
    return 0


def make_static_files() -> None:
    """As an operator makes them, in a process of its own, whose settings are not ours."""
    subprocess.run([sys.executable, "-m", "smartregion.stack", "assets"], cwd=bootstrap.ROOT, check=True)


def drill(*words: str) -> int:
    """All drills; they start services of their own, to be able to kill them."""
    make_static_files()
    from drill.__main__ import main as drill_main

    return drill_main(*words)


def in_foreground(command: tuple[str, ...] | list[str]) -> int:
    """Run `command` on our terminal; a Ctrl-C reaches it directly and gives it time to end by itself."""
    dies_with_us = with_parent(signal.SIGTERM)
    process = subprocess.Popen(command, cwd=bootstrap.ROOT, preexec_fn=dies_with_us)  # noqa: PLW1509 - see Supervisor
    try:
        return process.wait()
    except KeyboardInterrupt:
        with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
            process.terminate()
            process.wait(STOP_SECONDS)
        process.kill()
        raise


def crowd(*words: str) -> int:
    """Many people at once, over services of its own."""
    make_static_files()
    from drill.crowd.__main__ import main as crowd_main

    return crowd_main(*words)


COMMANDS = {
    "run": run,
    "assets": assets,
    "manage": manage,
    "exec": execute,
    "drill": drill,
    "crowd": crowd,
}


def main(name: str = "", *arguments: str) -> int:
    if name not in COMMANDS:
        raise Failure(f"Aufruf: python -m smartregion.stack {'|'.join(COMMANDS)} …")
    bootstrap.stop_on_signals()
    # Whatever is asked for starts a number of processes; each of them would compile the whole portal anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return COMMANDS[name](*arguments)


if __name__ == "__main__":
    sys.exit(bootstrap.one_line(main, *sys.argv[1:]))
