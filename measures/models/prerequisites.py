"""What a measure builds upon: another measure that has to be so far in the same municipality."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models.ladder import BOUND, Stage
from measures.models.measure import Measure, Visibility
from smartregion.base.history import tracked


class PrerequisiteQuerySet(models.QuerySet["Prerequisite"]):
    def visible_to(self, user: Any) -> Self:
        """Those of which the user may see both measures."""
        seen = Measure.objects.visible_to(user)
        return self.filter(measure__in=seen, required__in=seen)

    def binding(self) -> Self:
        """Those that municipalities are held to: no draft, no archived measure needs or is needed."""
        held = Measure.objects.exclude(visibility=Visibility.DRAFT).filter(archived_at=None)
        return self.filter(measure__in=held, required__in=held)


@tracked
class Prerequisite(models.Model):
    """`measure` requires that `required` is at least at `stage` in the same municipality."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="prerequisites")
    required = models.ForeignKey(
        Measure, models.CASCADE, related_name="required_by", verbose_name=_("setzt voraus")
    )
    stage = models.CharField(
        _("dort mindestens"),
        max_length=12,
        choices=[(stage.value, stage.label) for stage in BOUND],
        default=Stage.LIVE,
    )
    note = models.CharField(_("Erläuterung"), max_length=300, blank=True)

    objects = PrerequisiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("Voraussetzung")
        verbose_name_plural = _("Voraussetzungen")
        ordering = ["required__no"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "required"],
                name="prerequisite_unique",
                violation_error_message=_("Diese Voraussetzung gibt es schon."),
            ),
            models.CheckConstraint(
                condition=~Q(measure=F("required")),
                name="prerequisite_of_another_measure",
                violation_error_message=_("Eine Maßnahme kann sich nicht selbst voraussetzen."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in BOUND]), name="prerequisite_stage_is_bound"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.required.title}: {self.get_stage_display()}"

    def get_absolute_url(self) -> str:
        return reverse("prerequisites", args=[self.measure.slug])
