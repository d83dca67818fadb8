"""Jobs of measures, found by the ground floor; each subject has its own file."""

from measures import round_mails

__all__ = ["round_mails"]
