"""The gate between two phases, as every form that sets a phase holds it."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from measures.models import GateCriterion, Measure

WHY_WITH_OPEN_CRITERIA: Final = _("Bitte begründen Sie den Übergang trotz offener Kriterien.")


def leaves_open(measures: Iterable[Measure], phase: str) -> bool:
    """Whether one of them, going forward to the phase, leaves its own one with open criteria.

    Whoever does that says why.
    """
    order = Measure.Phase.values
    moving = [each for each in measures if order.index(each.phase) < order.index(phase)]
    return bool(moving) and any(GateCriterion.objects.open_of(moving).values())
