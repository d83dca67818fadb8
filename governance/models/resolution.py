"""What committees resolved, and what became of it."""

from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Min, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.models.agenda import AgendaItem
from governance.models.committee import PUBLICITY, Committee, Seat, open_to
from measures.models import BudgetLine, Measure, RolloutCell, Visibility
from smartregion.base import clock
from smartregion.base.fields import LONGEST, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.languages import German
from smartregion.base.versioned import Versioned

OPENNESS: list[str] = [Visibility.DRAFT, Visibility.INTERNAL, Visibility.PUBLIC]
MOST_VOTES = 9_999
WITHOUT_VOTE = ["noted", "postponed", "referred", "withdrawn"]
"""Outcomes that need neither votes nor a quorum."""
SAID = [
    *["committee", "item", "title", "wording", "resolved_on", "outcome", "procedure"],
    *["votes_for", "votes_against", "abstentions", "vote_note", "supersedes", "approves"],
]
"""What was resolved, word for word."""
COUNTED = ["entitled", "present", "excluded", "quorum_needed"]
NEVER_CHANGED = [*SAID, *COUNTED, "number", "year", "sequence", "is_recommendation"]
NUMBERS_WITHOUT_GAPS = """
SELECT keeps_register INTO keeps FROM governance_committee WHERE id = NEW.committee_id FOR NO KEY UPDATE;
IF NEW.year <> EXTRACT(YEAR FROM NEW.resolved_on) THEN
    RAISE EXCEPTION 'year % is not that of the resolution', NEW.year USING ERRCODE = 'check_violation';
END IF;
IF keeps THEN
    SELECT COALESCE(MAX(sequence), 0) + 1 INTO following FROM governance_resolution
    WHERE committee_id = NEW.committee_id AND year = NEW.year;
END IF;
IF NEW.sequence IS DISTINCT FROM following THEN
    RAISE EXCEPTION 'sequence % leaves a gap', NEW.sequence USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
"""Where a register is kept each number is the next one; whoever inserts first keeps others waiting."""


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def to_be_approved(self) -> Self:
        """Urgent decisions in force that the committee has not approved yet."""
        return self.in_force().filter(follow_ups__is_approval=True, follow_ups__noted_in=None)

    def in_force(self) -> Self:
        return self.filter(superseded_by=None)

    def open_for_control(self) -> Self:
        """Those of which the committee has not noted everything as done: they return on every agenda."""
        due = Min("follow_ups__due_on", filter=Q(follow_ups__noted_in=None))
        urgency: list[Any] = [F("next_due").asc(nulls_last=True), "resolved_on", "pk"]
        return self.still_open().alias(next_due=due).order_by(*urgency)

    def still_open(self) -> Self:
        return self.in_force().filter(_something_is_open())

    def settled(self) -> Self:
        """Those in force of which nothing is left to be checked."""
        return self.in_force().exclude(_something_is_open())

    def matching(self, words: str) -> Self:
        """Those in which each of the words stands, in number, title or wording."""
        rows = self
        for word in words.split():
            fields = (Q(**{f"{name}__icontains": word}) for name in ("number", "title", "wording"))
            rows = rows.filter(reduce(or_, fields))
        return rows

    def with_control(self) -> Self:
        """With what `is_open` and its like look at, so that a list asks for it once."""
        return self.select_related("committee", "superseded_by").prefetch_related("follow_ups")

    def recorded_as(self, resolution: "Resolution") -> Self:
        """The one that says the same word for word: its form was sent twice."""
        return self.filter(**{name: getattr(resolution, name) for name in SAID})


def _something_is_open() -> Q:
    unnoted = Resolution.objects.filter(follow_ups__isnull=False, follow_ups__noted_in=None)
    return Q(pk__in=unnoted.values("pk"))


def _counts() -> list[models.BaseConstraint]:
    """Who voted was there, was entitled to, and was enough. A comparison with an unknown number holds."""
    votes = F("votes_for") + F("votes_against") + F("abstentions")
    voting = F("present") - F("excluded")
    unknown, known = ({f"{name}__isnull": is_null for name in COUNTED} for is_null in (True, False))
    rules: list[tuple[str, Any, Any]] = [
        (
            "counts_all_or_none",
            Q(**unknown) | Q(**known),
            _("Stimmberechtigte, Anwesende und Befangene gehören zusammen."),
        ),
        (
            "present_are_entitled",
            Q(present=None) | Q(present__lte=F("entitled")),
            _("Es können nicht mehr Stimmberechtigte anwesend sein, als es gibt."),
        ),
        (
            "excluded_are_present",
            Q(present=None) | Q(excluded__lte=F("present")),
            _("Befangen ist nur, wer anwesend ist."),
        ),
        (
            "votes_of_those_present",
            Q(present=None) | Q(votes_for=None) | LessThanOrEqual(votes, voting),
            _("Das sind mehr Stimmen, als Stimmberechtigte anwesend und nicht befangen sind."),
        ),
        (
            "quorum_is_reached",
            Q(present=None)
            | Q(votes_for=None, outcome__in=WITHOUT_VOTE)
            | GreaterThanOrEqual(voting, F("quorum_needed")),
            _("Das Gremium war nicht beschlussfähig."),
        ),
        (
            "register_counts_votes_of_present",
            Q(sequence=None) | Q(votes_for=None) | Q(present__isnull=False),
            _("Stimmen zählen erst, wenn die Anwesenheit in der Sitzung erfasst ist."),
        ),
    ]
    return [
        models.CheckConstraint(condition=condition, name=f"resolution_{name}", violation_error_message=text)
        for name, condition, text in rules
    ]


@tracked
class Resolution(Versioned):
    """What a committee resolved (Beschluss). Its wording, outcome and votes never change; a correction is a
    new resolution that supersedes it. It is closed when the committee has noted all follow-ups."""

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("ungeändert beschlossen")
        ADOPTED_AMENDED = "adopted_amended", _("geändert beschlossen")
        NOTED = "noted", _("zur Kenntnis genommen")
        REJECTED = "rejected", _("abgelehnt")
        POSTPONED = "postponed", _("vertagt")
        REFERRED = "referred", _("verwiesen")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    class Procedure(models.TextChoices):
        MEETING = "meeting", _("in einer Sitzung")
        CIRCULAR = "circular", _("Umlaufbeschluss")
        URGENT = "urgent", _("Dringlichkeitsentscheidung")

    BINDING = (Outcome.ADOPTED, Outcome.ADOPTED_AMENDED)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="resolutions", verbose_name=_("Gremium")
    )
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name=_("TOP")
    )
    number = models.CharField(_("Beschlussnummer"), max_length=40)
    year = models.PositiveSmallIntegerField(_("Jahr"), editable=False)
    sequence = models.PositiveSmallIntegerField(_("laufende Nummer"), null=True, editable=False)
    """Where the committee's register is kept here; else the number is the source's."""
    procedure = models.CharField(
        _("Verfahren"),
        max_length=8,
        choices=Procedure.choices,
        default=Procedure.MEETING,
        editable=False,
    )
    is_recommendation = models.BooleanField(_("Beschlussempfehlung"), default=False, editable=False)
    title = models.CharField(_("Titel"), max_length=200)
    wording = LongText(_("Wortlaut"), max_length=LONGEST)
    resolved_on = models.DateField(_("beschlossen am"))
    outcome = models.CharField(_("Ergebnis"), max_length=16, choices=Outcome.choices)
    votes_for = models.PositiveSmallIntegerField(
        _("Ja"), null=True, blank=True, validators=[MaxValueValidator(MOST_VOTES)]
    )
    votes_against = models.PositiveSmallIntegerField(
        _("Nein"), null=True, blank=True, validators=[MaxValueValidator(MOST_VOTES)]
    )
    abstentions = models.PositiveSmallIntegerField(
        _("Enthaltungen"), null=True, blank=True, validators=[MaxValueValidator(MOST_VOTES)]
    )
    vote_note = models.CharField(_("Hinweis zur Abstimmung"), max_length=160, blank=True)
    entitled = models.PositiveSmallIntegerField(_("Stimmberechtigte"), null=True, editable=False)
    present = models.PositiveSmallIntegerField(_("anwesend"), null=True, editable=False)
    excluded = models.PositiveSmallIntegerField(_("davon befangen"), null=True, editable=False)
    quorum_needed = models.PositiveSmallIntegerField(
        _("nötig zur Beschlussfähigkeit"), null=True, editable=False
    )
    """By the committee's rule on that day."""
    approves = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approved_by",
        verbose_name=_("genehmigt die Dringlichkeitsentscheidung"),
    )
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
    biased = models.ManyToManyField(
        Seat, through="ResolutionBias", related_name="biased_in", blank=True, verbose_name=_("befangen")
    )
    cells = models.ManyToManyField(
        RolloutCell, through="ResolutionCell", related_name="resolutions", blank=True
    )
    budget_lines = models.ManyToManyField(
        BudgetLine, through="ResolutionBudget", related_name="resolutions", blank=True
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.INTERNAL
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
            models.CheckConstraint(
                condition=~Q(outcome="rejected")
                | Q(votes_for=None)
                | Q(votes_for__lte=models.F("votes_against")),
                name="resolution_rejected_without_majority",
                violation_error_message=_("Abgelehnt heißt: nicht mehr Ja- als Nein-Stimmen."),
            ),
            models.UniqueConstraint(
                fields=["committee", "year", "sequence"], name="resolution_sequence_unique"
            ),
            *_counts(),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="resolution_is_append_only",
                fields=NEVER_CHANGED,
            ),
            pgtrigger.Protect(name="resolution_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="resolution_numbers_have_no_gap",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("keeps", "BOOLEAN"), ("following", "INTEGER")],
                func=NUMBERS_WITHOUT_GAPS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("resolution", args=[self.committee.slug, self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.year = self.resolved_on.year
        super().save(*args, **kwargs)

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
        return self.outcome in self.BINDING and not self.is_recommendation

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
        return self.is_open and due is not None and due < clock.today()

    @property
    def vote(self) -> str:
        """The vote in words: "einstimmig" is no votes against; abstentions are counted apart (glossary)."""
        if self.votes_for is None:
            return German(self.vote_note)
        kind = _("mehrheitlich") if self.votes_against else _("einstimmig")
        abstentions = _("Enthaltung") if self.abstentions == 1 else _("Enthaltungen")
        return _("%(kind)s (%(yes)s Ja, %(no)s Nein, %(abstain)s %(abstentions)s)") % {
            "kind": kind,
            "yes": self.votes_for,
            "no": self.votes_against,
            "abstain": self.abstentions,
            "abstentions": abstentions,
        }
