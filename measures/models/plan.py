"""The plan of a measure beside its milestones: phase gates, dependencies, tasks and risks."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure
from measures.models.parts import Milestone, TeamMember
from smartregion.base import clock
from smartregion.base.fields import LongText, limits
from smartregion.base.history import tracked, tracked_without
from smartregion.base.versioned import Versioned

MEDIUM_FROM: Final = 5
HIGH_FROM: Final = 10
LEVELS: Final[dict[str, str | Promise]] = {"green": _("gering"), "yellow": _("mittel"), "red": _("hoch")}
"""A risk's level in words, by its colour."""


class GateCriterionQuerySet(models.QuerySet["GateCriterion"]):
    def open_of(self, measures: Iterable[Measure]) -> dict[int, list["GateCriterion"]]:
        """Per measure the criteria of its own phase that are not met yet. Two queries."""
        phases = {measure.pk: measure.phase for measure in measures}
        checks = GateCheck.objects.filter(measure__in=list(phases), criterion__phase=F("measure__phase"))
        met = set(checks.values_list("measure", "criterion"))
        by_phase = defaultdict(list)
        for criterion in self.filter(is_active=True):
            by_phase[criterion.phase].append(criterion)
        return {
            pk: [criterion for criterion in by_phase[phase] if (pk, criterion.pk) not in met]
            for pk, phase in phases.items()
        }


@tracked
class GateCriterion(Versioned):
    """What shall hold before any measure leaves a phase for the next one."""

    phase = models.CharField(
        _("Phase"),
        max_length=10,
        choices=[choice for choice in Measure.Phase.choices if choice[0] != Measure.Phase.ROLLOUT],
    )
    text = models.CharField(_("Kriterium"), max_length=200)
    number = models.PositiveSmallIntegerField(
        _("Reihenfolge"), default=1, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    is_active = models.BooleanField(_("wird verwendet"), default=True)

    objects = GateCriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Kriterium")
        verbose_name_plural = _("Kriterien der Phasenübergänge")
        ordering = ["number", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["phase", "text"],
                name="criterion_unique_in_phase",
                violation_error_message=_("Dieses Kriterium gibt es in der Phase schon."),
            ),
            models.CheckConstraint(
                condition=Q(phase__in=["idea", "concept", "pilot", "operation"]),
                name="criterion_phase_is_left",
                violation_error_message=_("Nach der letzten Phase gibt es keinen Übergang."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return f"{reverse('gate_criteria')}#{self.phase}"


@tracked
class GateCheck(Versioned):
    """A criterion is met by a measure: since when, and by whose account."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="gate_checks")
    criterion = models.ForeignKey(
        GateCriterion, models.PROTECT, related_name="checks", verbose_name=_("Kriterium"), editable=False
    )
    met_on = models.DateField(_("erfüllt am"), default=localdate)
    note = LongText(_("Anmerkung"), max_length=500, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="gate_checks",
        verbose_name=_("festgestellt von"),
    )

    class Meta:
        verbose_name = _("erfülltes Kriterium")
        verbose_name_plural = _("erfüllte Kriterien")
        ordering = ["criterion__phase", "criterion__number"]
        constraints = [
            *limits("gatecheck", note=500),
            models.UniqueConstraint(fields=["measure", "criterion"], name="gatecheck_once_per_measure"),
        ]

    def __str__(self) -> str:
        return str(self.criterion)

    def get_absolute_url(self) -> str:
        return f"{plan_url(self.measure)}#phasen"


class MilestoneLinkQuerySet(models.QuerySet["MilestoneLink"]):
    def visible_to(self, user: Any) -> Self:
        """Those of which both ends belong to measures that the user may see."""
        visible = Measure.objects.visible_to(user).values("pk")
        return self.filter(milestone__measure__in=visible, predecessor__measure__in=visible)

    def closes_circle(self, milestone: int, predecessor: int) -> bool:
        """Whether the predecessor itself waits for the milestone, directly or by others. One query."""
        waits_for = defaultdict(list)
        for later, earlier in self.values_list("milestone", "predecessor"):
            waits_for[later].append(earlier)
        seen, ahead = set(), [predecessor]
        while ahead:
            current = ahead.pop()
            if current not in seen:
                seen.add(current)
                ahead += waits_for[current]
        return milestone in seen


NO_CIRCLE = """
    PERFORM pg_advisory_xact_lock('measures_milestonelink'::regclass::bigint);
    IF EXISTS (
        WITH RECURSIVE ahead(pk) AS (
            SELECT NEW.predecessor_id
            UNION
            SELECT link.predecessor_id FROM measures_milestonelink link JOIN ahead ON link.milestone_id = ahead.pk
        )
        SELECT 1 FROM ahead WHERE pk = NEW.milestone_id
    ) THEN
        RAISE EXCEPTION 'milestones would wait for one another' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""  # noqa: E501
"""Whoever adds a link waits for those who are adding one; the query after it sees what they committed."""


@tracked
class MilestoneLink(models.Model):
    """A milestone waits for another one, of the same or of another measure. Never in a circle."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="predecessor_links")
    predecessor = models.ForeignKey(
        Milestone, models.CASCADE, related_name="successor_links", verbose_name=_("setzt voraus")
    )

    objects = MilestoneLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Abhängigkeit")
        verbose_name_plural = _("Abhängigkeiten")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "predecessor"],
                name="milestonelink_unique",
                violation_error_message=_("Diese Abhängigkeit ist schon eingetragen."),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="milestones_never_wait_in_a_circle",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=NO_CIRCLE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone} – {self.predecessor}"

    def get_absolute_url(self) -> str:
        return f"{plan_url(self.milestone.measure)}#meilensteine"

    @property
    def is_too_late(self) -> bool:
        """The predecessor is expected only after the milestone that waits for it."""
        earlier, later = self.predecessor, self.milestone
        return not later.actual_date and (earlier.actual_date or earlier.due_on) > later.due_on


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        return self.filter(done_on=None)

    def overdue(self, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def awaited_from(self, user: Any) -> Self:
        """The coordinator's are those of all measures, another account's those of its own seats."""
        tasks = self.filter(measure__in=Measure.objects.visible_to(user))
        return tasks if user.has_perm("measures.change_measure") else tasks.filter(seat__user=user)


@tracked
class Task(Versioned):
    """Something that one seat of the team, or a function beside it, has to do."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="tasks")
    title = models.CharField(_("Aufgabe"), max_length=160)
    seat = models.ForeignKey(
        TeamMember,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("Sitz im Entwicklungsteam"),
    )
    function = models.CharField(_("oder andere Funktion"), max_length=120, blank=True)
    due_on = models.DateField(_("fällig am"))
    done_on = models.DateField(_("erledigt am"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("Aufgabe")
        verbose_name_plural = _("Aufgaben")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{plan_url(self.measure)}#aufgaben"

    @property
    def who(self) -> str:
        """Its seat, unless a merge has moved that to another measure, or its function."""
        if self.seat and self.seat.measure_id == self.measure_id:
            return str(self.seat)
        return self.function or str(_("nicht zugeordnet"))

    @property
    def is_overdue(self) -> bool:
        return self.done_on is None and self.due_on < clock.today()


class RiskQuerySet(models.QuerySet["Risk"]):
    def visible_to(self, user: Any) -> Self:
        """Every account sees all risks of the measures that it sees, a visitor the public ones."""
        risks = self.filter(measure__in=Measure.objects.visible_to(user))
        return risks if user.is_authenticated else risks.filter(is_public=True)

    def alive(self) -> Self:
        return self.filter(state__in=[Risk.State.OPEN, Risk.State.WATCHED, Risk.State.OCCURRED])

    def to_review(self, on: date) -> Self:
        return self.alive().filter(review_on__lte=on)


def _one_to_five() -> list[Any]:
    return [MinValueValidator(1), MaxValueValidator(5)]


@tracked_without("level")
class Risk(Versioned):
    """A possible event, with likelihood, impact and counter-measure. Internal unless it is made public."""

    class State(models.TextChoices):
        OPEN = "open", _("offen")
        WATCHED = "watched", _("beobachtet")
        OCCURRED = "occurred", _("eingetreten")
        CLOSED = "closed", _("geschlossen")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="risks")
    title = models.CharField(_("Risiko"), max_length=160)
    likelihood = models.PositiveSmallIntegerField(_("Eintrittswahrscheinlichkeit"), validators=_one_to_five())
    impact = models.PositiveSmallIntegerField(_("Auswirkung"), validators=_one_to_five())
    level = models.GeneratedField(
        expression=F("likelihood") * F("impact"),
        output_field=models.PositiveSmallIntegerField(_("Risikowert")),
        db_persist=True,
    )
    counter_measure = LongText(_("Gegenmaßnahme"), max_length=1000, blank=True)
    owner = models.CharField(_("verantwortlich (Funktion)"), max_length=120)
    state = models.CharField(_("Stand"), max_length=8, choices=State.choices, default=State.OPEN)
    review_on = models.DateField(_("zu überprüfen am"), null=True, blank=True)
    is_public = models.BooleanField(_("öffentlich zeigen"), default=False)

    objects = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("Risiko")
        verbose_name_plural = _("Risiken")
        ordering = ["-level", "title"]
        constraints = [
            *limits("risk", counter_measure=1000),
            models.CheckConstraint(
                condition=Q(likelihood__gte=1, likelihood__lte=5, impact__gte=1, impact__lte=5),
                name="risk_from_one_to_five",
                violation_error_message=_("Wahrscheinlichkeit und Auswirkung liegen zwischen 1 und 5."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{plan_url(self.measure)}#risiken"

    @property
    def colour(self) -> str:
        return colour_of(self.level)

    @property
    def level_in_words(self) -> str:
        return str(LEVELS[self.colour])

    @property
    def is_review_due(self) -> bool:
        return bool(self.state != self.State.CLOSED and self.review_on and self.review_on <= clock.today())


def colour_of(level: int) -> str:
    if level >= HIGH_FROM:
        return "red"
    return "yellow" if level >= MEDIUM_FROM else "green"


def plan_url(measure: Measure) -> str:
    return reverse("measure_plan", args=[measure.slug])
