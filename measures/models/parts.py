"""What belongs to a measure: milestones and the seats of the development team."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure
from network.models import Organisation, Sector
from smartregion.base import clock
from smartregion.base.history import tracked, tracked_without
from smartregion.base.versioned import Versioned


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def overdue(self, on: date) -> Self:
        return self.filter(actual_date=None, due_on__lt=on)


@tracked_without("due_on")
class Milestone(Versioned):
    """A checkable interim result. It is due on its forecast date, else on its planned date."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="milestones")
    title = models.CharField(_("Meilenstein"), max_length=160)
    planned_date = models.DateField(_("Plantermin"))
    forecast_date = models.DateField(_("Prognose"), null=True, blank=True)
    actual_date = models.DateField(_("Ist-Termin"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("Gewicht"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    due_on = models.GeneratedField(
        expression=Coalesce("forecast_date", "planned_date"),
        output_field=models.DateField(_("fällig am")),
        db_persist=True,
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("Meilenstein")
        verbose_name_plural = _("Meilensteine")
        ordering = ["planned_date", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100),
                name="milestone_weight_in_range",
                violation_error_message=_("Das Gewicht liegt zwischen 1 und 100."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#meilensteine"

    def is_overdue(self, on: date | None = None) -> bool:
        due = self.forecast_date or self.planned_date
        return self.actual_date is None and due < (on or clock.today())

    def delay_days(self, on: date | None = None) -> int:
        """Terminverzug: actual date (or today) minus planned date, never negative."""
        return max(0, ((self.actual_date or on or clock.today()) - self.planned_date).days)


@tracked
class TeamMember(Versioned):
    """A seat in a measure's development team. Its published face is a function, not a name."""

    class TeamRole(models.TextChoices):
        LEAD = "lead", _("Leitung")
        MEMBER = "member", _("Mitglied")
        ADVICE = "advice", _("fachliche Beratung")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="team")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="team_seats", verbose_name=_("Organisation")
    )
    sector = models.CharField(_("Sektor"), max_length=10, choices=Sector.choices)
    function = models.CharField(_("Funktion"), max_length=120)
    role = models.CharField(
        _("Rolle im Team"), max_length=6, choices=TeamRole.choices, default=TeamRole.MEMBER
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="team_memberships",
        verbose_name=_("Konto"),
    )

    past_columns: ClassVar = {
        "user_id": "(SELECT user_id FROM {table} present WHERE present.id = row.id "
        "AND present.user_id = row.user_id)"
    }
    """Whose seat it is gives rights, and those are the ones of today."""

    class Meta:
        verbose_name = _("Mitglied des Entwicklungsteams")
        verbose_name_plural = _("Mitglieder des Entwicklungsteams")
        ordering = ["sector", "function"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "organisation", "function"], name="team_seat_unique")
        ]

    def __str__(self) -> str:
        return f"{self.function}, {self.organisation}"

    def get_absolute_url(self) -> str:
        return f"{reverse('measure_team', args=[self.measure.slug])}#sitze"

    @property
    def is_invited(self) -> bool:
        """Somebody was asked to take the seat and has not answered."""
        return any(invitation.is_unanswered for invitation in self.invitations.all())
