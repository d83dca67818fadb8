"""The published schemas that answers are checked against; they lie beside the project, never in it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STANDARDS = Path(os.environ.get("SMARTREGION_STANDARDS", ROOT.parent / "shared" / "standards"))
OPARL = STANDARDS / "oparl-1.1"
DCAT_AP = STANDARDS / "dcat-ap-de-3.0"


def told() -> list[str]:
    """For the head of the run."""
    return [
        f"{name} in {STANDARDS}: {_found(folder)} (SMARTREGION_STANDARDS)"
        for name, folder in (("OParl schemas", OPARL), ("DCAT-AP.de shapes", DCAT_AP))
    ]


def _found(folder: Path) -> str:
    return "there" if folder.is_dir() else "ABSENT: answers are not checked against them"
