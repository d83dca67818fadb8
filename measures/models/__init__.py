"""What: measures and what belongs to them, and their roll-out per municipality."""

from measures.models.documents import Document, DocumentFile, MeasureLink
from measures.models.experience import Experience
from measures.models.imports import ColumnMapping, TableImport
from measures.models.maturity import (
    MATURITY_RULE,
    Level,
    MaturityAssessment,
    MaturityCriterion,
    MaturityRating,
    MaturityScale,
)
from measures.models.measure import Measure, MeasureGuideline, Visibility
from measures.models.money import BudgetLine, CallOff, FundingProgramme, Grant, Movement
from measures.models.parts import Milestone, TeamMember
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
from measures.models.solutions import Solution, SolutionLink
from measures.models.tags import MeasureTag, Tag
from measures.models.team import Impulse, InvitationLink, TeamInvitation, TeamMeeting
from measures.models.updates import StatusUpdate
from measures.models.waves import PlannedStart, WavePlan
from measures.models.wishes import Wish

__all__ = [
    "COUNTING_RULE",
    "MATURITY_RULE",
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
    "Impulse",
    "InvitationLink",
    "Level",
    "MaturityAssessment",
    "MaturityCriterion",
    "MaturityRating",
    "MaturityScale",
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
    "Solution",
    "SolutionLink",
    "StatusRound",
    "StatusUpdate",
    "TableImport",
    "Tag",
    "Task",
    "TeamInvitation",
    "TeamMeeting",
    "TeamMember",
    "Visibility",
    "WavePlan",
    "Wish",
]
