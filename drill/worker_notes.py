"""Inside a worker of the drill: it notes which attempts it begins and how they end.

While the file `HOLD` lies beside its notes, it stands still when all is compiled and nothing is published.
"""

import time
from pathlib import Path
from typing import Any

from drill.cluster import HOLD
from smartregion.base import jobs
from smartregion.base.models import Job

PAUSE = 0.05


def keep(notes: Path) -> None:
    """Write a line for each attempt that begins (claimed) and for its end (ended, refused, failed)."""
    claim, end = jobs.claim, jobs._end

    def note(word: str, job: Job) -> None:
        with notes.open("a") as file:
            file.write(f"{word} {job.pk}\n")

    def noted_claim(job_id: int) -> Job | None:
        if job := claim(job_id):
            note("claimed", job)
        return job

    def noted_end(job: Job) -> None:
        if notes.with_suffix(HOLD).exists():
            note("holds", job)
        while notes.with_suffix(HOLD).exists():
            time.sleep(PAUSE)
        try:
            end(job)
        except jobs.JobLost:
            note("refused", job)
            raise
        except Exception:
            note("failed", job)
            raise
        note("ended", job)

    patched: Any = jobs
    patched.claim, patched._end = noted_claim, noted_end
