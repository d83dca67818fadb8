"""The gate between two phases, as every form that sets a phase holds it."""

from collections.abc import Iterable

from measures.models import GateCriterion, Measure


def leaves_open(measures: Iterable[Measure], phase: str) -> bool:
    """Whether one of them, going forward to the phase, leaves its own one with open criteria.

    Whoever does that says why.
    """
    order = Measure.Phase.values
    moving = [each for each in measures if order.index(each.phase) < order.index(phase)]
    return bool(moving) and any(GateCriterion.objects.open_of(moving).values())
