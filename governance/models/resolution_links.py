"""What a resolution is about, and who had no part in it. Links are added and never taken away."""

import pgtrigger
from django.db import models

from governance.models.committee import Seat
from governance.models.resolution import Resolution
from measures.models import BudgetLine, Measure, RolloutCell
from smartregion.base.history import tracked


@tracked
class ResolutionMeasure(models.Model):
    """A measure that a resolution is about."""

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="measure_links")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="resolution_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resolution", "measure"], name="resolution_measure_unique")
        ]

    def __str__(self) -> str:
        return f"{self.resolution_id} – {self.measure_id}"


@tracked
class ResolutionCell(models.Model):
    """A municipality's state in a measure that a resolution is about."""

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="cell_links")
    cell = models.ForeignKey(RolloutCell, models.CASCADE, related_name="resolution_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resolution", "cell"], name="resolution_cell_unique")]

    def __str__(self) -> str:
        return f"{self.resolution_id} – {self.cell_id}"


@tracked
class ResolutionBudget(models.Model):
    """Planned money that a resolution is about; shown to those who may see money."""

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="budget_links")
    line = models.ForeignKey(BudgetLine, models.CASCADE, related_name="resolution_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resolution", "line"], name="resolution_budget_unique")
        ]

    def __str__(self) -> str:
        return f"{self.resolution_id} – {self.line_id}"


@tracked
class ResolutionBias(models.Model):
    """A seat that was there but excluded from the vote (Befangenheit)."""

    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="biases")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="biases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resolution", "seat"], name="resolution_bias_unique")]
        triggers = [
            pgtrigger.Protect(name="resolution_bias_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.resolution_id} – {self.seat_id}"
