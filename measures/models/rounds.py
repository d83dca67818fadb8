"""The status round (Statusabfrage): municipalities are asked by mail and answer by a link, without account.

A link's secret exists in the mail alone; the database knows its hash. Every mail carries a link of its own,
so that a reminder does not make the first mail's link useless; revoking takes all of them away.
"""

from datetime import datetime, time, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.timezone import localdate, make_aware, now
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure
from measures.models.rollout import RolloutCell, RolloutCellQuerySet
from network.models import Municipality
from smartregion.base.fields import LongText, limits
from smartregion.base.hashed import hash_of
from smartregion.base.history import tracked, tracked_without
from smartregion.base.models import Job
from smartregion.base.versioned import Versioned


@tracked
class RoundContact(Versioned):
    """Where a municipality's mail goes. Kept apart from the municipality, all of whose columns are public."""

    municipality = models.OneToOneField(Municipality, models.CASCADE, related_name="round_contact")
    email = models.EmailField(
        _("E-Mail-Adresse"),
        blank=True,
        help_text=_("Am besten ein Funktionspostfach. Leer: Die Kommune bekommt keine Mail."),
    )

    class Meta:
        verbose_name = _("Adresse für Statusabfragen")
        verbose_name_plural = _("Adressen für Statusabfragen")

    def __str__(self) -> str:
        return str(self.municipality)

    def get_absolute_url(self) -> str:
        return reverse("round_contact", args=[self.municipality.slug])


class StatusRoundQuerySet(models.QuerySet["StatusRound"]):
    def running(self) -> Self:
        """Neither closed nor past its last day."""
        return self.filter(closed_at=None, closes_on__gte=localdate())

    def overdue(self) -> Self:
        """Past the last day, but not closed by anybody."""
        return self.filter(closed_at=None, closes_on__lt=localdate())


@tracked
class StatusRound(models.Model):
    """One inquiry at all municipalities. It is not edited once its mails are on their way, only closed."""

    title = models.CharField(_("Titel"), max_length=120)
    message = LongText(_("Text der Mail"), max_length=2000, blank=True)
    closes_on = models.DateField(_("Antwort bis"))
    portal_url = models.URLField(_("Adresse des Portals"), editable=False)
    opened_at = models.DateTimeField(_("eröffnet am"), default=now, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="opened_rounds",
        verbose_name=_("eröffnet von"),
    )
    closed_at = models.DateTimeField(_("geschlossen am"), null=True, blank=True, editable=False)
    measures = models.ManyToManyField(Measure, through="RoundMeasure", related_name="rounds")

    objects = StatusRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("Statusabfrage")
        verbose_name_plural = _("Statusabfragen")
        ordering = ["-opened_at"]
        constraints = [
            *limits("statusround", message=2000),
            models.UniqueConstraint(Value(1), condition=Q(closed_at=None), name="round_at_most_one_open"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="round_closed_after_opened",
                violation_error_message=_("Das Ende liegt vor der Eröffnung."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("round", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.closed_at is None and self.closes_on >= localdate()

    @property
    def ends_at(self) -> datetime:
        """When it ended or will end: the midnight after its last day, unless somebody closes it before."""
        midnight = make_aware(datetime.combine(self.closes_on + timedelta(days=1), time()))
        return min(self.closed_at, midnight) if self.closed_at else midnight

    def cells(self) -> RolloutCellQuerySet:
        """What is asked for. A measure that became a draft meanwhile is asked for no more."""
        return RolloutCell.objects.asked_in(self)

    def is_answered(self, cell: RolloutCell) -> bool:
        return cell.confirmed_at is not None and cell.confirmed_at >= self.opened_at


@tracked
class RoundMeasure(models.Model):
    """A measure that a round asks for."""

    round = models.ForeignKey(StatusRound, models.CASCADE, related_name="measure_links")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="round_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "measure"], name="round_measure_unique")]

    def __str__(self) -> str:
        return f"{self.round_id} – {self.measure_id}"


@tracked
class RoundInvitation(models.Model):
    """A municipality's part in a round."""

    round = models.ForeignKey(StatusRound, models.CASCADE, related_name="invitations")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="invitations")
    opened_at = models.DateTimeField(_("zuerst geöffnet am"), null=True, blank=True)
    answered_at = models.DateTimeField(_("zuletzt über den Link geantwortet am"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("zurückgezogen am"), null=True, blank=True)

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        constraints = [
            models.UniqueConstraint(fields=["round", "municipality"], name="invitation_one_per_municipality")
        ]

    def __str__(self) -> str:
        return f"{self.round} – {self.municipality}"

    def cells(self) -> RolloutCellQuerySet:
        """The only cells that the invitation's links open."""
        return self.round.cells().filter(municipality=self.municipality_id)


@tracked
class RoundMail(models.Model):
    """A mail that is wanted: waiting, sent, or with the problem for which it will not be sent."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Einladung")
        REMINDER = "reminder", _("Erinnerung")

    invitation = models.ForeignKey(RoundInvitation, models.CASCADE, related_name="mails")
    job = models.ForeignKey(Job, models.PROTECT, related_name="round_mails")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.EmailField(_("Empfänger"))
    wanted_on = models.DateField(_("beauftragt am"), default=localdate)
    sent_at = models.DateTimeField(_("gesendet am"), null=True, blank=True)
    problem = models.CharField(_("Hindernis"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "wanted_on"],
                condition=Q(kind="reminder"),
                name="mail_one_reminder_a_day",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(problem=""), name="mail_sent_has_no_problem"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.address}"


class RoundLinkQuerySet(models.QuerySet["RoundLink"]):
    def opening(self, token: str) -> Self:
        """The link with this secret, as long as its round is running.

        It is found by the hash, so that the time it takes tells nothing about the secret.
        """
        running = StatusRound.objects.running()
        return self.filter(token_hash=hash_of(token), invitation__round__in=running)


@tracked_without("token_hash")
class RoundLink(models.Model):
    """A link that was put into a mail. Deleting it revokes it."""

    invitation = models.ForeignKey(RoundInvitation, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)

    objects = RoundLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.invitation_id}"
