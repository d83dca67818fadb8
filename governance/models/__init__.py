"""Steering: committees with their members, meetings with agenda, papers and resolutions."""

from governance.models.agenda import AgendaItem, Topic
from governance.models.calendar import CalendarLink
from governance.models.circular import Ballot, Circular, Entitlement
from governance.models.committee import AnyMember, Committee, Seat, Term
from governance.models.consultation import Consultation
from governance.models.followup import FollowUp
from governance.models.meeting import Attendance, Meeting, Series
from governance.models.minutes import Amendment, Edition, Minutes, MinutesFile
from governance.models.mirror import Mirror, MirroredObject, MirrorLink, MirrorRun
from governance.models.paper import Paper, PaperFile
from governance.models.resolution import Resolution
from governance.models.resolution_links import (
    ResolutionBias,
    ResolutionBudget,
    ResolutionCell,
    ResolutionMeasure,
)

__all__ = [
    "AgendaItem",
    "Amendment",
    "AnyMember",
    "Attendance",
    "Ballot",
    "CalendarLink",
    "Circular",
    "Committee",
    "Consultation",
    "Edition",
    "Entitlement",
    "FollowUp",
    "Meeting",
    "Minutes",
    "MinutesFile",
    "Mirror",
    "MirrorLink",
    "MirrorRun",
    "MirroredObject",
    "Paper",
    "PaperFile",
    "Resolution",
    "ResolutionBias",
    "ResolutionBudget",
    "ResolutionCell",
    "ResolutionMeasure",
    "Seat",
    "Series",
    "Term",
    "Topic",
]
