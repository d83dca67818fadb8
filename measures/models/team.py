"""What a development team works with: invitations to its seats, minutes of its meetings, inputs (Impulse)."""

from datetime import timedelta
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure, Visibility
from measures.models.parts import Milestone, TeamMember
from measures.models.plan import Task
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.hashed import hash_of
from smartregion.base.history import tracked, tracked_without
from smartregion.base.models import Job
from smartregion.base.versioned import Versioned

INVITATION_VALID_FOR: Final = timedelta(days=14)


def team_url(measure: Measure) -> str:
    return reverse("measure_team", args=[measure.slug])


def _in_two_weeks() -> Any:
    return now() + INVITATION_VALID_FOR


class TeamInvitationQuerySet(models.QuerySet["TeamInvitation"]):
    def open(self) -> Self:
        """Those whose links work: to a free seat of a measure that the invited person will see."""
        unanswered = self.filter(answer="", revoked_at=None, expires_at__gt=now())
        reachable = unanswered.filter(seat__user=None, seat__measure__archived_at=None)
        return reachable.exclude(seat__measure__visibility=Visibility.DRAFT)


@tracked
class TeamInvitation(models.Model):
    """Somebody is asked by mail to take a seat. The link is good once, until the invitation expires."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("angenommen")
        DECLINED = "declined", _("abgelehnt")

    seat = models.ForeignKey(TeamMember, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("E-Mail-Adresse"))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="team_invitations"
    )
    invited_at = models.DateTimeField(_("eingeladen am"), default=now, editable=False)
    expires_at = models.DateTimeField(_("gültig bis"), default=_in_two_weeks, editable=False)
    answer = models.CharField(_("Antwort"), max_length=8, choices=Answer.choices, blank=True, editable=False)
    answered_at = models.DateTimeField(_("beantwortet am"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("zurückgezogen am"), null=True, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, editable=False, related_name="team_invitations")
    sent_at = models.DateTimeField(_("gesendet am"), null=True, editable=False)
    problem = models.CharField(_("Hindernis"), max_length=200, blank=True, editable=False)

    objects = TeamInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Einladung ins Entwicklungsteam")
        verbose_name_plural = _("Einladungen ins Entwicklungsteam")
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(answer="", revoked_at=None),
                name="teaminvitation_one_open_per_seat",
                violation_error_message=_("Zu diesem Sitz ist schon jemand eingeladen."),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="teaminvitation_answer_has_day",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(revoked_at=None), name="teaminvitation_answered_or_revoked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.seat}"

    @property
    def is_unanswered(self) -> bool:
        """Neither answered nor taken back; it may have expired."""
        return not self.answer and self.revoked_at is None

    @property
    def state(self) -> str:
        if self.revoked_at:
            return str(_("zurückgezogen"))
        if self.answer:
            return str(self.get_answer_display())
        return str(_("abgelaufen") if self.expires_at <= now() else _("offen"))


class InvitationLinkQuerySet(models.QuerySet["InvitationLink"]):
    def opening(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token), invitation__in=TeamInvitation.objects.open())


@tracked_without("token_hash")
class InvitationLink(models.Model):
    """A link that was put into a mail; the mail alone knows its secret. See `RoundLink`."""

    invitation = models.ForeignKey(TeamInvitation, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)

    objects = InvitationLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.invitation_id}"


@tracked
class TeamMeeting(Versioned):
    """Short minutes of a meeting of the team. Only accounts read them."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="team_meetings")
    on = models.DateField(_("Tag"), default=localdate)
    present = LongText(_("Anwesend"), max_length=1000)
    text = LongText(_("Besprochen"), max_length=LONG)
    decisions = LongText(_("Festlegungen und nächste Schritte"), max_length=LONG, blank=True)

    class Meta:
        verbose_name = _("Teamsitzung")
        verbose_name_plural = _("Teamsitzungen")
        ordering = ["-on", "-pk"]
        constraints = limits("teammeeting", present=1000, text=LONG, decisions=LONG)

    def __str__(self) -> str:
        return f"Teamsitzung vom {self.on:%d.%m.%Y}"

    def get_absolute_url(self) -> str:
        return f"{team_url(self.measure)}#teamsitzungen"


class ImpulseQuerySet(models.QuerySet["Impulse"]):
    def open(self) -> Self:
        return self.filter(fate=Impulse.Fate.OPEN)


@tracked
class Impulse(Versioned):
    """An input to a measure, and what became of it. Only accounts read it."""

    class Origin(models.TextChoices):
        TEAM = "team", _("Entwicklungsteam")
        MUNICIPALITY = "municipality", _("Kommune")
        COORDINATION = "coordination", _("Koordination")

    class Fate(models.TextChoices):
        OPEN = "open", _("offen")
        CHECKED = "checked", _("geprüft")
        ADOPTED = "adopted", _("übernommen")
        DEFERRED = "deferred", _("zurückgestellt")
        REJECTED = "rejected", _("abgelehnt")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="impulses")
    title = models.CharField(_("Impuls"), max_length=160)
    text = LongText(_("Was ist der Vorschlag?"), max_length=2000)
    origin = models.CharField(_("Herkunft"), max_length=12, choices=Origin.choices)
    given_on = models.DateField(_("gegeben am"), default=localdate, editable=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="impulses",
        verbose_name=_("gegeben von"),
    )
    fate = models.CharField(_("Was wurde daraus?"), max_length=8, choices=Fate.choices, default=Fate.OPEN)
    fate_reason = LongText(_("Begründung oder Erläuterung"), max_length=1000, blank=True)
    task = models.ForeignKey(
        Task,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="impulses",
        verbose_name=_("übernommen als Aufgabe"),
    )
    milestone = models.ForeignKey(
        Milestone,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="impulses",
        verbose_name=_("übernommen als Meilenstein"),
    )
    decided_on = models.DateField(_("entschieden am"), null=True, editable=False)

    objects = ImpulseQuerySet.as_manager()

    class Meta:
        verbose_name = _("Impuls")
        verbose_name_plural = _("Impulse")
        ordering = ["-given_on", "-pk"]
        constraints = [
            *limits("impulse", text=2000, fate_reason=1000),
            models.CheckConstraint(
                condition=~Q(fate__in=["deferred", "rejected"]) | ~Q(fate_reason=""),
                name="impulse_refusal_needs_reason",
                violation_error_message=_("Zurückgestellt und abgelehnt brauchen eine Begründung."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{team_url(self.measure)}#impulse"

    @property
    def is_open(self) -> bool:
        return self.fate == self.Fate.OPEN

    @property
    def own_task(self) -> Task | None:
        """What it became, as long as that belongs to the same measure: a merge may have moved it."""
        return self.task if self.task and self.task.measure_id == self.measure_id else None

    @property
    def own_milestone(self) -> Milestone | None:
        """See `own_task`."""
        return self.milestone if self.milestone and self.milestone.measure_id == self.measure_id else None
