"""`make lint`: every check runs, each with its line; the output of those that fail follows."""

import os
import subprocess
import sys

from smartregion.bootstrap import ROOT, one_line, step

PRODUCTION = {
    "SMARTREGION_DEMO": "0",
    "SMARTREGION_SECRET_KEY": "x" * 25 + "0123456789" * 3,
    "SMARTREGION_HOSTS": "portal.example.org",
}
MODULE = [sys.executable, "-m"]
IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"
MANAGE = [sys.executable, "manage.py"]
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("Regeln (ruff)", [*MODULE, "ruff", "check", "."], {}),
    ("Form (ruff)", [*MODULE, "ruff", "format", "--check", "."], {}),
    ("Typen (mypy)", [*MODULE, "mypy"], {}),
    ("Schichten (import-linter)", [sys.executable, "-c", IMPORTS], {}),
    ("Vorlagen (djlint)", [*MODULE, "djlint", "templates", "--lint", "--quiet"], {}),
    ("Migrationen", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
    ("Django", [*MANAGE, "check", "--fail-level", "WARNING"], {}),
    ("Django im Betrieb", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
]


def main() -> int:
    failed = 0
    for label, command, environment in CHECKS:
        with step(label):
            result = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                capture_output=True,
                text=True,
                check=False,
            )
        if result.returncode:
            failed += 1
            print(result.stdout + result.stderr, file=sys.stderr)
    if failed:
        print(f"{failed} von {len(CHECKS)} Prüfungen sind gescheitert.", file=sys.stderr)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(one_line(main))
