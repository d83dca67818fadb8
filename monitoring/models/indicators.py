"""Indicators: what is measured, from where to where it shall go, and the values on their days."""

from datetime import date
from decimal import Decimal
from typing import Any, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from measures.models import Measure, TeamMember, Visibility
from measures.models.measure import visibilities_for
from monitoring.indicator_math import DECIMALS
from monitoring.plausibility import why_impossible
from network.models import Municipality
from smartregion.base import written
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.figures import FigureModelField, plain_figure
from smartregion.base.history import tracked
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned

DIGITS: Final = 15
FIRST_DAY: Final = date(1900, 1, 1)


def value_field(label: Any, **options: Any) -> FigureModelField:
    return FigureModelField(label, max_digits=DIGITS, decimal_places=DECIMALS, **options)


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, user: Any) -> Self:
        """What the user's role may see, and of a measure only if the measure is to be seen too."""
        of_seen = Q(measure=None) | Q(measure__in=Measure.objects.visible_to(user))
        return self.filter(of_seen, visibility__in=visibilities_for(user))

    def entered_by(self, user: Any) -> Self:
        """Those for which the user may enter values: the coordinator's all, a team member's of the own
        teams, a municipality's those that are collected in each municipality."""
        visible = self.visible_to(user)
        if user.has_perm("monitoring.manage_indicators"):
            return visible
        if not user.is_authenticated:
            return visible.none()
        seats = TeamMember.objects.filter(measure=OuterRef("measure"), user=user)
        return visible.filter(Exists(seats) | _in_every_municipality(user))

    def matching(self, words: str) -> Self:
        """Those with every one of the words in name, key, definition or source."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__unaccent__icontains=word)
                | Q(key__icontains=word)
                | Q(definition__unaccent__icontains=word)
                | Q(source__unaccent__icontains=word)
            )
        return found

    def of_field(self, slug: str) -> Self:
        """Of the field itself and of its measures."""
        return self.filter(Q(field__slug=slug) | Q(measure__field__slug=slug))

    def of_concept(self) -> Self:
        return self.filter(measure=None, field=None)

    def effects(self) -> Self:
        """What changes for people and the region (Wirkungsindikatoren)."""
        return self.filter(level__in=[Indicator.Level.OUTCOME, Indicator.Level.IMPACT])

    def with_definition(self) -> Self:
        """With all that tells where they stand and who enters values, but for the values."""
        return self.select_related("measure__field", "field").prefetch_related("targets", "measure__team")


def _in_every_municipality(user: Any) -> Q:
    return Q(per_municipality=True) if user.municipality_id else Q(pk=None)


@tracked
class Indicator(Versioned):
    """A measured quantity of a measure, of a field of action or, with neither, of the whole concept."""

    class Level(models.TextChoices):
        """Where it stands in the logic model (Wirkungsmodell)."""

        INPUT = "input", _("Input")
        OUTPUT = "output", _("Output")
        OUTCOME = "outcome", _("Outcome")
        IMPACT = "impact", _("Impact")

    class Direction(models.TextChoices):
        RISE = "rise", _("soll steigen")
        FALL = "fall", _("soll sinken")

    class Rhythm(models.TextChoices):
        """How often a value is collected (Erhebungsrhythmus)."""

        MONTHLY = "monthly", _("monatlich")
        QUARTERLY = "quarterly", _("vierteljährlich")
        HALF_YEARLY = "halfyearly", _("halbjährlich")
        YEARLY = "yearly", _("jährlich")

    class Combination(models.TextChoices):
        """How the municipalities' values make the region's."""

        SUM = "sum", _("Summe der Kommunen")
        MEAN = "mean", _("Mittelwert der Kommunen")

    key = models.SlugField(_("Kürzel"), max_length=60, unique=True)
    name = models.CharField(_("Indikator"), max_length=160)
    definition = LongText(_("Definition"), max_length=LONG, blank=True)
    level = models.CharField(_("Ebene im Wirkungsmodell"), max_length=7, choices=Level.choices)
    unit = models.CharField(_("Einheit"), max_length=40)
    decimals = models.PositiveSmallIntegerField(
        _("Nachkommastellen"), default=0, validators=[MaxValueValidator(DECIMALS)]
    )
    direction = models.CharField(
        _("Richtung"), max_length=4, choices=Direction.choices, default=Direction.RISE
    )
    measure = models.ForeignKey(
        Measure,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("Maßnahme"),
    )
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("Handlungsfeld"),
    )
    baseline = value_field(_("Ausgangswert"), null=True, blank=True)
    baseline_on = models.DateField(_("Ausgangswert vom"), null=True, blank=True)
    source = models.CharField(_("Quelle"), max_length=200)
    rhythm = models.CharField(
        _("Erhebungsrhythmus"), max_length=10, choices=Rhythm.choices, default=Rhythm.YEARLY
    )
    collected_from = models.DateField(_("erhoben ab"))
    per_municipality = models.BooleanField(_("je Kommune"), default=False)
    combination = models.CharField(
        _("Gesamtwert"), max_length=4, choices=Combination.choices, blank=True, default=""
    )
    sdgs = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(17)]),
        verbose_name=_("Nachhaltigkeitsziele (SDG)"),
        default=list,
        blank=True,
    )
    din_spec_91387 = models.CharField(_("DIN SPEC 91387"), max_length=80, blank=True)
    u4ssc = models.CharField(_("U4SSC"), max_length=80, blank=True)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.DRAFT
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("Indikator")
        verbose_name_plural = _("Indikatoren")
        ordering = [*german_order("name")]
        constraints = [
            *limits("indicator", definition=LONG),
            models.CheckConstraint(
                condition=Q(measure=None) | Q(field=None),
                name="indicator_of_one_thing",
                violation_error_message=_(
                    "Ein Indikator gehört zu einer Maßnahme oder zu einem Handlungsfeld."
                ),
            ),
            models.CheckConstraint(
                condition=Q(baseline=None, baseline_on=None)
                | Q(baseline__isnull=False, baseline_on__isnull=False),
                name="indicator_baseline_has_day",
                violation_error_message=_("Ein Ausgangswert braucht seinen Tag und umgekehrt."),
            ),
            models.CheckConstraint(
                condition=Q(per_municipality=False, combination="")
                | (Q(per_municipality=True) & ~Q(combination="")),
                name="indicator_combination_if_per_municipality",
                violation_error_message=_(
                    "Wird je Kommune erhoben, muss feststehen, wie der Gesamtwert entsteht; sonst "
                    "entfällt das."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("indicator", args=[self.key])

    @property
    def subject(self) -> Measure | ActionField | None:
        """What it belongs to; None for the whole concept."""
        return self.measure or self.field

    @property
    def tags(self) -> list[str]:
        named = [("DIN SPEC 91387", self.din_spec_91387), ("U4SSC", self.u4ssc)]
        return [f"SDG {goal}" for goal in self.sdgs] + [f"{name}: {word}" for name, word in named if word]

    def clean(self) -> None:
        if self.baseline is None or self.pk is None:
            return
        against = [target for target in self.targets.all() if self.is_against(target.value)]
        if against:
            raise ValidationError(
                gettext(
                    "Ein Zielwert (%(value)s) liegt vom Ausgangswert aus nicht in der Richtung „%(wanted)s“."
                )
                % {"value": plain_figure(against[0].value), "wanted": self.get_direction_display()}
            )

    def is_against(self, target: Decimal) -> bool:
        """Whether a target lies in the unwanted direction from the baseline."""
        if self.baseline is None:
            return False
        return target < self.baseline if self.direction == self.Direction.RISE else target > self.baseline


@tracked
class IndicatorTarget(Versioned):
    """The value to be reached by a day (Zielwert)."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    on = models.DateField(_("bis"))
    value = value_field(_("Zielwert"))

    class Meta:
        verbose_name = _("Zielwert")
        verbose_name_plural = _("Zielwerte")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "on"],
                name="target_one_per_day",
                violation_error_message=_("Für diesen Tag gibt es schon einen Zielwert."),
            )
        ]

    def __str__(self) -> str:
        return f"{plain_figure(self.value)} ({written.day(self.on)})"

    def get_absolute_url(self) -> str:
        return f"{self.indicator.get_absolute_url()}#ziele"

    def clean(self) -> None:
        if self.value is not None and self.indicator.is_against(self.value):
            raise ValidationError(
                gettext(
                    "Vom Ausgangswert %(baseline)s aus liegt das Ziel nicht in der Richtung „%(wanted)s“."
                )
                % {
                    "baseline": plain_figure(self.indicator.baseline),
                    "wanted": self.indicator.get_direction_display(),
                }
            )


@tracked
class IndicatorValue(Versioned):
    """What was measured for a day (Ist-Wert). A correction is an edit; the history keeps what stood before.

    `value` None says that nothing could be collected, and `note` why; no value is not 0.
    """

    class Way(models.TextChoices):
        FORM = "form", _("eingegeben")
        IMPORT = "import", _("aus Tabelle")
        API = "api", _("über Schnittstelle")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicator_values",
        verbose_name=_("Kommune"),
    )
    on = models.DateField(_("Wert vom"))
    value = value_field(_("Wert"), null=True, blank=True)
    note = models.CharField(_("Anmerkung"), max_length=300, blank=True)
    way = models.CharField(_("Herkunft"), max_length=6, choices=Way.choices, default=Way.FORM, editable=False)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    class Meta:
        verbose_name = _("Wert")
        verbose_name_plural = _("Werte")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "municipality", "on"],
                nulls_distinct=False,
                name="value_one_per_day",
                violation_error_message=_(
                    "Für diesen Tag gibt es schon einen Wert. Bitte berichtigen Sie ihn."
                ),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(note=""),
                name="value_missing_has_note",
                violation_error_message=_("Kein Wert braucht eine Anmerkung, warum es keinen gibt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.on}"

    def get_absolute_url(self) -> str:
        return f"{self.indicator.get_absolute_url()}#werte"

    def clean(self) -> None:
        """What a day, a place and a number must be, whichever way they came in."""
        self._clean_day()
        if self.indicator.per_municipality and self.municipality_id is None:
            raise ValidationError(
                gettext("Dieser Indikator wird je Kommune erhoben: Bitte die Kommune nennen.")
            )
        if self.municipality_id and not self.indicator.per_municipality:
            raise ValidationError(gettext("Dieser Indikator wird nicht je Kommune erhoben."))
        if self.value is not None and (why := why_impossible(self.indicator.unit, self.value)):
            raise ValidationError({"value": why})
        decimals = self.indicator.decimals
        if self.value is not None and self.value != round(self.value, decimals):
            raise ValidationError(
                {
                    "value": ngettext(
                        "Dieser Indikator hat höchstens %d Nachkommastelle.",
                        "Dieser Indikator hat höchstens %d Nachkommastellen.",
                        decimals,
                    )
                    % decimals
                    if decimals
                    else gettext("Dieser Indikator hat keine Nachkommastellen.")
                }
            )

    def _clean_day(self) -> None:
        if self.on is None:
            return
        if self.on > localdate():
            raise ValidationError({"on": gettext("Ein Wert kann nicht von einem Tag sein, der noch kommt.")})
        if self.on < FIRST_DAY:
            raise ValidationError({"on": gettext("Bitte prüfen Sie das Jahr %04d.") % self.on.year})
