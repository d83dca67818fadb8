"""Roll-out: the state of one measure in one municipality, and the three figures that sum it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models import ladder
from measures.models.measure import Measure, Visibility, visibilities_for
from network.models import Municipality, Role
from smartregion.base import clock
from smartregion.base.fields import LongText, limits
from smartregion.base.history import event_model, tracked_without
from smartregion.base.versioned import Versioned

CONFIRMATION_VALID_FOR = timedelta(days=92)
STUCK_AFTER = timedelta(days=183)
COUNTING_RULE = _(
    "Betroffen sind alle Kommunen außer denen mit „nicht betroffen“. Im Regelbetrieb zählt nur die Stufe "
    "„im Regelbetrieb“. Reichweite ist der Anteil der Einwohnerinnen und Einwohner, die in Kommunen im "
    "Regelbetrieb leben, an denen aller betroffenen Kommunen."
)


STAGE_CHANGED_AT = """(
    SELECT CASE WHEN present.stage_changed_at <= {moment}
        THEN present.stage_changed_at
        ELSE (
            SELECT max(turn.at) FROM (
                SELECT pgh_created_at AS at, stage,
                    lag(stage, 1, 'unknown') OVER (ORDER BY pgh_created_at, pgh_id) AS before
                FROM {events}
                WHERE pgh_obj_id = row.id
                    AND pgh_created_at <= {moment}
            ) turn WHERE turn.stage <> turn.before
        ) END
    FROM (SELECT row.id) here LEFT JOIN {table} present ON present.id = here.id
)"""
"""What the history leaves out, read from it for a past day; most cells have not changed since."""


class RolloutCellQuerySet(models.QuerySet["RolloutCell"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the measures that `Measure.objects.visible_to` finds."""
        return self.filter(measure__visibility__in=visibilities_for(user), measure__archived_at=None)

    def editable_by(self, user: Any) -> Self:
        """The cells that the user may confirm and edit: the coordinator's all, a municipality's own."""
        visible = self.visible_to(user)
        if user.has_perm("measures.change_every_cell"):
            return visible
        if user.is_authenticated and user.municipality_id:
            return visible.filter(municipality=user.municipality_id)
        return self.none()

    def asked_in(self, status_round: Any) -> Self:
        """The cells that the round asks for, but those of measures that are drafts or archived by now."""
        asked = self.filter(measure__round_links__round=status_round, measure__archived_at=None)
        return asked.exclude(measure__visibility=Visibility.DRAFT)

    def stale(self) -> Self:
        """Never confirmed, or so long ago that it has to be confirmed again."""
        return self.filter(Q(confirmed_at=None) | Q(confirmed_at__lt=clock.now() - CONFIRMATION_VALID_FOR))

    def changed_since(self, moment: datetime) -> Self:
        """Those whose stage became another one after that moment."""
        return self.filter(stage_changed_at__gt=moment)

    def refused(self) -> Self:
        return self.filter(stage__in=[RolloutCell.Stage.REJECTED, RolloutCell.Stage.WITHDRAWN])

    def stuck(self) -> Self:
        """Being prepared or introduced, and that for longer than two quarters."""
        on_the_way = [RolloutCell.Stage.PREPARING, RolloutCell.Stage.INTRODUCING]
        return self.filter(stage__in=on_the_way, since__lt=clock.today() - STUCK_AFTER)

    def with_stage_at(self, moment: datetime) -> Self:
        """Adds `stage_then`, by the history; "unbekannt" before there was a row.

        The history is asked only about those whose stage has changed since.
        """
        events = event_model(self.model)._base_manager.filter(
            pgh_obj=OuterRef("pk"), pgh_created_at__lte=moment
        )
        last = Subquery(events.order_by("-pgh_created_at", "-pgh_id").values("stage")[:1])
        changed = When(
            stage_changed_at__gt=moment, then=Coalesce(last, Value(RolloutCell.Stage.UNKNOWN.value))
        )
        return self.annotate(stage_then=Case(changed, default=F("stage")))

    def live_without_contact(self) -> Self:
        """In regular operation, but nobody can tell whom to ask."""
        return self.filter(stage=RolloutCell.Stage.LIVE, contact="")

    def counts_by_municipality(self) -> list[dict[str, Any]]:
        """Per municipality its name and slug, and how many of the cells: all, and `never` confirmed."""
        groups = self.order_by().values("municipality__name", "municipality__slug")
        counts = {
            "cells": Count("pk"),
            "never": Count("pk", filter=Q(confirmed_at=None)),
        }
        return [dict(group) for group in groups.annotate(**counts)]


@tracked_without("stage_changed_at")
class RolloutCell(Versioned):
    """The state of a measure in a municipality; there is one row for each pair."""

    Stage = ladder.Stage

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="cells")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="cells")
    stage = models.CharField(_("Stufe"), max_length=12, choices=Stage.choices, default=Stage.UNKNOWN)
    since = models.DateField(_("seit"), null=True, blank=True)
    stage_changed_at = models.DateTimeField(null=True, editable=False)
    evidence = models.CharField(
        _("Nachweis"),
        max_length=300,
        blank=True,
        help_text=_(
            "Woran ist der Regelbetrieb zu erkennen? Zum Beispiel eine Adresse im Netz oder ein Beschluss."
        ),
    )
    reason = LongText(_("Begründung"), max_length=1000, blank=True)
    contact = models.CharField(_("Ansprechstelle (Funktion)"), max_length=200, blank=True)
    note = LongText(_("interne Notiz"), max_length=2000, blank=True)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="confirmed_cells",
        verbose_name=_("bestätigt von"),
    )
    confirmed_in = models.ForeignKey(
        "measures.StatusRound",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("bestätigt über den Link der Statusabfrage"),
    )

    objects = RolloutCellQuerySet.as_manager()

    past_columns: ClassVar = {"stage_changed_at": STAGE_CHANGED_AT}

    class Meta:
        verbose_name = _("Roll-out-Stand")
        verbose_name_plural = _("Roll-out-Stände")
        ordering = ["measure", "municipality"]
        constraints = [
            *limits("rolloutcell", reason=1000, note=2000),
            models.UniqueConstraint(fields=["measure", "municipality"], name="cell_one_per_pair"),
            models.CheckConstraint(
                condition=~Q(stage="live") | (Q(since__isnull=False) & ~Q(evidence="")),
                name="cell_live_needs_date_and_evidence",
                violation_error_message=_("Der Regelbetrieb braucht ein Datum und einen Nachweis."),
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["rejected", "withdrawn"]) | ~Q(reason=""),
                name="cell_refusal_needs_reason",
                violation_error_message=_("Abgelehnt und zurückgezogen brauchen eine Begründung."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(confirmed_in=None),
                name="cell_confirmed_by_account_or_by_link",
                violation_error_message=_("Bestätigt hat ein Konto oder eine Kommune über ihren Link."),
            ),
        ]
        indexes = [
            models.Index(fields=["measure", "stage", "since"]),
            models.Index(fields=["measure", "confirmed_at"]),
            models.Index(fields=["measure", "stage_changed_at"]),
            # Of many thousands of cells few are live, and the public pages ask for those alone.
            models.Index(
                fields=["-stage_changed_at", "municipality", "measure"],
                condition=Q(stage="live"),
                name="cell_live",
            ),
        ]
        triggers = [
            ladder.STEP_GUARD,
            pgtrigger.Trigger(
                name="stage_change_is_dated",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=(
                    "IF (TG_OP = 'INSERT' AND NEW.stage <> 'unknown') "
                    "OR (TG_OP = 'UPDATE' AND OLD.stage <> NEW.stage) THEN "
                    "NEW.stage_changed_at = CLOCK_TIMESTAMP(); END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} – {self.municipality}"

    def get_absolute_url(self) -> str:
        return reverse("cell", args=[self.municipality.slug, self.measure.slug])

    def save_over(self, version: int | None) -> Self:
        """As everywhere; and the step from the stored stage has to be one that the ladder allows."""
        stored = type(self).objects.select_for_update().order_by("pk")
        before = stored.filter(pk=self.pk, version=version or 0).first()
        if before is not None:
            ladder.check_step(before, self)
        return super().save_over(version)

    @property
    def next_stage(self) -> ladder.Stage | None:
        return ladder.next_on_way(self.stage)

    @property
    def is_stale(self) -> bool:
        return is_stale(self.confirmed_at)

    @property
    def confirming_office(self) -> "Office | None":
        """What the public learns of who confirmed: the office, not the person."""
        if self.confirmed_in_id:
            return Office.IN_ROUND
        return office_of(self.confirmed_by.role) if self.confirmed_by else None


def is_stale(confirmed_at: datetime | None) -> bool:
    return confirmed_at is None or confirmed_at < clock.now() - CONFIRMATION_VALID_FOR


class Office(models.TextChoices):
    """Who vouches for a state or a rating."""

    MUNICIPALITY = "municipality", _("Kommune")
    IN_ROUND = "status_round", _("Kommune (Statusabfrage)")
    COORDINATION = "coordination", _("Koordinierungsstelle")


def office_of(role: str | None) -> Office | None:
    """The office behind an account's role; None where nobody is known."""
    if role == Role.MUNICIPALITY:
        return Office.MUNICIPALITY
    return Office.COORDINATION if role else None


@dataclass(frozen=True)
class RolloutFigures:
    """The three figures of a measure; `share` in percent of residents, None where nobody is affected."""

    affected: int
    live: int
    share: int | None

    @classmethod
    def of(cls, cells: Iterable[tuple[str, int]]) -> "RolloutFigures":
        """Counts pairs of stage and residents, by `COUNTING_RULE`."""
        affected = [(stage, people) for stage, people in cells if stage != RolloutCell.Stage.NOT_AFFECTED]
        live = [people for stage, people in affected if stage == RolloutCell.Stage.LIVE]
        return cls.from_sums(
            affected=len(affected),
            live=len(live),
            reached=sum(live),
            residents=sum(people for _, people in affected),
        )

    @classmethod
    def from_sums(cls, *, affected: int, live: int, reached: int, residents: int) -> "RolloutFigures":
        """Out of how many `residents` of affected municipalities are `reached` by live ones."""
        return cls(affected, live, round(100 * reached / residents) if residents else None)
