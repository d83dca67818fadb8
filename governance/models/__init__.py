"""Steering: committees with their members, meetings with agenda, papers and resolutions."""

from governance.models.committee import Committee, Seat
from governance.models.meeting import AgendaItem, Meeting, Paper
from governance.models.resolution import Resolution, ResolutionMeasure

__all__ = ["AgendaItem", "Committee", "Meeting", "Paper", "Resolution", "ResolutionMeasure", "Seat"]
