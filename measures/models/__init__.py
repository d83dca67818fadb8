"""What: measures and what belongs to them, and their roll-out per municipality."""

from measures.models.documents import Document, DocumentFile, MeasureLink
from measures.models.experience import Experience
from measures.models.imports import ColumnMapping, TableImport
from measures.models.measure import Measure, MeasureGuideline, Visibility
from measures.models.money import BudgetLine, CallOff, FundingProgramme, Grant, Movement
from measures.models.parts import Milestone, StatusUpdate, TeamMember
from measures.models.plan import GateCheck, GateCriterion, MilestoneLink, Risk, Task
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
from measures.models.saved_views import SavedView
from measures.models.tags import MeasureTag, Tag
from measures.models.waves import PlannedStart, WavePlan
from measures.models.wishes import Wish

__all__ = [
    "COUNTING_RULE",
    "BudgetLine",
    "CallOff",
    "ColumnMapping",
    "Document",
    "DocumentFile",
    "Experience",
    "FundingProgramme",
    "GateCheck",
    "GateCriterion",
    "Grant",
    "Measure",
    "MeasureGuideline",
    "MeasureLink",
    "MeasureTag",
    "Milestone",
    "MilestoneLink",
    "Movement",
    "PlannedStart",
    "Prerequisite",
    "Risk",
    "RolloutCell",
    "RolloutFigures",
    "RoundContact",
    "RoundInvitation",
    "RoundLink",
    "RoundMail",
    "RoundMeasure",
    "SavedView",
    "StatusRound",
    "StatusUpdate",
    "TableImport",
    "Tag",
    "Task",
    "TeamMember",
    "Visibility",
    "WavePlan",
    "Wish",
]
