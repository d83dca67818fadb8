"""What: measures and what belongs to them, and their roll-out per municipality."""

from measures.models.imports import ColumnMapping, TableImport
from measures.models.measure import Measure, MeasureGuideline, Visibility
from measures.models.parts import Milestone, StatusUpdate, TeamMember
from measures.models.rollout import COUNTING_RULE, RolloutCell, RolloutFigures
from measures.models.rounds import (
    RoundContact,
    RoundInvitation,
    RoundLink,
    RoundMail,
    RoundMeasure,
    StatusRound,
)

__all__ = [
    "COUNTING_RULE",
    "ColumnMapping",
    "Measure",
    "MeasureGuideline",
    "Milestone",
    "RolloutCell",
    "RolloutFigures",
    "RoundContact",
    "RoundInvitation",
    "RoundLink",
    "RoundMail",
    "RoundMeasure",
    "StatusRound",
    "StatusUpdate",
    "TableImport",
    "TeamMember",
    "Visibility",
]
