"""What: measures and what belongs to them, and their roll-out per municipality."""

from measures.models.maturity import (
    MATURITY_RULE,
    Level,
    MaturityAssessment,
    MaturityCriterion,
    MaturityRating,
    MaturityScale,
)
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
from measures.models.solutions import Solution, SolutionLink

__all__ = [
    "COUNTING_RULE",
    "MATURITY_RULE",
    "Level",
    "MaturityAssessment",
    "MaturityCriterion",
    "MaturityRating",
    "MaturityScale",
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
    "Solution",
    "SolutionLink",
    "StatusRound",
    "StatusUpdate",
    "TeamMember",
    "Visibility",
]
