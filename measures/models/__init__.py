"""What: measures and what belongs to them, and their roll-out per municipality."""

from measures.models.measure import Measure, MeasureGuideline, Visibility
from measures.models.money import BudgetLine, CallOff, FundingProgramme, Grant, Movement
from measures.models.parts import Milestone, StatusUpdate, TeamMember
from measures.models.prerequisites import Prerequisite
from measures.models.rollout import COUNTING_RULE, RolloutCell, RolloutFigures
from measures.models.rounds import (
    RoundContact,
    RoundInvitation,
    RoundLink,
    RoundMail,
    RoundMeasure,
    StatusRound,
)
from measures.models.waves import PlannedStart, WavePlan

__all__ = [
    "COUNTING_RULE",
    "BudgetLine",
    "CallOff",
    "FundingProgramme",
    "Grant",
    "Measure",
    "MeasureGuideline",
    "Milestone",
    "Movement",
    "PlannedStart",
    "Prerequisite",
    "RolloutCell",
    "RolloutFigures",
    "RoundContact",
    "RoundInvitation",
    "RoundLink",
    "RoundMail",
    "RoundMeasure",
    "StatusRound",
    "StatusUpdate",
    "TeamMember",
    "Visibility",
    "WavePlan",
]
