"""The published schemas that answers are checked against; they lie beside the project, never in it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STANDARDS = Path(os.environ.get("SMARTREGION_STANDARDS", ROOT.parent / "shared" / "standards"))
OPARL = STANDARDS / "oparl-1.1"


def told() -> str:
    """For the head of the run."""
    found = "there" if OPARL.is_dir() else "ABSENT: answers are not checked against them"
    return f"OParl schemas in {STANDARDS}: {found} (SMARTREGION_STANDARDS)"
