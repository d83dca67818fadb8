"""Steering: committees with their members, meetings with agenda, papers and resolutions."""

from governance.models.agenda import AgendaItem, Topic
from governance.models.circular import Ballot, Circular, Entitlement
from governance.models.committee import Committee, Seat, Term
from governance.models.followup import FollowUp
from governance.models.meeting import Attendance, Meeting, Series, SeriesException
from governance.models.paper import Consultation, Paper, PaperFile
from governance.models.resolution import Resolution, ResolutionMeasure

__all__ = [
    "AgendaItem",
    "Attendance",
    "Ballot",
    "Circular",
    "Committee",
    "Consultation",
    "Entitlement",
    "FollowUp",
    "Meeting",
    "Paper",
    "PaperFile",
    "Resolution",
    "ResolutionMeasure",
    "Seat",
    "Series",
    "SeriesException",
    "Term",
    "Topic",
]
