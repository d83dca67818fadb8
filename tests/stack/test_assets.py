"""`make assets`, as an operator meets it: a tree without a portal that runs, and no settings yet."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from smartregion.stack.lint import PRODUCTION
from tests.stack.portal import SET_BY_US

NOWHERE = {"DATABASE_URL": "postgresql://", "REDIS_URL": "redis://"}


def run(tree: Path, *command: str, **environment: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {*SET_BY_US, "SMARTREGION_DEMO"}}
    done = subprocess.run(
        command, cwd=tree, env={**kept, **environment}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def test_a_production_start_without_assets_says_so_and_make_assets_mends_it(tree: Path) -> None:
    shutil.rmtree(tree / "var" / "static")
    start = (sys.executable, "-c", "import smartregion.wsgi")

    code, words = run(tree, *start, **PRODUCTION, **NOWHERE)
    assert (code, words.splitlines()[-1]) == (
        1,
        "Smart Region startet nicht: Die Bausteine der Oberfläche fehlen. Stellen Sie sie mit „make assets“ "
        "bereit.",
    )

    assert run(tree, "make", "assets") == (0, "")
    assert run(tree, *start, **PRODUCTION, **NOWHERE)[0] == 0
    assert sorted(path.name for path in (tree / "var" / "fonts").iterdir()) == [
        f"FiraSans-{style}.ttf" for style in ("Bold", "Italic", "Regular", "SemiBold")
    ]
    assert not (tree / "var" / "postgres").exists()
