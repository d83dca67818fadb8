"""What committees resolved, and what became of it."""

from datetime import date
from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Min, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from governance.models.agenda import AgendaItem
from governance.models.committee import Committee, open_to
from measures.models import Measure, Visibility
from smartregion.base.fields import LONGEST, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

OPENNESS: list[str] = [Visibility.DRAFT, Visibility.INTERNAL, Visibility.PUBLIC]
NEVER_CHANGED = [
    *["committee", "item", "number", "title", "wording", "resolved_on", "outcome"],
    *["votes_for", "votes_against", "abstentions", "vote_note", "supersedes"],
]


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def in_force(self) -> Self:
        return self.filter(superseded_by=None)

    def open_for_control(self) -> Self:
        """Those of which the committee has not noted everything as done: they return on every agenda."""
        due = Min("follow_ups__due_on", filter=Q(follow_ups__noted_in=None))
        return (
            self.in_force()
            .filter(_something_is_open())
            .alias(next_due=due)
            .order_by(F("next_due").asc(nulls_last=True), "resolved_on", "pk")
        )

    def settled(self) -> Self:
        """Those in force of which nothing is left to be checked."""
        return self.in_force().exclude(_something_is_open())

    def with_control(self) -> Self:
        """With what `is_open` and its like look at, so that a list asks for it once."""
        return self.select_related("committee", "superseded_by").prefetch_related("follow_ups")

    def recorded_as(self, resolution: "Resolution") -> Self:
        """The one that says the same word for word: its form was sent twice."""
        return self.filter(**{name: getattr(resolution, name) for name in NEVER_CHANGED})


def _something_is_open() -> Q:
    unnoted = Resolution.objects.filter(follow_ups__isnull=False, follow_ups__noted_in=None)
    return Q(pk__in=unnoted.values("pk"))


@tracked
class Resolution(Versioned):
    """What a committee resolved (Beschluss). Its wording, outcome and votes never change; a correction is a
    new resolution that supersedes it. It is closed only when the committee has noted all follow-ups as done."""

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("ungeändert beschlossen")
        ADOPTED_AMENDED = "adopted_amended", _("geändert beschlossen")
        NOTED = "noted", _("zur Kenntnis genommen")
        REJECTED = "rejected", _("abgelehnt")
        POSTPONED = "postponed", _("vertagt")
        REFERRED = "referred", _("verwiesen")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    BINDING = (Outcome.ADOPTED, Outcome.ADOPTED_AMENDED)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="resolutions", verbose_name=_("Gremium")
    )
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name=_("TOP")
    )
    number = models.CharField(_("Beschlussnummer"), max_length=40)
    title = models.CharField(_("Titel"), max_length=200)
    wording = LongText(_("Wortlaut"), max_length=LONGEST)
    resolved_on = models.DateField(_("beschlossen am"))
    outcome = models.CharField(_("Ergebnis"), max_length=16, choices=Outcome.choices)
    votes_for = models.PositiveSmallIntegerField(_("Ja"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("Nein"), null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(_("Enthaltungen"), null=True, blank=True)
    vote_note = models.CharField(_("Hinweis zur Abstimmung"), max_length=160, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("ersetzt")
    )
    measures = models.ManyToManyField(
        Measure,
        through="ResolutionMeasure",
        related_name="resolutions",
        blank=True,
        verbose_name=_("Maßnahmen"),
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Beschluss")
        verbose_name_plural = _("Beschlüsse")
        ordering = ["-resolved_on", "-pk"]
        constraints = [
            *limits("resolution", wording=LONGEST),
            models.UniqueConstraint(
                fields=["committee", "number"],
                name="resolution_number_unique",
                violation_error_message=_("Diese Beschlussnummer gibt es in dem Gremium schon."),
            ),
            models.CheckConstraint(
                condition=Q(votes_for=None, votes_against=None, abstentions=None)
                | Q(votes_for__isnull=False, votes_against__isnull=False, abstentions__isnull=False),
                name="resolution_votes_all_or_none",
                violation_error_message=_("Bitte Ja, Nein und Enthaltungen angeben, oder keines davon."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["adopted", "adopted_amended"])
                | Q(votes_for=None)
                | Q(votes_for__gt=models.F("votes_against")),
                name="resolution_adopted_by_majority",
                violation_error_message=_("Beschlossen heißt: mehr Ja- als Nein-Stimmen."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="resolution_is_append_only",
                fields=NEVER_CHANGED,
            ),
            pgtrigger.Protect(name="resolution_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("resolution", args=[self.committee.slug, self.pk])

    def clean(self) -> None:
        """What holds of a resolution however it came to be so: by form, by a verb, or by undoing."""
        newer = Resolution.objects.filter(supersedes=self.pk).first() if self.pk else None
        self._check_no_less_visible(newer, than=self)
        self._check_no_less_visible(self, than=self.supersedes)

    @staticmethod
    def _check_no_less_visible(newer: "Resolution | None", *, than: "Resolution | None") -> None:
        """Who can read a resolution must be able to read what took its place."""
        if newer and than and OPENNESS.index(newer.visibility) < OPENNESS.index(than.visibility):
            raise ValidationError(
                {"visibility": _("Eine neue Fassung muss mindestens so sichtbar sein wie die ersetzte.")}
            )

    @property
    def is_superseded(self) -> bool:
        return hasattr(self, "superseded_by")

    @property
    def is_binding(self) -> bool:
        return self.outcome in self.BINDING

    @property
    def is_open(self) -> bool:
        return not self.is_superseded and bool(self.open_follow_ups)

    @property
    def open_follow_ups(self) -> list[Any]:
        return [row for row in self.follow_ups.all() if row.noted_in_id is None]

    @property
    def is_settled(self) -> bool:
        """Something was to be done, and the committee has noted all of it as done."""
        return bool(self.follow_ups.all()) and not self.open_follow_ups

    @property
    def next_due_on(self) -> date | None:
        return min((row.due_on for row in self.open_follow_ups if row.due_on), default=None)

    @property
    def is_overdue(self) -> bool:
        due = self.next_due_on
        return self.is_open and due is not None and due < localdate()

    @property
    def vote(self) -> str:
        """The vote in words: "einstimmig" is no votes against; abstentions are counted apart (glossary)."""
        if self.votes_for is None:
            return self.vote_note
        kind = _("mehrheitlich") if self.votes_against else _("einstimmig")
        abstentions = _("Enthaltung") if self.abstentions == 1 else _("Enthaltungen")
        return _("%(kind)s (%(yes)s Ja, %(no)s Nein, %(abstain)s %(abstentions)s)") % {
            "kind": kind,
            "yes": self.votes_for,
            "no": self.votes_against,
            "abstain": self.abstentions,
            "abstentions": abstentions,
        }


@tracked
class ResolutionMeasure(models.Model):
    """A measure that a resolution is about."""

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="measure_links")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="resolution_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resolution", "measure"], name="resolution_measure_unique")
        ]

    def __str__(self) -> str:
        return f"{self.resolution_id} – {self.measure_id}"
