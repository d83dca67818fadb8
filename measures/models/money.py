"""Money of a measure: planned, granted, called off, bound and spent. Sums are always made from these rows.

What one row alone can get wrong, the database refuses. What only several rows contradict is shown instead
(`measures/money.py`): a plan may be revised before its grant is, and a payment that was made is a fact.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Prefetch, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure, visibilities_for
from measures.models.parts import Milestone
from network.models import Municipality
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.money import MoneyField, YearField, amounts
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned

FIRST_YEAR, LAST_YEAR = 2000, 2100
NOTHING = Decimal(0)


@tracked
class FundingProgramme(Versioned):
    """A grant scheme of a funding body (Förderprogramm)."""

    name = models.CharField(_("Förderprogramm"), max_length=160, unique=True)
    funding_body = models.CharField(_("Fördermittelgeber"), max_length=160)
    website = models.URLField(_("Website"), blank=True)
    note = LongText(_("Anmerkung"), max_length=LONG, blank=True)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    class Meta:
        verbose_name = _("Förderprogramm")
        verbose_name_plural = _("Förderprogramme")
        ordering = [*german_order("name")]
        constraints = limits("fundingprogramme", note=LONG)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('funding')}#programm-{self.pk}"


class MoneyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The rows of the measures that the user may see, for those who may see money at all."""
        if not user.has_perm("measures.view_money"):
            return self.none()
        return self.filter(measure__visibility__in=visibilities_for(user), measure__archived_at=None)


class MoneyRow(Versioned):
    """What every row of a measure's money has in common."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="%(class)ss")

    anchor = ""

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return f"{reverse('measure_money', args=[self.measure.slug])}#{self.anchor}"


class GrantQuerySet(MoneyQuerySet):
    def with_clock(self) -> Self:
        """With all that the funding clock looks at: call-offs, and the measure's open milestones."""
        open_ones = Milestone.objects.filter(actual_date=None).order_by("due_on", "pk")
        return self.select_related("measure", "programme").prefetch_related(
            "calloffs", Prefetch("measure__milestones", open_ones, to_attr="open_milestones")
        )


@tracked
class Grant(MoneyRow):
    """Money that a funding body has granted to a measure (Zuwendungsbescheid)."""

    programme = models.ForeignKey(
        FundingProgramme, models.PROTECT, related_name="grants", verbose_name=_("Förderprogramm")
    )
    reference = models.CharField(_("Aktenzeichen"), max_length=80)
    starts_on = models.DateField(_("Bewilligungszeitraum von"))
    ends_on = models.DateField(_("Bewilligungszeitraum bis"))
    amount = MoneyField(_("bewilligter Betrag"))

    anchor = "zuwendungen"
    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zuwendung")
        verbose_name_plural = _("Zuwendungen")
        ordering = ["ends_on", "pk"]
        constraints = [
            amounts("grant"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="grant_ends_after_start",
                violation_error_message=_("Der Bewilligungszeitraum endet vor seinem Beginn."),
            ),
            models.UniqueConstraint(
                fields=["measure", "programme", "reference"],
                name="grant_reference_unique",
                violation_error_message=_(
                    "Eine Zuwendung dieses Programms mit diesem Aktenzeichen gibt es hier schon."
                ),
            ),
            models.UniqueConstraint(fields=["id", "measure"], name="grant_of_measure"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, {self.reference}"


@tracked
class CallOff(MoneyRow):
    """A day by which granted money has to be called off (Mittelabruf)."""

    grant = models.ForeignKey(
        Grant, models.RESTRICT, related_name="calloffs", verbose_name=_("Zuwendung"), db_index=False
    )
    due_on = models.DateField(_("abzurufen bis"))
    amount = MoneyField(_("Betrag"))
    done_on = models.DateField(_("abgerufen am"), null=True, blank=True)

    anchor = "zuwendungen"
    objects = MoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Mittelabruf")
        verbose_name_plural = _("Mittelabrufe")
        ordering = ["due_on", "pk"]
        constraints = [
            amounts("calloff"),
            models.UniqueConstraint(
                fields=["grant", "due_on"],
                name="calloff_day_unique",
                violation_error_message=_("Für diesen Tag steht bei dieser Zuwendung schon ein Abruf."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Mittelabruf bis %s")) % f"{self.due_on:%d.%m.%Y}"

    def is_overdue(self, on: date) -> bool:
        return self.done_on is None and self.due_on < on


class BudgetLineQuerySet(MoneyQuerySet):
    def shares(self) -> Self:
        """The own shares of municipalities."""
        return self.filter(source=BudgetLine.Source.MUNICIPALITY)

    def shares_of(self, municipality: Municipality) -> Self:
        """The own shares (Eigenanteile) that this municipality bears, by measure and year."""
        own = self.shares().filter(municipality=municipality)
        return own.select_related("measure").order_by("measure__no", "year", "pk")

    def by_source(self) -> Self:
        """County, grants, municipalities in alphabetical order, others; each by year."""
        rows = self.select_related("municipality", "grant__programme")
        place = german_order("municipality__name")
        return rows.order_by("source", *place, "grant__ends_on", "year", "pk")

    def sums(self) -> Any:
        """One row for each measure, year and source: (measure, year, source, sum)."""
        groups = self.order_by().values_list("measure", "year", "source")
        return groups.annotate(Sum("amount")).order_by("year", "measure", "source")


@tracked
class BudgetLine(MoneyRow):
    """Money planned for one year from one source (Planansatz)."""

    class Source(models.TextChoices):
        COUNTY = "county", _("Eigenmittel des Kreises")
        MUNICIPALITY = "municipality", _("Eigenanteil einer Kommune")
        GRANT = "grant", _("Zuwendung")
        OTHER = "other", _("Sonstige")

    year = YearField(_("Jahr"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)])
    source = models.CharField(_("Herkunft"), max_length=12, choices=Source.choices)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="budget_lines",
        verbose_name=_("Kommune"),
    )
    grant = models.ForeignKey(
        Grant,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="budget_lines",
        verbose_name=_("Zuwendung"),
    )
    amount = MoneyField(_("Betrag"), least=NOTHING)
    note = models.CharField(_("Anmerkung"), max_length=200, blank=True)

    anchor = "plan"
    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("Planansatz")
        verbose_name_plural = _("Planansätze")
        ordering = ["year", "pk"]
        constraints = [
            amounts("budgetline", NOTHING),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                name="budgetline_year_in_range",
                violation_error_message=_("Bitte prüfen Sie das Jahr."),
            ),
            models.CheckConstraint(
                condition=Q(source="municipality", municipality__isnull=False)
                | (~Q(source="municipality") & Q(municipality=None)),
                name="budgetline_municipality_bears_share",
                violation_error_message=_(
                    "Ein Eigenanteil einer Kommune braucht die Kommune; jede andere Herkunft hat keine."
                ),
            ),
            models.CheckConstraint(
                condition=Q(source="grant", grant__isnull=False)
                | Q(source="other", grant=None)
                | Q(source__in=["county", "municipality"]),
                name="budgetline_grant_fits_source",
                violation_error_message=_(
                    "Mittel einer Zuwendung brauchen die Zuwendung; sonstige Mittel haben keine."
                ),
            ),
            models.UniqueConstraint(
                fields=["measure", "year", "source", "municipality", "grant"],
                condition=~Q(source="other"),
                nulls_distinct=False,
                name="budgetline_unique",
                violation_error_message=_(
                    "Für dieses Jahr und diese Herkunft gibt es schon einen Ansatz. Bitte ändern Sie ihn."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.year}"


class MovementQuerySet(MoneyQuerySet):
    def sums(self) -> Any:
        """One row for each measure, year and kind: (measure, year, kind, sum)."""
        groups = self.order_by().values_list("measure", "on__year", "kind")
        return groups.annotate(Sum("amount")).order_by("on__year", "measure", "kind")


@tracked
class Movement(MoneyRow):
    """Money that was bound by a contract (Mittelbindung) or paid out (Mittelabfluss) on a day."""

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", _("Mittelbindung")
        OUTFLOW = "outflow", _("Mittelabfluss")

    kind = models.CharField(_("Art"), max_length=10, choices=Kind.choices)
    on = models.DateField(_("Tag"))
    amount = MoneyField(_("Betrag"))
    grant = models.ForeignKey(
        Grant,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name=_("aus Zuwendung"),
    )
    note = models.CharField(_("Wofür?"), max_length=200)

    anchor = "buchungen"
    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("Buchung")
        verbose_name_plural = _("Buchungen")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["measure", "-on"])]
        constraints = [
            amounts("movement"),
            models.CheckConstraint(
                condition=Q(on__gte=date(FIRST_YEAR, 1, 1), on__lte=date(LAST_YEAR, 12, 31)),
                name="movement_day_in_range",
                violation_error_message=_("Bitte prüfen Sie den Tag."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.note}"

    @property
    def is_outside_grant(self) -> bool:
        """Paid on a day that the grant does not cover."""
        grant = self.grant
        if grant is None or self.kind != Movement.Kind.OUTFLOW:
            return False
        return not grant.starts_on <= self.on <= grant.ends_on
