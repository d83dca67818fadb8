"""Schedules: which report is due by itself, when, and for whom."""

from datetime import date, timedelta
from typing import Final, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.models import Committee, Seat
from monitoring.models.reports import Audience, person
from monitoring.models.templates import ReportTemplate
from monitoring.periods import Period, months_later
from monitoring.sections import ReportKind
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

MOST_DAYS: Final = 90
OF_THE_WHOLE: Final = (
    ReportKind.STATUS,
    ReportKind.IMPLEMENTATION,
    ReportKind.EVALUATION,
    ReportKind.INTERIM,
    ReportKind.CUSTOM,
)


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def approved_ahead(self) -> Self:
        """Those whose reports are sealed when compiled: who approved it still has the chair."""
        chair = Seat.objects.current().chairing(Committee.Kind.STEERING).filter(user=OuterRef("approved_by"))
        return self.exclude(released_as="").exclude(approved_as="").filter(Exists(chair))

    def to_approve_ahead(self) -> Self:
        """Those that the coordinator released and that wait for the chair, which may have changed since."""
        released = self.filter(is_active=True).exclude(released_as="")
        return released.exclude(pk__in=self.model.objects.approved_ahead().values("pk"))


@tracked
class ReportSchedule(Versioned):
    """A report that is due by itself some days after the end of each period, from the first period on.

    Approved ahead by two people, its reports are sealed as soon as they are compiled; else they wait to be
    released and approved like any other, also when the chair has changed since or the account that approved
    is gone.
    """

    class Rhythm(models.TextChoices):
        QUARTER = "quarter", _("vierteljährlich")
        HALF_YEAR = "halfyear", _("halbjährlich")
        YEAR = "year", _("jährlich")

    MONTHS: Final = {Rhythm.QUARTER: 3, Rhythm.HALF_YEAR: 6, Rhythm.YEAR: 12}

    kind = models.CharField(
        _("Art"),
        max_length=14,
        choices=[(kind.value, kind.label) for kind in OF_THE_WHOLE],
    )
    template = models.ForeignKey(
        ReportTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("Vorlage"),
    )
    audience = models.CharField(_("für"), max_length=8, choices=Audience.choices)
    rhythm = models.CharField(_("Turnus"), max_length=8, choices=Rhythm.choices)
    first_period_start = models.DateField(_("erster Zeitraum beginnt am"))
    days_after = models.PositiveSmallIntegerField(
        _("Tage nach dem Stichtag"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    remind_before = models.PositiveSmallIntegerField(
        _("Erinnerung, Tage vor der Fälligkeit"), default=14, validators=[MaxValueValidator(MOST_DAYS)]
    )
    is_active = models.BooleanField(_("aktiv"), default=True)
    released_by = person(_("vorab freigegeben von"), "released_schedules")
    released_as = models.CharField(_("vorab freigegeben als"), max_length=200, blank=True, editable=False)
    approved_by = person(_("vorab genehmigt von"), "approved_schedules")
    approved_as = models.CharField(_("vorab genehmigt als"), max_length=200, blank=True, editable=False)

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("Berichtsplan")
        verbose_name_plural = _("Berichtspläne")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "template", "audience", "rhythm"],
                nulls_distinct=False,
                name="schedule_one_per_kind",
                violation_error_message=_("Diesen Berichtsplan gibt es schon."),
            ),
            models.CheckConstraint(
                condition=Q(kind="custom", template__isnull=False)
                | (~Q(kind="custom") & Q(template__isnull=True)),
                name="schedule_template_if_custom",
                violation_error_message=_("Nur ein eigener Bericht hat eine Vorlage, und er braucht sie."),
            ),
            models.CheckConstraint(
                condition=Q(days_after__gte=1, days_after__lte=MOST_DAYS),
                name="schedule_due_after_the_period",
                violation_error_message=_("Fällig ist ein Bericht frühestens am Tag nach seinem Stichtag."),
            ),
            models.CheckConstraint(
                condition=Q(first_period_start__day=1),
                name="schedule_starts_with_a_month",
                violation_error_message=_("Der erste Zeitraum beginnt am Ersten eines Monats."),
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | Q(approved_by=None) | ~Q(released_by=F("approved_by")),
                name="schedule_approved_by_another",
                violation_error_message=_("Freigabe und Genehmigung brauchen zwei Personen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template or self.get_kind_display()} {self.get_rhythm_display()}"

    def get_absolute_url(self) -> str:
        return reverse("report_schedules")

    def due_on(self, period: Period) -> date:
        return period.end + timedelta(days=self.days_after)

    def next_period(self, on: date) -> Period:
        """The first period whose report is not due yet."""
        due = self.due_periods(on)
        start = due[-1].end + timedelta(days=1) if due else self.first_period_start
        months = self.MONTHS[self.Rhythm(self.rhythm)]
        return Period(start, months_later(start, months) - timedelta(days=1))

    def due_periods(self, on: date) -> list[Period]:
        """The periods whose report is due on that day or was before, oldest first."""
        periods: list[Period] = []
        start = self.first_period_start
        months = self.MONTHS[self.Rhythm(self.rhythm)]
        while True:
            following = months_later(start, months)
            period = Period(start, following - timedelta(days=1))
            if self.due_on(period) > on:
                return periods
            periods.append(period)
            start = following
