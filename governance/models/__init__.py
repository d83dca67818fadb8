"""Steering: committees with their members, meetings with agenda, papers and resolutions."""

from governance.models.agenda import AgendaItem, Topic
from governance.models.committee import AnyMember, Committee, Seat, Term
from governance.models.followup import FollowUp
from governance.models.meeting import Attendance, Meeting, Series, SeriesException
from governance.models.minutes import Amendment, Edition, Minutes, MinutesFile
from governance.models.paper import Consultation, Paper, PaperFile
from governance.models.resolution import Resolution, ResolutionMeasure

__all__ = [
    "AgendaItem",
    "Amendment",
    "AnyMember",
    "Attendance",
    "Committee",
    "Consultation",
    "Edition",
    "FollowUp",
    "Meeting",
    "Minutes",
    "MinutesFile",
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
