"""Steering: committees with their members, meetings with agenda, papers and resolutions."""

from governance.models.agenda import AgendaItem, Topic
from governance.models.committee import Committee, Seat, Term
from governance.models.followup import FollowUp
from governance.models.meeting import Attendance, Meeting, Series, SeriesException
from governance.models.mirror import Mirror, MirroredObject, MirrorLink, MirrorRun
from governance.models.paper import Consultation, Paper, PaperFile
from governance.models.resolution import Resolution, ResolutionMeasure

__all__ = [
    "AgendaItem",
    "Attendance",
    "Committee",
    "Consultation",
    "FollowUp",
    "Meeting",
    "Mirror",
    "MirrorLink",
    "MirrorRun",
    "MirroredObject",
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
