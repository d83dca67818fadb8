"""How mature a solution is (Reifegrad): a scale in versions, and assessments that are kept for good."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case, Count, F, Min, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models.rollout import office_of
from smartregion.base import written
from smartregion.base.fields import LongText, limits
from smartregion.base.history import tracked

HIGHEST = 4
MATURITY_RULE = _(
    "Jedes Kriterium der Skala wird mit einer Stufe von 0 bis 4 bewertet und begründet. Den Reifegrad "
    "bestimmt das niedrigste Kriterium. Fehlt einem Kriterium die Stufe, ist die Lösung „nicht "
    "bewertet“; das ist nicht die Stufe 0. Es gilt die neueste Bewertung; frühere bleiben mit der "
    "Skala stehen, nach der sie entstanden."
)
NEVER_CHANGES = pgtrigger.Protect(
    name="maturity_never_changes", operation=pgtrigger.Update | pgtrigger.Delete
)


class Level(models.IntegerChoices):
    """A level of maturity in a word, for every criterion and for the whole."""

    BEGUN = 0, _("am Anfang")
    SKETCHED = 1, _("in Ansätzen")
    TRIED = 2, _("erprobt")
    READY = 3, _("einsatzbereit")
    TRANSFERABLE = 4, _("übertragbar")


def level_of(number: int | None) -> Level | None:
    return None if number is None else Level(number)


@tracked
class MaturityScale(models.Model):
    """One version of the scale. It never changes: who wants another one publishes the next version."""

    number = models.PositiveSmallIntegerField(_("Fassung"), unique=True)
    note = LongText(_("Anmerkung zu dieser Fassung"), max_length=1000)
    published_on = models.DateField(_("veröffentlicht am"))

    class Meta:
        verbose_name = _("Reifegradskala")
        verbose_name_plural = _("Reifegradskalen")
        ordering = ["-number"]
        constraints = limits("maturityscale", note=1000)
        triggers = [NEVER_CHANGES]

    def __str__(self) -> str:
        return f"v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("scale_version", args=[self.number])


@tracked
class MaturityCriterion(models.Model):
    """What is looked at, and what each level means there."""

    scale = models.ForeignKey(MaturityScale, models.PROTECT, related_name="criteria", verbose_name=_("Skala"))
    position = models.PositiveSmallIntegerField(_("Stelle"))
    name = models.CharField(_("Kriterium"), max_length=60)
    question = models.CharField(_("Frage"), max_length=300)
    level_0 = models.CharField(_("Stufe 0"), max_length=300)
    level_1 = models.CharField(_("Stufe 1"), max_length=300)
    level_2 = models.CharField(_("Stufe 2"), max_length=300)
    level_3 = models.CharField(_("Stufe 3"), max_length=300)
    level_4 = models.CharField(_("Stufe 4"), max_length=300)

    class Meta:
        verbose_name = _("Kriterium der Reifegradskala")
        verbose_name_plural = _("Kriterien der Reifegradskala")
        ordering = ["scale", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "position"], name="criterion_position_unique"),
            models.UniqueConstraint(fields=["scale", "name"], name="criterion_name_unique"),
        ]
        triggers = [NEVER_CHANGES]

    def __str__(self) -> str:
        return self.name

    @property
    def levels(self) -> list[str]:
        """What the levels mean, from 0 up."""
        return [getattr(self, f"level_{number}") for number in Level.values]


class MaturityAssessmentQuerySet(models.QuerySet["MaturityAssessment"]):
    def with_overall(self) -> Self:
        """Adds `overall`, newest first: the lowest level, None if a criterion of the scale has none."""
        ratings = MaturityRating.objects.filter(assessment=OuterRef("pk")).order_by().values("assessment")
        criteria = MaturityCriterion.objects.filter(scale=OuterRef("scale")).order_by().values("scale")
        whole = self.annotate(
            rated=Subquery(ratings.annotate(number=Count("pk")).values("number")),
            asked=Subquery(criteria.annotate(number=Count("pk")).values("number")),
        )
        lowest = Subquery(ratings.annotate(level=Min("level")).values("level"))
        return whole.annotate(overall=Case(When(rated=F("asked"), then=lowest))).order_by("-on", "-pk")


@tracked
class MaturityAssessment(models.Model):
    """What somebody found on a day, by one version of the scale. Never changed; the newest counts."""

    solution = models.ForeignKey(
        "measures.Solution", models.PROTECT, related_name="assessments", verbose_name=_("Lösung")
    )
    scale = models.ForeignKey(
        MaturityScale, models.PROTECT, related_name="assessments", verbose_name=_("Skala")
    )
    on = models.DateField(_("bewertet am"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="maturity_assessments",
        verbose_name=_("bewertet von"),
    )

    objects = MaturityAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bewertung des Reifegrads")
        verbose_name_plural = _("Bewertungen des Reifegrads")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["solution", "-on", "-id"])]
        triggers = [
            pgtrigger.ReadOnly(name="assessment_never_changes", exclude=["by"]),
            pgtrigger.Protect(name="assessment_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return _("Bewertung vom %s") % written.day(self.on)

    def get_absolute_url(self) -> str:
        return reverse("solution_assessment", args=[self.solution.slug, self.pk])

    @property
    def level(self) -> Level | None:
        """The overall level of a row that `with_overall` has made; None where a criterion is not rated."""
        return level_of(self.overall)  # type: ignore[attr-defined]

    @property
    def office(self) -> str:
        """What the public learns of who assessed: the office, not the person."""
        office = office_of(self.by.role) if self.by else None
        return str(office.label) if office else ""


@tracked
class MaturityRating(models.Model):
    """The level of one criterion, with its reason; a criterion that was not rated has no row."""

    assessment = models.ForeignKey(
        MaturityAssessment, models.PROTECT, related_name="ratings", verbose_name=_("Bewertung")
    )
    criterion = models.ForeignKey(
        MaturityCriterion, models.PROTECT, related_name="ratings", verbose_name=_("Kriterium")
    )
    level = models.PositiveSmallIntegerField(
        _("Stufe"), choices=Level.choices, validators=[MaxValueValidator(HIGHEST)]
    )
    reason = LongText(_("Begründung"), max_length=1000)
    evidence = models.CharField(_("Nachweis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Stufe eines Kriteriums")
        verbose_name_plural = _("Stufen der Kriterien")
        ordering = ["criterion__position"]
        constraints = [
            *limits("maturityrating", reason=1000),
            models.UniqueConstraint(fields=["assessment", "criterion"], name="rating_one_per_criterion"),
            models.CheckConstraint(
                condition=Q(level__lte=HIGHEST),
                name="rating_level_in_range",
                violation_error_message=_("Die Stufe liegt zwischen 0 und 4."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="rating_needs_reason",
                violation_error_message=_("Jede Stufe braucht eine Begründung."),
            ),
            models.CheckConstraint(
                condition=Q(level=0) | ~Q(evidence=""),
                name="rating_needs_evidence",
                violation_error_message=_("Ab Stufe 1 braucht es einen Nachweis."),
            ),
        ]
        triggers = [NEVER_CHANGES]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level}"
