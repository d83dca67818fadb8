"""The plan of the roll-out: in which quarter which municipality starts with a measure."""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models.ladder import OPEN, Stage
from measures.models.measure import Measure, visibilities_for
from network.models import Municipality
from smartregion.base.fields import LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

NEAR = timedelta(days=60)
NOT_MOVING = [Stage.UNKNOWN, *OPEN, Stage.COMMITTED]
"""The stages from which a municipality has yet to start."""


@tracked
class WavePlan(Versioned):
    """The plan of one measure, edited as a whole: its version stands for all its planned starts."""

    measure = models.OneToOneField(Measure, models.CASCADE, related_name="wave_plan")

    def __str__(self) -> str:
        return _("Wellen: %s") % self.measure.title

    def get_absolute_url(self) -> str:
        return reverse("waves_of_measure", args=[self.measure.slug])


class PlannedStartQuerySet(models.QuerySet["PlannedStart"]):
    def visible_to(self, user: Any) -> Self:
        """Plans are for accounts; each sees those of the measures that it may see."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(measure__visibility__in=visibilities_for(user), measure__archived_at=None)

    def in_municipality(self, municipality: Municipality) -> Self:
        return self.filter(municipality=municipality)

    def awaited(self) -> Self:
        """Those whose municipality has not started yet, but still may."""
        cells = Measure.cells.rel.related_model.objects.filter(  # type: ignore[attr-defined]
            measure=models.OuterRef("measure"),
            municipality=models.OuterRef("municipality"),
            stage__in=NOT_MOVING,
        )
        return self.filter(models.Exists(cells))

    def due(self, on: date) -> Self:
        """Awaited starts that are near or passed."""
        return self.awaited().filter(quarter__lte=on + NEAR)

    def in_order(self) -> Self:
        return self.select_related("measure", "municipality").order_by(
            "quarter", "measure__no", "municipality"
        )


@tracked
class PlannedStart(Versioned):
    """A municipality's planned start with a measure, and what it says to that."""

    class Answer(models.TextChoices):
        NONE = "", gettext_lazy("noch keine Antwort")
        FITS = "fits", gettext_lazy("passt")
        TOO_EARLY = "too_early", gettext_lazy("zu früh")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="planned_starts")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="planned_starts")
    quarter = models.DateField(gettext_lazy("Quartal"))
    answer = models.CharField(
        gettext_lazy("Antwort der Kommune"), max_length=9, choices=Answer.choices, blank=True, default=""
    )
    answer_reason = LongText(gettext_lazy("Grund"), max_length=300, blank=True)

    objects = PlannedStartQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("geplanter Start")
        verbose_name_plural = gettext_lazy("geplante Starts")
        constraints = [
            *limits("plannedstart", answer_reason=300),
            models.UniqueConstraint(fields=["measure", "municipality"], name="planned_start_one_per_pair"),
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]),
                name="planned_start_on_first_day_of_quarter",
                violation_error_message=gettext_lazy("Geplant wird ein Quartal, also sein erster Tag."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="too_early") | ~Q(answer_reason=""),
                name="planned_start_too_early_needs_reason",
                violation_error_message=gettext_lazy("„Zu früh“ braucht einen Grund."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure.title} – {self.municipality.name}: {quarter_label(self.quarter)}"

    def get_absolute_url(self) -> str:
        return reverse("waves_of_measure", args=[self.measure.slug])

    @property
    def label(self) -> str:
        return quarter_label(self.quarter)

    def is_past(self, on: date) -> bool:
        return next_quarter(self.quarter) <= on


def quarter_of(day: date) -> date:
    """The first day of the day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def next_quarter(quarter: date) -> date:
    return quarter_of(quarter + timedelta(days=95))


def quarter_label(quarter: date) -> str:
    return f"{quarter.year} Q{(quarter.month + 2) // 3}"


def quarters_from(day: date | None = None, number: int = 12) -> list[date]:
    """So many quarters, from that of the day (today) on."""
    found = [quarter_of(day or localdate())]
    while len(found) < number:
        found.append(next_quarter(found[-1]))
    return found
