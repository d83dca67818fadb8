"""What the plan page shows: phases with criteria, milestones with what they wait for, the risk matrix."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.db.models import Q
from django.utils.timezone import localdate

from measures.models import GateCheck, GateCriterion, Measure, Milestone, MilestoneLink, Risk
from measures.models.plan import colour_of
from measures.timeline import state_of

SIDE: Final = 44
LEFT: Final = 56
GRADES: Final = range(1, 6)


@dataclass(frozen=True)
class Gate:
    """The way out of a phase: its criteria, each with the check of the measure or None."""

    phase: Measure.Phase
    following: Measure.Phase
    criteria: list[tuple[GateCriterion, GateCheck | None]]
    state: str

    @property
    def met(self) -> int:
        return sum(check is not None for _criterion, check in self.criteria)


def gates_of(measure: Measure) -> list[Gate]:
    """All four, "done", "now" or "next". A criterion that is used no more is shown only where it was met."""
    checks = {check.criterion_id: check for check in measure.gate_checks.select_related("noted_by")}
    by_phase = defaultdict(list)
    for criterion in GateCriterion.objects.filter(Q(is_active=True) | Q(pk__in=checks)):
        by_phase[criterion.phase].append((criterion, checks.get(criterion.pk)))
    phases = list(Measure.Phase)
    reached = phases.index(Measure.Phase(measure.phase))
    return [
        Gate(phase, following, by_phase[phase], _state(place, reached))
        for place, (phase, following) in enumerate(pairwise(phases))
    ]


def _state(place: int, reached: int) -> str:
    if place == reached:
        return "now"
    return "done" if place < reached else "next"


@dataclass(frozen=True)
class LinkedMilestone:
    """A milestone with the links to what it waits for, and to what waits for it."""

    milestone: Milestone
    state: str
    predecessors: list[MilestoneLink]
    successors: list[MilestoneLink]


def milestones_with_links(measure: Measure, user: Any) -> list[LinkedMilestone]:
    """Only links of which the user may see both ends."""
    before, after = defaultdict(list), defaultdict(list)
    links = MilestoneLink.objects.visible_to(user).filter(
        Q(milestone__measure=measure) | Q(predecessor__measure=measure)
    )
    for link in links.select_related("milestone__measure", "predecessor__measure"):
        before[link.milestone_id].append(link)
        after[link.predecessor_id].append(link)
    return [
        LinkedMilestone(
            milestone, state_of(milestone, localdate()), before[milestone.pk], after[milestone.pk]
        )
        for milestone in measure.milestones.all()
    ]


@dataclass(frozen=True)
class Square:
    """A square of the matrix: how many risks have this likelihood and impact."""

    likelihood: int
    impact: int
    number: int
    x: int
    y: int

    @property
    def colour(self) -> str:
        return colour_of(self.likelihood * self.impact)


@dataclass(frozen=True)
class RiskMatrix:
    """Likelihood upwards, impact to the right."""

    squares: list[Square]
    rows: list[tuple[int, int]]
    columns: list[tuple[int, int]]
    side: int = SIDE
    width: int = LEFT + SIDE * len(GRADES)
    height: int = SIDE * len(GRADES) + LEFT


def risk_matrix(risks: Sequence[Risk]) -> RiskMatrix | None:
    """The drawing of the risks that are not closed; None without any."""
    numbers = Counter(_places(risks))
    if not numbers:
        return None
    return RiskMatrix(
        squares=[
            Square(
                likelihood, impact, numbers[likelihood, impact], LEFT + SIDE * (impact - 1), _y(likelihood)
            )
            for likelihood in reversed(GRADES)
            for impact in GRADES
        ],
        rows=[(grade, _y(grade) + SIDE // 2 + 5) for grade in GRADES],
        columns=[(grade, LEFT + SIDE * (grade - 1) + SIDE // 2) for grade in GRADES],
    )


def _places(risks: Iterable[Risk]) -> list[tuple[int, int]]:
    return [(risk.likelihood, risk.impact) for risk in risks if risk.state != Risk.State.CLOSED]


def _y(likelihood: int) -> int:
    return SIDE * (len(GRADES) - likelihood)
