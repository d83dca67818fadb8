"""What: measures and what belongs to them, and their roll-out per municipality."""

from measures.models.measure import Measure, MeasureGuideline, Visibility
from measures.models.parts import Milestone, StatusUpdate, TeamMember
from measures.models.rollout import COUNTING_RULE, RolloutCell, RolloutFigures

__all__ = [
    "COUNTING_RULE",
    "Measure",
    "MeasureGuideline",
    "Milestone",
    "RolloutCell",
    "RolloutFigures",
    "StatusUpdate",
    "TeamMember",
    "Visibility",
]
