"""Jobs of measures, found by the ground floor; each subject has its own file."""

from measures import round_mails
from measures.imports import jobs as import_jobs

__all__ = ["import_jobs", "round_mails"]
