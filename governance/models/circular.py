"""Decisions in writing, outside a meeting (Umlaufbeschluss): the steering committee's alone.

From the opening on the text and who may vote are fixed, from the end everything; PostgreSQL holds both. A
ballot is in no history: until the end nobody but its voter reads it, and what was changed before is nobody's.
"""

import hashlib
from datetime import date, datetime
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from governance.models.agenda import Topic
from governance.models.circular_guards import (
    BALLOT_GUARD,
    END_GUARD,
    RIGHT_GUARD,
    STEERING_GUARD,
    STEP_GUARD,
    TEXT_GUARD,
)
from governance.models.committee import PUBLICITY, Committee, Seat
from governance.models.paper import Paper
from governance.models.resolution import Resolution
from measures.models import Visibility
from network.models import Role
from smartregion.base.fields import LONG, LONGEST, LongText, limits
from smartregion.base.history import tracked, tracked_without
from smartregion.base.versioned import Versioned

ONLY_FOR_STEERING = _("Umlaufbeschlüsse fasst nur der Lenkungskreis.")


class CircularQuerySet(models.QuerySet["Circular"]):
    def seen_from_within(self, user: Any) -> Self:
        """All for the coordinator; for members of the committee and those entitled what was ever opened."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.COORDINATION:
            return self
        entitled = Entitlement.objects.filter(circular=OuterRef("pk"), user=user)
        own = Q(committee__in=Committee.objects.with_member(user)) | Exists(entitled)
        return self.exclude(state=Circular.State.DRAFT).filter(own)

    def visible_to(self, user: Any) -> Self:
        """From within, and for everybody else what was decided in public."""
        within = Circular.objects.seen_from_within(user)
        decided = Q(visibility=Visibility.PUBLIC, state=Circular.State.CLOSED)
        in_view = Q(committee__in=Committee.objects.visible_to(user))
        seen = (Q(pk__in=within.values("pk")) | decided) & in_view
        return self.filter(seen | self._asked(user) if user.is_authenticated else seen)

    @staticmethod
    def _asked(user: Any) -> Q:
        """Who was asked at the opening still votes and reads, though the seat has ended since."""
        entitled = Entitlement.objects.filter(circular=OuterRef("pk"), user=user)
        return Exists(entitled) & ~Q(state=Circular.State.DRAFT) & ~Q(committee__visibility=Visibility.DRAFT)

    def running(self) -> Self:
        return self.filter(state=Circular.State.OPEN, closes_at__gt=now())

    def due(self) -> Self:
        """Those whose deadline has passed and whose result has not been established yet."""
        return self.filter(state=Circular.State.OPEN, closes_at__lte=now())

    def awaiting(self, user: Any) -> Self:
        """Those that run and in which the account may vote and has not."""
        return self.running().filter(
            Exists(Entitlement.objects.filter(circular=OuterRef("pk"), user=user, ballot=None))
        )

    def decided_since(self, day: date) -> Self:
        return self.filter(state=Circular.State.CLOSED, ended_at__date__gte=day)

    def with_turnout(self) -> Self:
        """Newest first, with how many may vote and how many have voted, never for what."""
        return self.annotate(
            entitled=Count("entitlements", distinct=True),
            turnout=Count("entitlements__ballot", distinct=True),
        ).order_by("-closes_at", "-pk")


@tracked_without("sealed")
class Circular(Versioned):
    """A matter on which the steering committee decides in writing until a deadline."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        OPEN = "open", _("läuft")
        CLOSED = "closed", _("abgeschlossen")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    class Result(models.TextChoices):
        ADOPTED = "adopted", _("angenommen")
        REJECTED = "rejected", _("abgelehnt")
        NO_QUORUM = "no_quorum", _("kein Beschluss: zu wenige haben abgestimmt")
        OBJECTED = "objected", _("kein Beschluss: dem Verfahren wurde widersprochen")

    DECIDED = (Result.ADOPTED, Result.REJECTED)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="circulars", verbose_name=_("Gremium")
    )
    title = models.CharField(_("Titel"), max_length=200)
    wording = LongText(_("Wortlaut des Beschlusses"), max_length=LONGEST)
    reasoning = LongText(_("Begründung"), max_length=LONG)
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="circulars", verbose_name=_("Vorlage")
    )
    closes_at = models.DateTimeField(_("Frist"))
    visibility = models.CharField(
        _("Sichtbarkeit"),
        max_length=8,
        choices=[choice for choice in PUBLICITY if choice[0] != Visibility.DRAFT],
        default=Visibility.INTERNAL,
    )
    state = models.CharField(
        _("Stand"), max_length=9, choices=State.choices, default=State.DRAFT, editable=False
    )
    opened_at = models.DateTimeField(_("eröffnet am"), null=True, editable=False)
    ended_at = models.DateTimeField(_("beendet am"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("Grund des Zurückziehens"), max_length=300, editable=False)
    result = models.CharField(_("Ergebnis"), max_length=9, choices=Result.choices, editable=False)
    votes_for = models.PositiveSmallIntegerField(_("Ja"), null=True, editable=False)
    votes_against = models.PositiveSmallIntegerField(_("Nein"), null=True, editable=False)
    abstentions = models.PositiveSmallIntegerField(_("Enthaltungen"), null=True, editable=False)
    objections = models.PositiveSmallIntegerField(_("Widersprüche"), null=True, editable=False)
    sealed = models.TextField(editable=False)
    sha256 = models.CharField(_("Prüfsumme (SHA-256)"), max_length=64, editable=False)
    resolution = models.OneToOneField(
        Resolution,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="circular",
        verbose_name=_("Beschluss"),
    )
    topic = models.OneToOneField(
        Topic,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="circular",
        verbose_name=_("Thema für die Sitzung"),
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = _("Umlaufbeschluss")
        verbose_name_plural = _("Umlaufbeschlüsse")
        ordering = ["-closes_at", "-pk"]
        constraints = [
            *limits("circular", wording=LONGEST, reasoning=LONG),
            models.CheckConstraint(condition=~Q(visibility="draft"), name="circular_is_internal_or_public"),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None)
                | (~Q(state="draft") & Q(opened_at__isnull=False, closes_at__gt=F("opened_at"))),
                name="circular_deadline_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open"], ended_at=None)
                | Q(state__in=["closed", "withdrawn"], ended_at__isnull=False),
                name="circular_end_goes_with_state",
            ),
            models.CheckConstraint(
                condition=(Q(state="withdrawn") & ~Q(withdrawn_reason=""))
                | (~Q(state="withdrawn") & Q(withdrawn_reason="")),
                name="circular_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="closed", votes_for__isnull=False, votes_against__isnull=False)
                    & Q(abstentions__isnull=False, objections__isnull=False)
                    & ~Q(result="")
                    & ~Q(sealed="")
                    & ~Q(sha256="")
                )
                | (
                    ~Q(state="closed")
                    & Q(votes_for=None, votes_against=None, abstentions=None, objections=None)
                    & Q(result="", sealed="", sha256="", resolution=None, topic=None)
                ),
                name="circular_nothing_is_counted_before_the_end",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["adopted", "rejected"], resolution__isnull=False)
                | (~Q(result__in=["adopted", "rejected"]) & Q(resolution=None)),
                name="circular_resolution_goes_with_result",
            ),
        ]
        triggers = [
            STEERING_GUARD,
            STEP_GUARD,
            TEXT_GUARD,
            END_GUARD,
            pgtrigger.Protect(
                name="circular_stays_once_opened",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("circular", args=[self.committee.slug, self.pk])

    def clean(self) -> None:
        """What holds of a circular however it came to be so: by form, by a verb, or by undoing."""
        if self.committee.kind != Committee.Kind.STEERING:
            raise ValidationError(ONLY_FOR_STEERING)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_running(self) -> bool:
        return self.takes_votes(now())

    def takes_votes(self, at: datetime) -> bool:
        return self.state == self.State.OPEN and at < self.closes_at

    @property
    def is_over(self) -> bool:
        """The deadline has passed, whether or not the result has been established by now."""
        return self.state == self.State.OPEN and not self.is_running

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    @property
    def decided_on(self) -> date:
        """The local day of the result: at the latest the deadline's, however late it was established."""
        return localdate(min(self.ended_at or self.closes_at, self.closes_at))

    @property
    def is_intact(self) -> bool:
        """Whether the sealed record still has the checksum that was stored with it."""
        return hashlib.sha256(self.sealed.encode()).hexdigest() == self.sha256


@tracked
class Entitlement(models.Model):
    """A seat that had a vote at the opening, as it was called then, and the account that votes for it."""

    always_present = True

    circular = models.ForeignKey(Circular, models.PROTECT, related_name="entitlements")
    seat = models.ForeignKey(Seat, models.SET_NULL, null=True, related_name="entitlements")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="entitlements"
    )
    group = models.CharField(_("Gruppe"), max_length=14, choices=Seat.Group.choices)
    function = models.CharField(_("Funktion"), max_length=160)
    organisation = models.CharField(_("Organisation"), max_length=200)

    class Meta:
        verbose_name = _("Stimmrecht")
        verbose_name_plural = _("Stimmrechte")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["circular", "seat"], name="entitlement_one_per_seat"),
            models.UniqueConstraint(fields=["circular", "user"], name="entitlement_one_per_account"),
        ]
        triggers = [
            RIGHT_GUARD,
            pgtrigger.Protect(name="entitlement_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.function


class BallotQuerySet(models.QuerySet["Ballot"]):
    def visible_to(self, user: Any) -> Self:
        """One's own; all the others only after the end, to the coordinator, members and those entitled.

        Those of a circular that was withdrawn stay secret for good.
        """
        closed = Circular.objects.filter(state=Circular.State.CLOSED).seen_from_within(user)
        shown = Q(entitlement__circular__in=closed)
        return self.filter(shown | Q(entitlement__user=user) if user.is_authenticated else shown)


class Ballot(models.Model):
    """How a seat votes; can be changed until the deadline."""

    class Choice(models.TextChoices):
        YES = "yes", _("Ja")
        NO = "no", _("Nein")
        ABSTAIN = "abstain", _("Enthaltung")
        OBJECT = "object", _("Ich widerspreche dem Verfahren")

    entitlement = models.OneToOneField(Entitlement, models.PROTECT, related_name="ballot")
    choice = models.CharField(_("Stimme"), max_length=7, choices=Choice.choices)
    comment = LongText(_("Begründung oder Anmerkung"), max_length=LONG, blank=True)
    cast_at = models.DateTimeField(_("abgegeben am"))

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("Stimme")
        verbose_name_plural = _("Stimmen")
        constraints = [
            *limits("ballot", comment=LONG),
            models.CheckConstraint(
                condition=~Q(choice="object") | ~Q(comment=""),
                name="ballot_objection_has_a_reason",
                violation_error_message=_("Bitte begründen Sie, warum Sie dem Verfahren widersprechen."),
            ),
        ]
        triggers = [
            BALLOT_GUARD,
            pgtrigger.Protect(name="ballot_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Stimme {self.pk}"
