"""A measure, with phase, status and Ampel as three separate things."""

from datetime import date, timedelta
from typing import Any, Final, Self

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Round
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField, Guideline
from network.models import Organisation, Role
from smartregion.base import clock
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned


class Visibility(models.TextChoices):
    """Who may see a record. What is not public leaks nowhere: no list, count, export or report."""

    DRAFT = "draft", _("Entwurf")
    INTERNAL = "internal", _("intern")
    PUBLIC = "public", _("öffentlich")


SILENCE: Final = {"monthly": (38, 69), "quarterly": (100, 190), "halfyearly": (192, 375)}
"""Days after which a missing update is a deviation, and after which nobody knows how the measure stands.

Once and twice the rhythm, each with about a week more.
"""


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: Any) -> Self:
        """What lists, counts, maps and exports are about: those in reach that are not archived."""
        return self.reachable_by(user).current()

    def reachable_by(self, user: Any) -> Self:
        """Public ones for all, internal ones for accounts, drafts for the coordinator; archived ones too."""
        return self.filter(visibility__in=visibilities_for(user))

    def current(self) -> Self:
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        return self.filter(archived_at__isnull=False)

    def matching(self, words: str) -> Self:
        """Those with every one of the words in number, title or summary; accents and capitals don't count."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(no__unaccent__icontains=word)
                | Q(title__unaccent__icontains=word)
                | Q(summary__unaccent__icontains=word)
            )
        return found

    def rolled_out_in(self, municipality_slug: str) -> Self:
        """Those whose roll-out in the municipality is known and that concern it."""
        cells = _rows_of(self.model.cells).filter(municipality__slug=municipality_slug)
        return self.filter(pk__in=cells.exclude(stage__in=["unknown", "not_affected"]).values("measure"))

    def reported_by(self, user: Any) -> Self:
        """Those whose updates the user writes: the coordinator's all, a team member's of the own teams."""
        visible = self.visible_to(user)
        if user.has_perm("measures.change_measure"):
            return visible
        if user.has_perm("measures.report_for_team"):
            return visible.filter(Exists(_rows_of(self.model.team).filter(measure=OuterRef("pk"), user=user)))
        return self.none()

    def going_on(self) -> Self:
        """Neither at rest nor ended, so that their milestones are awaited."""
        return self.filter(status__in=[Measure.Status.PLANNED, Measure.Status.ACTIVE])

    def to_review(self, on: date) -> Self:
        """Those whose day to be looked at again (Wiedervorlage) has come."""
        return self.filter(review_on__lte=on)

    def with_last_update(self, user: Any) -> Self:
        """Adds `last_update_on` of the newest update that the user may see; None without one."""
        updates = _rows_of(self.model.status_updates).visible_to(user).filter(measure=OuterRef("pk"))
        return self.annotate(last_update_on=Subquery(updates.order_by("-on").values("on")[:1]))

    def owing_update(self, on: date, user: Any) -> Self:
        """Running ones that are silent for longer than their rhythm allows, or were never heard of."""
        owing = Q(last_update_on=None)
        for rhythm in Measure.Rhythm:
            latest = on - timedelta(days=rhythm.silence[0])
            owing |= Q(update_rhythm=rhythm, last_update_on__lt=latest)
        return self.with_last_update(user).filter(owing, status=Measure.Status.ACTIVE)

    def for_list(self) -> "MeasureQuerySet":
        """With what a row of a list shows, in one query; slice before, so that only a page is computed."""
        shown = self.model.objects.filter(pk__in=self.values("pk")).with_progress().with_next_milestone()
        return shown.select_related("field", "lead").order_by("no")

    def for_timeline(self) -> "MeasureQuerySet":
        """With field and milestones, by field and number; slice before."""
        shown = self.model.objects.filter(pk__in=self.values("pk")).select_related("field")
        return shown.prefetch_related("milestones").by_field()

    def by_field(self) -> Self:
        return self.order_by("field__position", "no")

    def time_span(self) -> tuple[date | None, date | None]:
        """The first and the last day of all measures and their milestones. One query."""
        own = self.order_by().aggregate(
            first=Min("starts_on"),
            last=Max("ends_on"),
            first_end=Min("ends_on"),
            last_start=Max("starts_on"),
            first_due=Min(_reached_or_due()),
            last_due=Max(_reached_or_due()),
        )
        firsts = [own[name] for name in ("first", "first_end", "first_due") if own[name]]
        lasts = [own[name] for name in ("last", "last_start", "last_due") if own[name]]
        return min(firsts, default=None), max(lasts, default=None)

    def counts_by_phase(self) -> dict[str, int]:
        """How many there are in each phase, none included. One query."""
        counts = dict(self.order_by().values_list("phase").annotate(Count("pk")))
        return {phase: counts.get(phase, 0) for phase in Measure.Phase.values}

    def with_progress(self) -> Self:
        """Adds `progress`: done weight as a share of all weight in percent; None without milestones."""
        milestones = _rows_of(self.model.milestones).filter(measure=OuterRef("pk")).order_by()
        share = milestones.values("measure").annotate(
            share=Round(
                Sum("weight", filter=Q(actual_date__isnull=False), default=0) * 100.0 / Sum("weight"),
                output_field=models.IntegerField(),
            )
        )
        return self.annotate(progress=Subquery(share.values("share")))

    def with_next_milestone(self) -> Self:
        """Adds `next_milestone` (title) and `next_milestone_on` of the open milestone due first.

        A measure that was completed or discontinued has none.
        """
        due = (
            _rows_of(self.model.milestones)
            .filter(measure=OuterRef("pk"), actual_date=None)
            .exclude(measure__status__in=[Measure.Status.COMPLETED, Measure.Status.DISCONTINUED])
            .order_by("due_on", "position")
        )
        return self.annotate(
            next_milestone=Subquery(due.values("title")[:1]),
            next_milestone_on=Subquery(due.values("due_on")[:1]),
        )


def _rows_of(relation: Any) -> Any:
    """All rows of the model behind a reverse relation; that model is defined after this one."""
    return relation.rel.related_model.objects


def _reached_or_due() -> Coalesce:
    return Coalesce("milestones__actual_date", "milestones__due_on")


def visibilities_for(user: Any) -> list[str]:
    if not user.is_authenticated:
        return [Visibility.PUBLIC]
    if user.role == Role.COORDINATION:
        return [Visibility.PUBLIC, Visibility.INTERNAL, Visibility.DRAFT]
    return [Visibility.PUBLIC, Visibility.INTERNAL]


@tracked
class Measure(Versioned):
    """One tracked project of the concept (Maßnahme)."""

    class Phase(models.TextChoices):
        IDEA = "idea", _("Idee")
        CONCEPT = "concept", _("Konzept")
        PILOT = "pilot", _("Pilot")
        OPERATION = "operation", _("Verstetigung")
        ROLLOUT = "rollout", _("Transfer")

    class Status(models.TextChoices):
        PLANNED = "planned", _("geplant")
        ACTIVE = "active", _("laufend")
        ON_HOLD = "on_hold", _("ruhend")
        COMPLETED = "completed", _("abgeschlossen")
        DISCONTINUED = "discontinued", _("eingestellt")

    class Light(models.TextChoices):
        GREEN = "green", _("grün")
        YELLOW = "yellow", _("gelb")
        RED = "red", _("rot")
        GREY = "grey", _("grau")

    class Rhythm(models.TextChoices):
        """How often a status update is expected; `silence` tells the days until it is late."""

        MONTHLY = "monthly", _("monatlich")
        QUARTERLY = "quarterly", _("vierteljährlich")
        HALF_YEARLY = "halfyearly", _("halbjährlich")

        @property
        def silence(self) -> tuple[int, int]:
            return SILENCE[self.value]

    no = models.CharField(_("Nummer"), max_length=20, unique=True)
    title = models.CharField(_("Titel"), max_length=160)
    slug = models.SlugField(_("Adresse"), max_length=90, unique=True)
    field = models.ForeignKey(
        ActionField, models.PROTECT, related_name="measures", verbose_name=_("Handlungsfeld")
    )
    lead = models.ForeignKey(
        Organisation, models.PROTECT, related_name="led_measures", verbose_name=_("Federführung")
    )
    summary = LongText(_("Kurzbeschreibung"), max_length=1000)
    goal = LongText(_("Ziel"), max_length=LONG, blank=True)
    benefit = LongText(_("Nutzen"), max_length=LONG, blank=True)
    target_group = models.CharField(_("Zielgruppe"), max_length=300, blank=True)
    contact = models.CharField(_("Ansprechstelle (Funktion)"), max_length=200, blank=True)
    phase = models.CharField(_("Phase"), max_length=10, choices=Phase.choices, default=Phase.IDEA)
    status = models.CharField(_("Status"), max_length=12, choices=Status.choices, default=Status.PLANNED)
    status_reason = LongText(_("Begründung zum Status"), max_length=1000, blank=True)
    review_on = models.DateField(_("Wiedervorlage"), null=True, blank=True)
    light = models.CharField(_("Ampel"), max_length=6, choices=Light.choices, default=Light.GREY)
    light_reason = LongText(_("Begründung zur Ampel"), max_length=1000, blank=True)
    needed_decision = LongText(_("Entscheidungsbedarf"), max_length=1000, blank=True)
    starts_on = models.DateField(_("Beginn"), null=True, blank=True)
    ends_on = models.DateField(_("Ende"), null=True, blank=True)
    update_rhythm = models.CharField(
        _("Rhythmus der Sachstände"), max_length=10, choices=Rhythm.choices, default=Rhythm.QUARTERLY
    )
    is_starter = models.BooleanField(_("Startermaßnahme"), default=False)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.DRAFT
    )
    archived_at = models.DateTimeField(_("archiviert am"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("aufgegangen in"),
    )
    guidelines = models.ManyToManyField(
        Guideline,
        through="MeasureGuideline",
        related_name="measures",
        blank=True,
        verbose_name=_("Leitlinien"),
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("Maßnahme")
        verbose_name_plural = _("Maßnahmen")
        ordering = ["no"]
        constraints = [
            *limits("measure", summary=1000, goal=LONG, benefit=LONG, status_reason=1000),
            *limits("measure", light_reason=1000, needed_decision=1000),
            models.CheckConstraint(
                condition=~Q(light__in=["yellow", "red"]) | ~Q(light_reason=""),
                name="measure_light_needs_reason",
                violation_error_message=_("Eine gelbe oder rote Ampel braucht eine Begründung."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["on_hold", "discontinued"]) | ~Q(status_reason=""),
                name="measure_status_needs_reason",
                violation_error_message=_("Ruhend und eingestellt brauchen eine Begründung zum Status."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="measure_ends_after_start",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(archived_at__isnull=False) & ~Q(merged_into=F("pk"))),
                name="measure_merged_is_archived",
                violation_error_message=_("Wer in einer anderen Maßnahme aufgegangen ist, ist archiviert."),
            ),
        ]
        indexes = [models.Index(fields=["visibility", "no"])]

    def __str__(self) -> str:
        return f"{self.no} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("measure", args=[self.slug])

    @property
    def next_is_overdue(self) -> bool:
        """Of a row that `with_next_milestone` has made."""
        return bool(self.next_milestone_on and self.next_milestone_on < clock.today())  # type: ignore[attr-defined]

    def next_update_due(self, last_update_on: date | None) -> date | None:
        """The last day on which an update is not late; None where there is none to count from."""
        days = Measure.Rhythm(self.update_rhythm).silence[0]
        return last_update_on and last_update_on + timedelta(days=days)

    @property
    def labels(self) -> dict[str, str]:
        """Ampel, phase and status in words; `get_…_display` would translate every choice for each of them."""
        return {
            "light": str(Measure.Light(self.light).label),
            "phase": str(Measure.Phase(self.phase).label),
            "status": str(Measure.Status(self.status).label),
        }


@tracked
class MeasureGuideline(models.Model):
    """A guideline that a measure serves."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="guideline_links")
    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="measure_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "guideline"], name="measure_guideline_unique")
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} – {self.guideline_id}"
