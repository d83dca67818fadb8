"""Jobs of measures, found by the ground floor; each subject has its own file."""

from measures import invitation_mails, round_mails
from measures.imports import jobs as import_jobs

__all__ = ["import_jobs", "invitation_mails", "round_mails"]
