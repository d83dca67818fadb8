"""Evaluation: questions by criterion, what teams and the coordinator answer, and what follows from it."""

from collections.abc import Iterable
from typing import Any, Final, Self

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from governance.models import Topic
from measures.models import Measure, Visibility
from measures.models.measure import visibilities_for
from monitoring.periods import Period
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned


class Criterion(models.TextChoices):
    """What is assessed (criteria of evaluation)."""

    RELEVANCE = "relevance", _("Relevanz")
    EFFECTIVENESS = "effectiveness", _("Wirksamkeit")
    EFFICIENCY = "efficiency", _("Effizienz")
    SUSTAINABILITY = "sustainability", _("Nachhaltigkeit")
    TRANSFERABILITY = "transferability", _("Übertragbarkeit")


class Rating(models.IntegerChoices):
    """How far something holds; None where nobody can tell yet."""

    NOT = 1, _("trifft nicht zu")
    HARDLY = 2, _("trifft eher nicht zu")
    MOSTLY = 3, _("trifft eher zu")
    FULLY = 4, _("trifft zu")


def rating_field() -> Any:
    return models.PositiveSmallIntegerField(_("Einschätzung"), choices=Rating.choices, null=True, blank=True)


def stays_once_closed(evaluation: str) -> pgtrigger.Trigger:
    """What belongs to an evaluation changes only as long as it is open.

    Args:
        evaluation: SQL that finds the evaluation's key by one of the names OLD and NEW in place of `{row}`.
    """
    keys = ", ".join(f"({evaluation.format(row=row)})" for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name="stays_once_evaluation_closed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            PERFORM 1 FROM monitoring_evaluation WHERE id IN ({keys}) FOR KEY SHARE;
            IF EXISTS (SELECT 1 FROM monitoring_evaluation
                       WHERE id IN ({keys}) AND closed_at IS NOT NULL) THEN
              RAISE EXCEPTION 'the evaluation is closed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'part_of_closed_evaluation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608
    )


OF_EVALUATION: Final = "{row}.evaluation_id"
OF_QUESTION: Final = "SELECT evaluation_id FROM monitoring_evaluationquestion WHERE id = {row}.question_id"


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: Any) -> Self:
        """Closed ones by their visibility; one that goes on is for the roles, as it is no result yet."""
        seen = self.filter(visibility__in=visibilities_for(user))
        return seen if user.has_perm("measures.view_internals") else seen.closed()

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def closed(self) -> Self:
        return self.exclude(closed_at=None)

    def empty(self) -> Self:
        """Those in which nobody has written anything yet, so that nothing is lost with them."""
        return self.filter(assessments=None, recommendations=None, questions__answers=None).distinct()


@tracked
class Evaluation(Versioned):
    """One round of evaluation over a period, from its questions to its recommendations."""

    class Kind(models.TextChoices):
        YEARLY = "yearly", _("Evaluation")
        INTERIM = "interim", _("Zwischenbilanz")

    kind = models.CharField(_("Art"), max_length=7, choices=Kind.choices, default=Kind.YEARLY)
    period_start = models.DateField(_("Beginn des Zeitraums"))
    period_end = models.DateField(_("Ende des Zeitraums"))
    answers_due_on = models.DateField(_("Selbsteinschätzungen bis"))
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    closed_at = models.DateTimeField(_("abgeschlossen am"), null=True, blank=True, editable=False)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Evaluation")
        verbose_name_plural = _("Evaluationen")
        ordering = ["-period_end", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period_start", "period_end"],
                name="evaluation_one_per_period",
                violation_error_message=_("Diese Evaluation gibt es schon."),
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")),
                name="evaluation_period_in_order",
                violation_error_message=_("Der Zeitraum endet vor seinem Beginn."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period.label}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation", args=[self.pk])

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class QuestionQuerySet(models.QuerySet["EvaluationQuestion"]):
    def to(self, measure: Measure) -> Self:
        """Those that the measure's team is asked."""
        return self.filter(Q(field=None) | Q(field=measure.field_id))


@tracked
class EvaluationQuestion(Versioned):
    """A question on one criterion, to every measure or to those of one field."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="questions")
    criterion = models.CharField(_("Kriterium"), max_length=15, choices=Criterion.choices)
    text = models.CharField(_("Frage"), max_length=300)
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluation_questions",
        verbose_name=_("nur für das Handlungsfeld"),
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Frage")
        verbose_name_plural = _("Fragen")
        ordering = ["position", "pk"]
        triggers = [stays_once_closed(OF_EVALUATION)]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return f"{self.evaluation.get_absolute_url()}#fragen"

    def is_to(self, measure: Measure) -> bool:
        """Its team is asked."""
        return self.field_id in {None, measure.field_id}


class SelfAssessmentQuerySet(models.QuerySet["SelfAssessment"]):
    def visible_to(self, user: Any) -> Self:
        """Of measures that the user sees: once closed all; before, to the coordinator and the own team."""
        seen = self.filter(
            measure__in=Measure.objects.visible_to(user),
            question__evaluation__in=Evaluation.objects.visible_to(user),
        )
        if user.has_perm("monitoring.manage_evaluation"):
            return seen
        closed = Q(question__evaluation__closed_at__isnull=False)
        return seen.filter(closed | Q(measure__in=Measure.objects.reported_by(user)))

    def given(self) -> Self:
        """Those that say something."""
        return self.exclude(rating=None, text="")

    def given_by_team(self, measures: Iterable[Measure]) -> dict[tuple[int, int], int]:
        """How many questions of an evaluation a measure's team has answered, by both keys. One query."""
        rows = self.given().filter(measure__in=measures).order_by()
        groups = rows.values_list("question__evaluation", "measure").annotate(Count("pk"))
        return {(evaluation, measure): count for evaluation, measure, count in groups}


@tracked
class SelfAssessment(Versioned):
    """A development team's answer to a question."""

    question = models.ForeignKey(EvaluationQuestion, models.CASCADE, related_name="answers")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="self_assessments")
    rating = rating_field()
    text = LongText(_("Begründung"), max_length=LONG, blank=True)

    objects = SelfAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Selbsteinschätzung")
        verbose_name_plural = _("Selbsteinschätzungen")
        constraints = [
            *limits("selfassessment", text=LONG),
            models.UniqueConstraint(fields=["question", "measure"], name="selfassessment_one_per_measure"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__in=Rating.values), name="selfassessment_known_rating"
            ),
        ]
        triggers = [stays_once_closed(OF_QUESTION)]

    def __str__(self) -> str:
        return str(self.question)


@tracked
class Assessment(Versioned):
    """The coordinator's assessment of a field, or of the concept, on one criterion."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="assessments")
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("Handlungsfeld"),
    )
    criterion = models.CharField(_("Kriterium"), max_length=15, choices=Criterion.choices)
    rating = rating_field()
    text = LongText(_("Bewertung"), max_length=LONG, blank=True)

    class Meta:
        verbose_name = _("Bewertung")
        verbose_name_plural = _("Bewertungen")
        constraints = [
            *limits("assessment", text=LONG),
            models.UniqueConstraint(
                fields=["evaluation", "field", "criterion"],
                nulls_distinct=False,
                name="assessment_one_per_criterion",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__in=Rating.values), name="assessment_known_rating"
            ),
        ]
        triggers = [stays_once_closed(OF_EVALUATION)]

    def __str__(self) -> str:
        return str(self.get_criterion_display())


@tracked
class Recommendation(Versioned):
    """What ought to be done after an evaluation; it may wait as a topic for an agenda."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="recommendations")
    number = models.PositiveSmallIntegerField(_("Nummer"), editable=False)
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name=_("Handlungsfeld"),
    )
    title = models.CharField(_("Empfehlung"), max_length=200)
    text = LongText(_("Begründung"), max_length=LONG, blank=True)
    addressee = models.CharField(_("gerichtet an"), max_length=160, blank=True)
    topic = models.OneToOneField(
        Topic,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="recommendation",
        verbose_name=_("im Themenspeicher"),
    )

    class Meta:
        verbose_name = _("Empfehlung")
        verbose_name_plural = _("Empfehlungen")
        ordering = ["number"]
        constraints = [
            *limits("recommendation", text=LONG),
            models.UniqueConstraint(fields=["evaluation", "number"], name="recommendation_number_unique"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.evaluation.get_absolute_url()}#empfehlung-{self.number}"
